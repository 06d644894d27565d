// Loads the parts of the package that most pages never use, each when it is first asked for.
//
// Each part exports `home` of the package's own entry, which nobody asks for: bundlers that split by who needs a file make one chunk then of all that
// the entry and its parts share, where each set of parts would have a chunk of its own. It is compressed as one, and asked for at once.

import { ActionError } from "./error.js";

/**
 * Gives a function that loads a part and gives a promise of it; its `there` is the part, once that has come. `load` has its `import()`, `what` says
 * what needs it. Rejects with an `ActionError` of this code, each time another one. Who asks after that has it imported once more; some browsers remember until the page is left that it failed.
 */
export function part(load, what, code) {
  let attempt;
  const ask = () => {
    const own = (attempt ??= load());
    return own.then((made) => (ask.there = made), (cause) => {
      if (attempt === own) attempt = undefined;
      const message = `${what}: the part of the package that it needs could not be loaded (${cause?.message ?? cause}); ${HINT}`;
      throw new ActionError(code, message, { cause });
    });
  };
  return ask;
}

const HINT = "load the page anew";
