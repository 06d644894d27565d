// Loads a part of the package that most pages never use, when it is first needed. Must not import a part statically.
//
// Each part also exports `home` from the package's own entry, though no code imports it: bundlers that split by who
// imports a file then make one chunk of everything that the entry and its parts share. Otherwise each set of parts
// would get its own chunk, to be requested and compressed separately.

import { ActionError } from "../error.js";

/**
 * Returns a function that loads a part and promises it; its property `there` is the part once loaded. `load` calls
 * `import()`; `what` names the feature that needs the part. Rejects with a fresh `ActionError` of this code each time.
 * The next call imports again; some browsers remember a failed import until the page is left.
 */
export function part(load, what, code) {
  let attempt;
  const loadPart = () => {
    const own = (attempt ??= load());
    return own.then((made) => (loadPart.there = made), (cause) => {
      if (attempt === own) attempt = undefined;
      const message = `${what}: the part of the package that it needs could not be loaded (${cause?.message ?? cause}); ${HINT}`;
      throw new ActionError(code, message, { cause });
    });
  };
  return loadPart;
}

const HINT = "reload the page";
