import { Harness } from "../../harness";
import { ServerState } from "../../server-state";

/** A page below the other root layout. Owns no action. */
export default function Page() {
  return (
    <main>
      <h1>/other</h1>
      <ServerState page="/other" />
      <Harness page="/other" ids={{}} actions={{}} />
    </main>
  );
}
