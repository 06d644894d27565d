// A trap where no call of the page's runs the wasm: in a promise or a timer. Without this it would be an uncaught error there, and every call
// of the instance would wait for ever.

let hear = () => {};

/** `told(error)` hears of each trap from now on. */
export const onTrap = (told) => (hear = told);

/** Something has failed on the way into the wasm, where nobody else would hear of it. */
export const trapped = (error) => hear(error);

/** The exports of an instance, of which those that closures run, `invoked`, tell of what they throw. */
export function guarded(exports, invoked) {
  const all = { ...exports };
  for (const name of invoked) {
    const run = exports[name];
    all[name] = (...args) => {
      try {
        return run(...args);
      } catch (error) {
        hear(error);
        return [];
      }
    };
  }
  return all;
}
