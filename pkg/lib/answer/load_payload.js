// Gives outcomes their `payload`: the page inside an answer. The part that reads it is loaded when the page first
// reads a `payload`. Must not hold on to the call's entry.

import { part } from "../loading/lazy_part.js";

const loadPayload = /* @__PURE__ */ part(() => import("./payload.js"), "payload", "NETWORK");

/**
 * Returns a function that promises the page inside an answer. The promise is made at the first use and settles once the
 * answer of `entry` has ended. `tape`: the body as received, if it may hold a page. `load` loads the codec. After a
 * failure to load, the next use tries again.
 */
export function payloadOf(tape, headers, entry, load) {
  if (!tape) return none;
  const { end } = entry; // not the entry itself: a page may hold outcomes for long, and the arguments of their calls with them
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
