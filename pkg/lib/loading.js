// The wasm module of the dispatcher, and what is asked of it.

import * as glue from "../wasm/dispatcher.js";
import { ActionError } from "./error.js";
import { Module } from "./module.js";
import { Set } from "./platform.js";
import * as shapes from "./shapes.js";
import { waits } from "./wait.js";

const dispatcher = new Module("dispatcher", glue, { crashed, setUp: (panicked) => glue.setup(panicked, shapes, waits) });

/** The build that this is of. */
export const { BUILD } = glue;

/** Loads the wasm from the first of `places` that has it: see `compileFirst`. */
export const load = (places, hint) => dispatcher.load(places, hint);

const users = new Set(); // { cut(), lost(makeError) }, one an engine

/**
 * A new engine for one dispatcher, once `load()` has resolved. `embedder`: what it asks, `options`: those of the dispatcher, as they were copied.
 * `lost(makeError)` is called if the instance traps, unless `release()` has been.
 */
export function makeEngine({ embedder, options }, lost) {
  dispatcher.instantiate();
  const line = severable(embedder);
  const lanes = [...(options.lanes ?? [])].map(([name, lane]) => handOver(glue.LaneOptions, { name, ...lane }));
  const own = { ...options, lanes, hooks: options.hooks?.afterResponse !== undefined };
  const engine = new glue.Engine(line.embedder, handOver(glue.DispatcherOptions, own), handOver(glue.CallOptions, options));
  const user = { cut: line.cut, lost };
  users.add(user);
  return { engine, release: () => users.delete(user) };
}

/** The options of a call as Rust takes them, to be handed over at once; undefined for none. After `load()`. */
export const handOverCall = (given) => given && handOver(glue.CallOptions, given);

/** Options that are objects themselves, by name. */
const INNER = {
  retry: glue.RetryOptions,
  trace: glue.TraceOptions,
  durable: glue.DurableOptions,
  idempotency: glue.IdempotencyOptions,
};

/** Makes a struct of Rust of those options that it has. The others are for this side alone. */
function handOver(Options, given) {
  const options = new Options();
  try {
    for (const name in given) {
      const value = given[name];
      if (value === undefined || !(name in Options.prototype)) continue;
      options[name] = Object.hasOwn(INNER, name) ? handOver(INNER[name], value) : value;
    }
  } catch (error) {
    options.free();
    throw error;
  }
  return options;
}

/** The same embedder until `cut()`; after that, whatever is asked of it fails and is not done. */
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

/** Whether `load()` has succeeded: an engine can be made at once. */
export const isLoaded = () => dispatcher.isLoaded;

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
