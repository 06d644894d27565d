import * as actions from "./actions";
import { Harness } from "../../harness";
import { Ids, idsOf } from "../../ids";
import { ServerState } from "../../server-state";

/** A page whose POSTs the middleware redirects if they lack the cookie `session`. */
export default function Page() {
  const ids = idsOf(actions);
  return (
    <main>
      <h1>/guarded</h1>
      <ServerState page="/guarded" />
      <Harness page="/guarded" ids={ids} actions={{ ...actions }} />
      <Ids ids={ids} />
    </main>
  );
}
