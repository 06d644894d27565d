// Makes `observe()`: watches the actions of a page, and shows them by name. Must not load the finder of names before
// somebody looks.

import { makeObserver } from "./observer.js";

/** The number changes with the form of the observer: copies of the package share an observer if theirs is the same. */
const KEY = Symbol.for("actionlane.observe.1");

/** Returns `observe()`. `look()` promises the module `look.js`. */
export const observeWith = (look) => () => {
  const observer = (globalThis[KEY] ??= makeObserver());
  const { entries, calls: { follow, dispatchers } } = observer;
  return {
    entries: entries.all,
    named: async (isSeldom) => (await look()).named(observer, isSeldom),
    subscribe: entries.subscribe,
    discover: async (root) => (await look()).discover(root),
    table: async () => (await look()).table(observer),
    headers: async (number) => (await look()).headersOf(observer, number),
    dispatchers,
    follow,
    restore: observer.start(),
  };
};
