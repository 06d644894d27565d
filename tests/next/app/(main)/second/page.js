import * as actions from "./actions";
import { Harness } from "../../harness";
import { Ids, idsOf } from "../../ids";
import { ServerState } from "../../server-state";

/** A page that gets its actions as props: no client bundle holds them. */
export default function Page() {
  const ids = idsOf(actions);
  return (
    <main>
      <h1>/second</h1>
      <ServerState page="/second" />
      <Harness page="/second" ids={ids} actions={{ ...actions }} />
      <Ids ids={ids} />
    </main>
  );
}
