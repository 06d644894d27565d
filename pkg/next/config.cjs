// Wraps a Next configuration so that the browser's bundle has the seam. Must not touch anything of the server's bundles,
// nor an option that it does not name.
"use strict";

const { findNext, fitOf } = require("./build/next_package.cjs");
const { bodyLimit } = require("./build/body_limit.cjs");
const { pathOfNames, withNames } = require("./build/action_names.cjs");
const turbopack = require("./build/turbopack.cjs");
const webpack = require("./build/webpack.cjs");
const { version } = require("../package.json");

/** Experiments that swap the file that the seam stands in for, or answer `fetch` in another way. */
const STEPS_BACK_FOR = ["concurrentRouterQueue", "useOffline"];

const OPTIONS = ["enabled", "names"];

/** Holds what has been said, in the environment: a build reads the configuration in several processes. */
const SAID = "ACTIONLANE_SAID";

function sayOnce(text) {
  const said = process.env[SAID]?.split("\n") ?? [];
  if (said.includes(text)) return;
  process.env[SAID] = [...said, text].join("\n");
  console.warn(text);
}

/**
 * Returns the configuration with the seam: a function for a function, a promise for a promise. `options.enabled: false`
 * returns it as it is.
 */
function withActionlane(nextConfig = {}, options = {}) {
  checkOptions(options);
  if (options.enabled === false) return nextConfig;
  if (typeof nextConfig === "function") {
    return async (phase, context) => apply(await nextConfig(phase, context), options, phase);
  }
  if (typeof nextConfig !== "object" || nextConfig === null) throw new TypeError("withActionlane: expected a configuration: an object, a promise of one, or a function");
  if (typeof nextConfig.then === "function") return nextConfig.then((config) => apply(config, options));
  return apply(nextConfig, options);
}

function checkOptions(options) {
  if (typeof options !== "object" || options === null) throw new TypeError("withActionlane: the options are no object");
  for (const name of Object.keys(options)) {
    if (!OPTIONS.includes(name)) throw new TypeError(`withActionlane: there is no option ${JSON.stringify(name)}; there are ${OPTIONS.join(" and ")}`);
  }
  if (options.enabled !== undefined && typeof options.enabled !== "boolean") throw new TypeError("withActionlane: enabled: expected true or false");
  const { names } = options;
  if (names !== undefined && !(Array.isArray(names) && names.every((name) => typeof name === "string"))) throw new TypeError("withActionlane: names: expected an array of texts");
}

function apply(config, { names }, phase = process.env.NODE_ENV === "development" ? "phase-development-server" : "") {
  // Next reports what is no configuration.
  if (typeof config !== "object" || config === null) return config;
  // A server that only serves has nothing to build.
  if (phase === "phase-production-server" || phase === "phase-export") return config;
  const next = findNext();
  const traits = fitOf(next);
  const reason = STEPS_BACK_FOR.find((name) => config.experimental?.[name]);
  if (reason) {
    sayOnce(`actionlane/next: experimental.${reason} is on, which has a way of its own with actions. Actionlane steps back: all actions go Next's own way`);
    return config;
  }
  const isDevelopment = phase === "phase-development-server";
  const hasNames = !isDevelopment && config.output !== "export";
  const made = hasNames ? withNames(config, names) : { ...config };
  // Turbopack refuses options that change when they are written as JSON: nothing in them may be undefined.
  const settings = { maxBodyBytes: bodyLimit(config.experimental?.serverActions?.bodySizeLimit), ...(hasNames && { names: pathOfNames(config) }) };
  // The version keeps a bundler's cache from outliving an update of this package.
  const loaderOptions = { version, traits, settings };
  // In development the reducer waits for debug data of a request id of its own, which is never sent.
  if (isDevelopment && traits.debugChannel) made.experimental = { ...config.experimental, reactDebugChannel: false };
  // Next sets the variable before it reads the configuration. The other bundler's option stays as it is: Next looks at
  // both to find a mistake.
  if (process.env.TURBOPACK) made.turbopack = turbopack.withRules(config.turbopack, next, loaderOptions);
  else made.webpack = webpack.withRules(config.webpack, next, loaderOptions);
  return made;
}

module.exports = {
  withActionlane,
  configureActions() {},
  withOptions: (action) => action,
  getDispatcher: async () => undefined,
  // The mark that `lib/error.js` gives: a test may make an error.
  isActionError: (error) => error?.[Symbol.for("actionlane.ActionError")] === true,
};
