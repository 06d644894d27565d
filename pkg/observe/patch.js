// Puts a dispatcher behind the page's `fetch`: its calls are shown, and the actions of other code may wait in its
// lanes. Must not touch other requests, and must let actions pass if the wasm cannot be loaded.

import { postedAction } from "../lib/fetch/action_header.js";

/** Returns `patch()`, which returns the function that ends it. */
export const patchWith = (observe) => (dispatcher, target, { mode } = {}) => {
  const { follow, restore } = observe();
  follow(dispatcher);
  const unqueue = mode === "queue" && queue(dispatcher, target);
  return () => {
    unqueue && unqueue();
    restore();
  };
};

/** Replaces `target.fetch`. Returns the function that puts the one before back. */
function queue(dispatcher, target) {
  const { fetch } = dispatcher; // read before the replacement: see `Dispatcher`
  const inner = target.fetch;
  let isOver = false;
  const wrapper = (target.fetch = new Proxy(inner, {
    apply(inner, self, args) {
      const send = () => Reflect.apply(inner, self, args);
      if (isOver || postedAction(...args) === undefined) return send();
      return fetch(...args).catch((error) => {
        if (/^WASM_/.test(error?.code)) return send();
        throw error;
      });
    },
  }));
  return () => {
    isOver = true;
    if (target.fetch === wrapper) target.fetch = inner;
  };
}
