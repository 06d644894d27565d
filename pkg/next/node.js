// The entry of `actionlane/next` for Node.js: `withActionlane` for a next.config that is a module, and functions that
// do nothing for the rendering of client components. Must not import Node.js's modules: bundlers for servers read
// this file.

export { configureActions, getDispatcher, isActionError, withOptions } from "./inert.js";

/** Loads the CommonJS file when it is called: only next.config does. */
export function withActionlane(...args) {
  if (!process.getBuiltinModule) throw new Error("actionlane/next: a next.config that is a module needs Node.js 20.16; in CommonJS, require() works in older ones");
  const { createRequire } = process.getBuiltinModule("node:module");
  return createRequire(import.meta.url)("./config.cjs").withActionlane(...args);
}
