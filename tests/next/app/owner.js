import * as actions from "./actions";
import { Ids, idsOf } from "./ids";
import { MainHarness } from "./main-harness";
import { ServerState } from "./server-state";

/** A page that owns the actions of `app/actions`. */
export function Owner({ page, passed, passedIds }) {
  const ids = { ...idsOf(actions), ...passedIds };
  return (
    <main>
      <h1>{page}</h1>
      <ServerState page={page} />
      <MainHarness page={page} ids={ids} passed={passed} />
      <Ids ids={ids} />
    </main>
  );
}
