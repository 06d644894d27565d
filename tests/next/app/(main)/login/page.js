import { Harness } from "../../harness";
import { ServerState } from "../../server-state";

/** Where the middleware sends who may not see `/guarded`. */
export default function Page() {
  return (
    <main>
      <h1>/login</h1>
      <ServerState page="/login" />
      <Harness page="/login" ids={{}} actions={{}} />
    </main>
  );
}
