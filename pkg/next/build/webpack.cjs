// Adds the seam to webpack: a rule for each file, in the browser's bundle alone.
"use strict";

const path = require("node:path");
const { FILES } = require("./internals.cjs");
const { refuseAlias } = require("./foreign.cjs");

const loader = require.resolve("./loader.cjs");

/** Returns the option `webpack` with the rules added after those of `given`. */
function withRules(given, next, options) {
  return (config, context) => {
    const made = given ? given(config, context) : config;
    // Next reports a function that returns nothing.
    if (context.isServer || !made) return made;
    const check = ({ resolve }) => refuseAlias(resolve?.alias, "resolve.alias", next.root);
    const add = (made) => {
      check(made);
      const include = FILES.map((file) => path.join(next.root, file));
      made.module.rules.push({ test: /\.js$/, include, use: [{ loader, options }] });
      // A wrapper around this one may set an alias later.
      const last = { apply: (compiler) => compiler.hooks.afterEnvironment.tap("actionlane", () => check(compiler.options)) };
      made.plugins = [...(made.plugins ?? []), last];
      return made;
    };
    return typeof made?.then === "function" ? made.then(add) : add(made);
  };
}

module.exports = { withRules };
