import * as actions from "./actions";
import { Harness } from "../../harness";
import { Ids, idsOf } from "../../ids";
import { ServerState } from "../../server-state";

/** The actions come as props here: they are in no client bundle. */
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
