// Adds the seam to Turbopack's rules: one for each file, in the browser's bundle alone. A rule names the file, so every
// request for it is met.
"use strict";

const { FILES } = require("./internals.cjs");
const { refuseAlias, refuseRule } = require("./foreign.cjs");

const loader = require.resolve("./loader.cjs");

/** Returns the option `turbopack` with the rules added. `next`: `{ root, version }`. */
function withRules(turbopack, next, options) {
  refuseAlias(turbopack?.resolveAlias, "turbopack.resolveAlias", next.root);
  const rules = { ...turbopack?.rules };
  for (const file of FILES) {
    const key = `**/next/${file}`;
    refuseRule(rules, key);
    const rule = { loaders: [{ loader, options }], as: "*.js" };
    rules[key] = Number(next.version.split(".")[0]) < 16 ? { browser: rule } : { ...rule, condition: "browser" };
  }
  return { ...turbopack, rules };
}

module.exports = { withRules };
