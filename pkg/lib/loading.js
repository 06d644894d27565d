// The wasm modules of the package, by name, and what is asked of them.

import * as glue from "../wasm/actionlane.js";
import * as build from "./build.js";
import { ActionError } from "./error.js";
import { Module } from "./module.js";
import * as plain from "./plain.js";
import { Set } from "./platform.js";
import * as shapes from "./shapes.js";
import { onTrap } from "./trap.js";
import { wait } from "./wait.js";

const makeError = ({ code, message, ...details }, cause) => {
  return new ActionError(code, message, { ...details, ...(build.isTold(cause) ? cause : { cause }) });
};

const dispatcher = new Module({
  build: glue.BUILD,
  start: glue.initSync,
  restart: glue.__wbg_reset_state,
  setUp: () => {
    onTrap(crashed);
    glue.setup(makeError, (message) => crashed(new Error(message)), build, plain, shapes, wait);
  },
});

const MODULES = { dispatcher };

/** Loads the module of that name from the first of `places` that has it: see `compileFirst`. */
export const load = (name, places, hint) => MODULES[name].load(places, hint);

const users = new Set(); // { cut(), lost(makeError) }, one an engine

/**
 * A new engine for one dispatcher, once `load()` has resolved. `settings` is `{ host, maxQueued, lanes, failsOffline,
 * leaseTimeout }`, the lanes `[name, concurrency]` each. `lost(makeError)` is called if the instance traps, unless `release()` has been.
 */
export function makeEngine({ host, maxQueued, lanes, failsOffline, leaseTimeout }, lost) {
  dispatcher.instantiate();
  const line = severable(host);
  const engine = new glue.Engine(line.host, maxQueued, lanes, failsOffline, leaseTimeout);
  const user = { cut: line.cut, lost };
  users.add(user);
  return { engine, release: () => users.delete(user) };
}

/** The same host until `cut()`; after that, whatever is asked of it fails and is not done. */
function severable(host) {
  const own = Object.create(host);
  const fail = () => {
    throw new Error("this instance of actionlane has failed");
  };
  const cut = () => {
    for (const name of Object.keys(host)) if (typeof host[name] === "function") own[name] = fail;
  };
  return { host: own, cut };
}

/** Whether `load()` has succeeded: an engine can be made at once. */
export const isLoaded = () => dispatcher.isLoaded;

/** Names the instance: another one after each trap. */
export const instance = () => dispatcher.count;

/** A decoder of its own: `told(error, value)` hears of its value once. After `load()`. */
export function makeDecoding(bounds, told, bind, find) {
  dispatcher.instantiate();
  return new glue.Decoding(bounds, told, bind, find);
}

/** A promise of a value as a request body, and of what an answer may refer back to; rejects with an `ActionError`. After `load()`. */
export function makeEncoded(value, nextVersion, forgets, stop, bounds, tried) {
  dispatcher.instantiate();
  return glue.encode(value, nextVersion, forgets, stop, bounds, tried);
}

/** What is to be done with the entries of an outbox, and in which order: see `sift` in `outbox.rs`. After `load()`. */
export function sift(rows, owner, again, now) {
  dispatcher.instantiate();
  return glue.sift(rows, owner, again, now);
}

/** The record, saying that it has failed with this code, or with `undefined` that it has not. After `load()`. */
export function marked(record, code) {
  dispatcher.instantiate();
  return glue.marked(record, code);
}

/** Which build a document of Next.js is of; undefined where it does not say. After `load()`. */
export function buildOf(html) {
  dispatcher.instantiate();
  return glue.buildOf(html);
}

/** Where the app of a document lies below its origin: see `base.rs`. After `load()`. */
export function basePathOf(html, loaded, prefix) {
  dispatcher.instantiate();
  return glue.basePathOf(html, loaded, prefix);
}

/**
 * The instance can no longer be trusted: nothing it still does has an effect, everybody's open calls fail, and the next engine gets a fresh
 * one.
 */
export function crashed(cause) {
  if (!dispatcher.isLive) return;
  dispatcher.abandon();
  const message = "actionlane failed inside; the next call gets a fresh instance";
  const open = [...users];
  users.clear();
  for (const { cut } of open) cut();
  for (const { lost } of open) {
    lost(() => new ActionError("INTERNAL", message, { cause, sent: "unknown" }));
  }
}
