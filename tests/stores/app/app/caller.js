"use client";
// Makes calls for the tests, which use `window.stores`.
import { createDispatcher } from "actionlane";
import { useEffect } from "react";

/** Calls that are open at a time. A browser has six connections to a server. */
const AT_ONCE = 12;

export function Caller({ refs }) {
  useEffect(() => {
    window.stores = { refs, soak: soakOf(refs.charge), createDispatcher };
  }, [refs]);
  return "ready";
}

/** Makes many calls, each under a key of its own, and keeps the last result of each. */
function soakOf(charge) {
  const state = { made: 0, settled: 0, upTo: 0, values: [], codes: {}, repeated: 0 };
  let actions, prefix;

  /** Makes one call. A call whose action has thrown is made again under its key, as by somebody who clicks again. */
  async function make(n) {
    const call = `${prefix}-${n}`;
    for (;;) {
      try {
        state.values[n] = await actions.call(charge, [call], { idempotencyKey: call, lane: "parallel" });
        break;
      } catch ({ code, message }) {
        state.codes[code] = (state.codes[code] ?? 0) + 1;
        state.values[n] = `${code}: ${message}`;
        if (code !== "ACTION_THREW") break;
        state.repeated += 1;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
    state.settled += 1;
    pump();
  }

  function pump() {
    while (state.made < state.upTo && state.made - state.settled < AT_ONCE) make(state.made++);
  }

  return {
    begin(name) {
      prefix = name;
      actions = createDispatcher({ timeout: 5_000, retry: { limit: 200, budget: 300_000, delay: 100, backoffLimit: 1_000 } });
    },
    /** Makes calls until there are `count`. Promises the number of settled ones when all have, or after 2 s. */
    async run(count) {
      state.upTo = count;
      pump();
      for (const end = performance.now() + 2_000; state.settled < count && performance.now() < end; ) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return state.settled;
    },
    results: () => state,
  };
}
