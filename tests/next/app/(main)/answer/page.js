import * as actions from "./actions";
import { Harness } from "../../harness";
import { Ids, idsOf } from "../../ids";
import { ServerState } from "../../server-state";

/** A page whose POSTs the middleware answers, as the query says. */
export default function Page() {
  const ids = idsOf(actions);
  return (
    <main>
      <h1>/answer</h1>
      <ServerState page="/answer" />
      <Harness page="/answer" ids={ids} actions={{ ...actions }} />
      <Ids ids={ids} />
    </main>
  );
}
