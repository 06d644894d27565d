import { Harness } from "../../harness";
import { ServerState } from "../../server-state";

/** The page to which the middleware redirects users who may not see `/guarded`. */
export default function Page() {
  return (
    <main>
      <h1>/login</h1>
      <ServerState page="/login" />
      <Harness page="/login" ids={{}} actions={{}} />
    </main>
  );
}
