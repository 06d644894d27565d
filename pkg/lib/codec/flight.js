// The codec as the package loads it for a value that is not plain: its wasm module and the functions that use it. Must
// be the only file that imports the codec's glue.

import * as glue from "../../wasm/flight.js";
import { PIECE } from "../answer/body.js";
import * as build from "./builder.js";
import { ActionError, isActionError } from "../error.js";
import * as inspect from "./inspector.js";
import { Module } from "../loading/instance.js";
import { failAll } from "./pending.js";
import { Set } from "../page/globals.js";
import { makeReference } from "./server_function.js";
import * as shapes from "../boundary/shapes.js";
import { Waits } from "../boundary/wait.js";

export { read, write } from "./decode_encode.js";
export { dispatcherWith as home } from "../exports.js"; // see `lazy_part.js`

const codec = new Module("flight", glue, {
  crashed,
  setUp: (panicked) => glue.setupFlight(panicked, shapes, new Waits(), build, inspect),
});

/** The build of the codec. */
export const { BUILD } = glue;

/** Loads the wasm from the first of `places` that has it: see `compileFirst`. */
export const load = (places, hint) => codec.load(places, hint);

export const isLoaded = () => codec.isLoaded;

/** The users with data in the instance. If it traps, `lost(error)` of each is called; `sent` is the error's `sent`. */
const users = new Set();

/** Drops an instance that has trapped: the data in it is lost, and the next use gets a fresh one. */
function crashed(cause) {
  if (!codec.isLive) return;
  codec.abandon();
  const open = [...users];
  users.clear();
  for (const { lost, sent } of open) lost(failed(cause, sent));
  failAll(() => failed(cause));
}

function failed(cause, sent = "yes") {
  return new ActionError("INTERNAL", "actionlane failed inside; the next call gets a fresh instance", { cause, sent });
}

/** Makes an instance if there is none. */
function start() {
  try {
    codec.instantiate();
  } catch (cause) {
    throw new ActionError("WASM_LOAD", "the codec could not be started", { cause });
  }
}

/**
 * Runs `run`. Rust throws an `ActionError`; any other exception is a trap. `instance`: the number of the instance
 * that `run` uses.
 */
function runTrapped(run, instance = codec.count, sent = "yes") {
  try {
    return run();
  } catch (error) {
    if (isActionError(error)) throw error;
    if (instance === codec.count) crashed(error);
    throw failed(error, sent);
  }
}

/**
 * Makes a decoding of an answer, whose bytes are pushed. `action`: the value is that of the action, else row
 * 0. `told(kind, value)`, `find` and `cancelled`: see `Decoding::new`. `call(id, args, caller)` calls a server function
 * of the answer; `own(error)` adds the call to an error inside the value. `limits`: as in the options. `lost(error)` is
 * called if the instance traps meanwhile.
 */
export function makeDecoding({ action, limits, told, call, own, find, cancelled, lost }) {
  start();
  const instance = codec.count;
  const bounds = limits && toLimitOptions(limits);
  const bind = Object.assign((id, bound) => makeReference(id, bound, call), { own });
  const decoding = runTrapped(() => new glue.Decoding(action, bounds, told, bind, find, cancelled));
  const user = { lost, sent: "yes" };
  users.add(user);
  const finish = (end) => {
    if (!users.delete(user)) return undefined;
    return runTrapped(end, instance);
  };
  return {
    /** Returns the error that ends the decoding, if the bytes are no answer. */
    push(bytes) {
      for (let at = 0; at < bytes.length; at += PIECE) {
        const error = runTrapped(() => decoding.push(bytes.subarray(at, at + PIECE)), instance);
        if (error) return error;
      }
      return undefined;
    },
    isAbandoned: () => users.has(user) && runTrapped(() => decoding.isAbandoned(), instance),
    end: () => finish(() => decoding.end()),
    fail: (message, cause) => finish(() => decoding.fail(message, cause)),
    /** Stops decoding. Unfinished parts fail with the message of this code. */
    leave: (code) => ignoreFailure(() => finish(() => decoding.leave(code, LEAVE_MESSAGES[code]))),
  };
}

/**
 * Encodes a value at once. Returns `{ body, rest, find, free }`: `rest()` promises the body if `body` is undefined;
 * `find`: see `Encoding`; `free()` ends open streams and releases the data. `lastPart`: highest number of the parts
 * that the caller adds to the body. Throws an `ActionError`.
 */
export function makeEncoding(value, { nextVersion, forgets, stop, limits, tried, lastPart = 0 }) {
  start();
  const instance = codec.count;
  const read = (run) => runTrapped(run, instance, "no");
  let user;
  let isFreed = false;
  const isThere = () => !isFreed && instance === codec.count && codec.isLive;
  const encoding = read(() => new glue.Encoding(value, nextVersion, forgets, stop, limits && toLimitOptions(limits), tried, lastPart));
  return {
    body: read(() => encoding.body()),
    rest: () => new Promise((resolve, reject) => {
      user = { lost: reject, sent: "no" };
      users.add(user);
      read(() => encoding.rest()).then(resolve, reject).finally(() => users.delete(user));
    }),
    find: (path) => (isThere() ? runTrapped(() => encoding.find(path), instance) : undefined),
    free() {
      if (!isThere()) return;
      isFreed = true;
      users.delete(user);
      ignoreFailure(() => runTrapped(() => (encoding.stop(), encoding.free()), instance));
    },
  };
}

/** Runs `act` and ignores its failure. */
function ignoreFailure(act) {
  try {
    act();
  } catch {
    // There is nothing left to release.
  }
}

/**
 * The messages, by code, with which unfinished promises and streams of a value fail when its answer is no longer read.
 */
const LEAVE_MESSAGES = {
  ABORTED: "the call was aborted while this was still to come",
  INVALID_OPTION: "fetch: it gave a body of something other than bytes while this was still to come",
  INTERNAL: "actionlane failed inside while this was still to come",
  TIMEOUT: "no byte came for too long while this was still to come (stallTimeout)",
};

/**
 * Reads the hidden fields of a form, names and values alternating. Returns `{ id, stateKey, bound, lastPart, parts,
 * argumentsOf }`: see `FormAction` in Rust. Throws an `ActionError` if they name no action.
 */
export function readForm(fields, submitter) {
  const read = (take) => {
    start();
    return runTrapped(() => take(new glue.FormFields(fields, submitter)), codec.count, "no");
  };
  const [id, stateKey, bound, lastPart, ...parts] = read((form) => form.facts());
  /** Returns the text of the part `0`. Reads the fields again, because the instance may be another one. */
  const argumentsOf = (encoded, replacesState) => read((form) => form.arguments(encoded, replacesState));
  return { id, stateKey, bound, lastPart, parts, argumentsOf };
}

/** True if `plain.js` may write plain arguments for this version of Next.js. */
export function writesPlain(nextVersion) {
  start();
  return runTrapped(() => glue.writesPlain(nextVersion));
}

function toLimitOptions(limits) {
  const bounds = new glue.LimitOptions();
  for (const name in limits) if (limits[name] !== undefined) bounds[name] = limits[name];
  return bounds;
}
