// Finds the Next that builds the app, and says if the seam fits it. Must not change a configuration.
"use strict";

const path = require("node:path");
const { createRequire } = require("node:module");
const { faultsOf, traitsOf } = require("./internals.cjs");

/** First version that has the seam's internals, and the first that nobody has looked at. */
const FROM = [15, 5];
const BEFORE = [17, 0];

const OFF = "withActionlane(nextConfig, { enabled: false }) builds the app without it";

/** Returns `{ root, version }` of the Next that is running, else of the one that the app finds. */
function findNext() {
  const running = Object.keys(require.cache).find((file) => /[\\/]next[\\/]dist[\\/]server[\\/]config\.js$/.test(file));
  const root = running ? path.resolve(running, "../../..") : path.dirname(createRequire(path.join(process.cwd(), "next.config.js")).resolve("next/package.json"));
  return { root, version: require(path.join(root, "package.json")).version };
}

/** Returns the traits of a Next that the seam fits; throws for another one, and says what to do. */
function fitOf({ root, version }) {
  const [major, minor] = version.split(".").map(Number);
  const is = (than) => major > than[0] || (major === than[0] && minor >= than[1]);
  if (!is(FROM)) {
    throw new Error(`actionlane/next: Next ${version} is older than ${FROM.join(".")}, the first version that it fits. Call actions with d.call(id, args) of "actionlane" there; ${OFF}`);
  }
  if (is(BEFORE)) throw new Error(`actionlane/next: Next ${version} is not known to this version of actionlane. Update actionlane; ${OFF}`);
  const faults = faultsOf(root);
  if (faults.length > 0) {
    throw new Error(`actionlane/next: Next ${version} is not as this version of actionlane knows it: ${faults.join("; ")}. Update actionlane; ${OFF}`);
  }
  return traitsOf(root);
}

module.exports = { findNext, fitOf };
