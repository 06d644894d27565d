import { headers } from "next/headers";
import { Harness } from "../../harness";
import { gate } from "../../state";

/** A page that renders once the gate `late` is open. Owns no action. */
export default async function Page() {
  await headers();
  await gate("late").pass();
  return (
    <main>
      <h1>/late</h1>
      <Harness page="/late" ids={{}} actions={{}} />
    </main>
  );
}
