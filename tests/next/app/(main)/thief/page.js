import * as actions from "../guarded/actions";
import { Harness } from "../../harness";
import { Ids, idsOf } from "../../ids";
import { ServerState } from "../../server-state";

/** The middleware sends POSTs wherever the query or a cookie says. */
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
