import * as actions from "../../actions";
import { Ids, idsOf } from "../../ids";
import { MainHarness } from "../../main-harness";
import { Shown } from "../../server-state";
import { state } from "../../state";

export const revalidate = 3600;

/** A page that is rendered at build time, and again after a revalidation. */
export default function Page() {
  const { counts, renders } = state();
  renders["/cached"] = (renders["/cached"] ?? 0) + 1;
  const ids = idsOf(actions);
  return (
    <main>
      <h1>/cached</h1>
      <Shown values={{ renders: renders["/cached"], ...counts }} />
      <MainHarness page="/cached" ids={ids} />
      <Ids ids={ids} />
    </main>
  );
}
