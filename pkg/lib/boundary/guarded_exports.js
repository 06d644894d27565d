// Catches traps of the wasm where no call of the page runs it: in a promise or a timer. Otherwise a trap would be an
// uncaught error there, and every call of the instance would wait forever. Knows no module but by its name.

const handlers = {};

/** Sets the function that is called with each trap of the module `name`. */
export const onTrap = (name, handler) => (handlers[name] = handler);

/**
 * Wraps the exports of an instance of the module `name`: those in `invoked`, which its closures run, report what they
 * throw to the function set by `onTrap`.
 */
export function guarded(exports, name, invoked) {
  const all = { ...exports };
  for (const key of invoked) {
    const run = exports[key];
    all[key] = (...args) => {
      try {
        return run(...args);
      } catch (error) {
        handlers[name]?.(error);
        return [];
      }
    };
  }
  return all;
}
