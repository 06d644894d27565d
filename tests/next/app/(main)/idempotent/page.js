import { Ids, idsOf } from "../../ids";
import { Harness } from "../../harness";
import { ServerState } from "../../server-state";
import * as actions from "./actions";

/** A page that owns the action `charge`, which runs once for a key. */
export default function Page() {
  const ids = idsOf(actions);
  return (
    <main>
      <h1>/idempotent</h1>
      <ServerState page="/idempotent" />
      <Harness page="/idempotent" ids={ids} actions={{ ...actions }} />
      <Ids ids={ids} />
    </main>
  );
}
