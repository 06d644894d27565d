// Loads the wasm of the dispatcher and makes engines from it. Must be the only file that imports the dispatcher's glue.

import * as glue from "../../wasm/dispatcher.js";
import { ActionError } from "../error.js";
import { Module } from "./instance.js";
import { Set } from "../page/globals.js";
import * as shapes from "../boundary/shapes.js";
import { waits } from "../boundary/wait.js";

const dispatcher = new Module("dispatcher", glue, { crashed, setUp: (panicked) => glue.setup(panicked, shapes, waits) });

/** The build of this package. */
export const { BUILD } = glue;

/** Loads the wasm from the first of `places` that has it: see `compileFirst`. */
export const load = (places, hint) => dispatcher.load(places, hint);

const users = new Set(); // `{ cut(), lost(makeError) }` of each engine

/**
 * Makes an engine for one dispatcher; call it after `load()` has resolved. `embedder`: the functions that the engine
 * calls; `options`: the dispatcher's, as copied. `lost(makeError)` is called if the instance traps before `release()`.
 */
export function makeEngine({ embedder, options }, lost) {
  dispatcher.instantiate();
  const link = severable(embedder);
  const lanes = [...(options.lanes ?? [])].map(([name, lane]) => toStruct(glue.LaneOptions, { name, ...lane }));
  const own = { ...options, lanes, hooks: options.hooks?.afterResponse !== undefined };
  const engine = new glue.Engine(link.embedder, toStruct(glue.DispatcherOptions, own), toStruct(glue.CallOptions, options));
  const user = { cut: link.cut, lost };
  users.add(user);
  return { engine, release: () => users.delete(user) };
}

/**
 * Makes the Rust struct of a call's options, which must be passed to Rust at once; undefined for none. Call it
 * after `load()`.
 */
export const toCallOptions = (given) => given && toStruct(glue.CallOptions, given);

/** The Rust structs of options that are objects themselves, by the option's name. */
const INNER = {
  retry: glue.RetryOptions,
  trace: glue.TraceOptions,
  durable: glue.DurableOptions,
  idempotency: glue.IdempotencyOptions,
};

/** Makes a Rust struct of the options that it has. The other options are used by JavaScript alone. */
function toStruct(Options, given) {
  const options = new Options();
  try {
    for (const name in given) {
      const value = given[name];
      if (value === undefined || !(name in Options.prototype)) continue;
      options[name] = Object.hasOwn(INNER, name) ? toStruct(INNER[name], value) : value;
    }
  } catch (error) {
    options.free();
    throw error;
  }
  return options;
}

/** Returns a copy of the embedder. After `cut()`, each of its functions throws and does nothing. */
function severable(embedder) {
  const own = Object.create(embedder);
  const fail = () => {
    throw new Error("this instance of actionlane has failed");
  };
  const cut = () => {
    for (const name of Object.keys(embedder)) if (typeof embedder[name] === "function") own[name] = fail;
  };
  return { embedder: own, cut };
}

/** True if `load()` has succeeded: an engine can be made at once. */
export const isLoaded = () => dispatcher.isLoaded;

/**
 * Drops an instance that has trapped: nothing it still does has an effect, all its open calls fail, and the next
 * engine gets a fresh instance.
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
