// Holds what the page knows of actions: policies, names, and the dispatcher once it is loaded. One object for the whole
// page, because bundlers may put this file into it twice, and fast refresh runs it again. Must stay small: every page
// of an app loads it.

const KEY = Symbol.for("actionlane.next");

/** Changes with the shape of the object below. Copies of the package that differ in it cannot work together. */
const FORM = 1;

/**
 * Returns the state. `names`: name by id, also of actions that the page does not import. `imported`: ids of those that
 * it does. `ids`: id by imported action. `find`: see `names.js`. `files`, `keyOf`: see `known_names.js`. `policies`:
 * what `configureActions` was given, and `options`, the dispatcher's. `loading`: promises `lanes`, which is undefined
 * if it cannot be loaded. `naming`: a promise while the names load. `waiting`: the number of calls that wait for the
 * lanes. `unnamed`: the number of those that wait for the names. `moves`: the number of navigations that have begun.
 * `observe`, `refreshed`: see `lanes.js`. `router`: see `moves.js`. `watchers`: functions that run once the lanes are
 * loaded.
 *
 * `given`: what the running `withOptions`, or a hook of `actionlane/react`, gives to the next action that is called.
 * `options`: those of the call. `isTaken`: set by the action. A hook also gives `begun(dispatcher, number)`, which is
 * told how the call goes, and a policy of `false` counts for it:
 *
 * - no dispatcher: through a lane. `number` calls wait until the names or the dispatcher are loaded; 0 if they are.
 * - the dispatcher: it has the call, under this number.
 * - null: Next's own way, because of its policy, or because the dispatcher could not be loaded.
 */
export function page() {
  if (!globalThis[KEY]) {
    const value = { form: FORM, names: new Map(), ids: new WeakMap(), imported: new Set(), find: undefined, files: undefined, keyOf: undefined, policies: undefined, options: undefined, given: undefined, loading: undefined, lanes: undefined, naming: undefined, waiting: 0, unnamed: 0, moves: 0, observe: undefined, refreshed: undefined, router: undefined, watchers: new Set() };
    Object.defineProperty(globalThis, KEY, { value, configurable: true });
  }
  const found = globalThis[KEY];
  if (found.form !== FORM) throw new Error("actionlane/next: two versions of the package are in this page; install one");
  return found;
}

/**
 * Returns what `build/loader.cjs` sets if Next's client of actions is in the page: the address of the names, or true.
 */
export const seamOfPage = () => globalThis[Symbol.for("actionlane.next.seam")];

/** True outside production. Bundlers replace the whole expression. */
export const isDevelopment = process.env.NODE_ENV !== "production";
