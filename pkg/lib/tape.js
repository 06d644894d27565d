// The page inside an answer, for those who ask: what reads it is loaded with the first.

import { part } from "./part.js";

const loadPayload = /* @__PURE__ */ part(() => import("./payload.js"), "payload", "NETWORK");

/**
 * Gives what makes the page inside an answer: a promise, made when it is first asked for, that settles once the answer of `entry` has ended.
 * `tape`: the body as it came, if it may hold a page. `load` loads the wasm. What could not be loaded is loaded when it is asked for again.
 */
export function payloadOf(tape, headers, entry, load) {
  if (!tape) return none;
  const { end } = entry; // a page may keep outcomes for long, and the arguments of their calls not with them
  let payload;
  const make = async () => {
    try {
      const part = await loadPayload();
      return await part.read(tape, headers, end, load);
    } catch (error) {
      if (error.code === "NETWORK" || error.code === "WASM_LOAD") payload = undefined;
      throw error;
    }
  };
  return () => {
    if (!payload) {
      payload = make();
      payload.catch(() => {});
    }
    return payload;
  };
}

const none = () => Promise.resolve(undefined);
