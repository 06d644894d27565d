import { Ids, idsOf } from "../../ids";
import { Harness } from "../../harness";
import * as actions from "./actions";

export const dynamic = "force-dynamic";

export default function Page() {
  const ids = idsOf(actions);
  return (
    <main>
      <h1>/idempotent</h1>
      <Harness page="/idempotent" ids={ids} actions={{ ...actions }} />
      <Ids ids={ids} />
    </main>
  );
}
