// Adds the seam to webpack: a rule for each file, in the browser's bundle alone.
"use strict";

const path = require("node:path");
const { ACTION_WRAPPER, CALL_SERVER } = require("./internals.cjs");
const { refuseAlias } = require("./foreign.cjs");

const loader = require.resolve("./loader.cjs");

/** Returns the option `webpack` with the rules added after those of `given`. */
function withRules(given, next, options) {
  return (config, context) => {
    const aliases = { ...config.resolve?.alias };
    const made = given ? given(config, context) : config;
    if (context.isServer) return made;
    const add = (made) => {
      // Next's own are known; another value of one, or one more, is somebody else's.
      const others = Object.entries(made.resolve?.alias ?? {}).filter(([name, to]) => aliases[name] !== to);
      refuseAlias(Object.fromEntries(others), "resolve.alias", next.root);
      const include = [CALL_SERVER, ACTION_WRAPPER].map((file) => path.join(next.root, file));
      made.module.rules.push({ test: /\.js$/, include, use: [{ loader, options }] });
      return made;
    };
    return typeof made?.then === "function" ? made.then(add) : add(made);
  };
}

module.exports = { withRules };
