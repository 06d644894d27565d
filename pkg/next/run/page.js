// Holds what the page knows of actions: policies, names, and the dispatcher once it is loaded. One object for the whole
// page, because bundlers may put this file into it twice, and fast refresh runs it again. Must stay small: every page
// of an app loads it.

const KEY = Symbol.for("actionlane.next");

/** Changes with the shape of the object below. Copies of the package that differ in it cannot work together. */
const FORM = 1;

/**
 * Returns the state. `names`: name by id, of imported actions. `policies`: what `configureActions` was given, and
 * `options`, the dispatcher's. `loading`: promises `lanes`, which is undefined if it cannot be loaded. `waiting`: the
 * number of calls before that. `watchers`: functions that run once it is loaded.
 *
 * `given`: what the running `withOptions`, or a hook of `actionlane/react`, gives to the next action that is called.
 * `options`: those of the call. `isTaken`: set by the action. A hook also gives `begun(dispatcher, number)`, which is
 * told how the call goes, and a policy of `false` counts for it:
 *
 * - no dispatcher: through a lane. `number` calls wait until the dispatcher is loaded; 0 if it is.
 * - the dispatcher: it has the call, under this number.
 * - null: Next's own way after all, because the dispatcher could not be loaded.
 */
export function page() {
  if (!globalThis[KEY]) {
    const value = { form: FORM, names: new Map(), policies: undefined, options: undefined, given: undefined, loading: undefined, lanes: undefined, waiting: 0, watchers: new Set() };
    Object.defineProperty(globalThis, KEY, { value, configurable: true });
  }
  const found = globalThis[KEY];
  if (found.form !== FORM) throw new Error("actionlane/next: two versions of the package are in this page; install one");
  return found;
}

/** True outside production. Bundlers replace the whole expression. */
export const isDevelopment = process.env.NODE_ENV !== "production";
