import * as actions from "./actions";
import { Harness } from "../../harness";
import { Ids, idsOf } from "../../ids";
import { ServerState } from "../../server-state";

/** The middleware sends POSTs without the cookie `session` away. */
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
