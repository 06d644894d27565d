// A trap where no call of the page's runs the wasm: in a promise or a timer. Without this it would be an uncaught error there, and every call
// of the instance would wait for ever.

const hear = {};

/** `told(error)` hears of each trap of that module from now on. */
export const onTrap = (name, told) => (hear[name] = told);

/** The exports of an instance of that module, of which those that closures run, `invoked`, tell of what they throw. */
export function guarded(exports, name, invoked) {
  const all = { ...exports };
  for (const key of invoked) {
    const run = exports[key];
    all[key] = (...args) => {
      try {
        return run(...args);
      } catch (error) {
        hear[name]?.(error);
        return [];
      }
    };
  }
  return all;
}
