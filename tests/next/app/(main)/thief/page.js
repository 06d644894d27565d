import * as actions from "../guarded/actions";
import { Harness } from "../../harness";
import { Ids, idsOf } from "../../ids";
import { ServerState } from "../../server-state";

/** A page whose POSTs the middleware redirects to the address in the query or a cookie. */
export default function Page() {
  const ids = idsOf(actions);
  return (
    <main>
      <h1>/thief</h1>
      <ServerState page="/thief" />
      <Harness page="/thief" ids={ids} actions={{ ...actions }} />
      <Ids ids={ids} />
    </main>
  );
}
