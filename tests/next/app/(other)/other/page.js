import { Harness } from "../../harness";
import { ServerState } from "../../server-state";

export default function Page() {
  return (
    <main>
      <h1>/other</h1>
      <ServerState page="/other" />
      <Harness page="/other" ids={{}} actions={{}} />
    </main>
  );
}
