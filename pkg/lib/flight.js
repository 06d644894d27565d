// The codec as a page loads it, once a value is not plain: its wasm module, and what is asked of that.

import * as glue from "../wasm/flight.js";
import { PIECE } from "./body.js";
import * as build from "./build.js";
import { ActionError, isActionError } from "./error.js";
import * as inspect from "./inspect.js";
import { Module } from "./module.js";
import { failAll } from "./pending.js";
import { Set } from "./platform.js";
import { makeReference } from "./reference.js";
import * as shapes from "./shapes.js";
import { Waits } from "./wait.js";

export { read, write } from "./coding.js";
export { dispatcherWith as home } from "./api.js"; // see `part.js`

const codec = new Module("flight", glue, {
  crashed,
  setUp: (panicked) => glue.setupFlight(panicked, shapes, new Waits(), build, inspect),
});

/** The build that it is of. */
export const { BUILD } = glue;

/** Loads the wasm from the first of `places` that has it: see `compileFirst`. */
export const load = (places, hint) => codec.load(places, hint);

export const isLoaded = () => codec.isLoaded;

/**
 * Those who have something in the instance: each is told when it is lost, `lost(error)`; `sent` says
 * whether the server has heard of it.
 */
const users = new Set();

/** The instance can no longer be trusted: all who have bytes in it have lost them, and the next gets a fresh one. */
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

/** Sees to it that there is an instance. */
function start() {
  try {
    codec.instantiate();
  } catch (cause) {
    throw new ActionError("WASM_LOAD", "the codec could not be started", { cause });
  }
}

/**
 * Runs it. Rust throws an `ActionError`; everything else is a trap, of this instance or of the one that
 * `run` still belongs to.
 */
function trapped(run, own = codec.count, sent = "yes") {
  try {
    return run();
  } catch (error) {
    if (isActionError(error)) throw error;
    if (own === codec.count) crashed(error);
    throw failed(error, sent);
  }
}

/**
 * Decodes an answer, whose bytes are pushed. `action`: the value is what the action gave, else row 0. `told(kind,
 * value)`, `find` and `cancelled`: see `Decoding::new`; `call(id, args, caller)` calls what it holds of the
 * server's functions, `own(error)` has an error inside say which call it is of; `limits` as in the options;
 * `lost(error)` hears if the instance fails meanwhile, from whatever.
 */
export function makeDecoding({ action, limits, told, call, own, find, cancelled, lost }) {
  start();
  const nth = codec.count;
  const bounds = limits && boundsOf(limits);
  const bind = Object.assign((id, bound) => makeReference(id, bound, call), { own });
  const decoding = trapped(() => new glue.Decoding(action, bounds, told, bind, find, cancelled));
  const user = { lost, sent: "yes" };
  users.add(user);
  const last = (end) => {
    if (!users.delete(user)) return undefined;
    return trapped(end, nth);
  };
  return {
    /** Gives the error that ends it, if these are no bytes of an answer. */
    push(bytes) {
      for (let at = 0; at < bytes.length; at += PIECE) {
        const error = trapped(() => decoding.push(bytes.subarray(at, at + PIECE)), nth);
        if (error) return error;
      }
      return undefined;
    },
    isAbandoned: () => users.has(user) && trapped(() => decoding.isAbandoned(), nth),
    end: () => last(() => decoding.end()),
    fail: (message, cause) => last(() => decoding.fail(message, cause)),
    /** Gives up reading, for a reason that has this code. */
    leave: (code) => unheard(() => last(() => decoding.leave(code, LEFT[code]))),
  };
}

/**
 * Reads a value to send, here and now: gives `{ body, rest, find, free }`, where `rest()` promises the body if there is
 * none yet; see `Encoding`. Once nobody needs it, `free()` gives up what is open. Throws an `ActionError`.
 */
export function makeEncoding(value, { nextVersion, forgets, stop, limits, tried }) {
  start();
  const own = codec.count;
  const read = (run) => trapped(run, own, "no");
  let user;
  let isFreed = false;
  const isThere = () => !isFreed && own === codec.count && codec.isLive;
  const encoding = read(() => new glue.Encoding(value, nextVersion, forgets, stop, limits && boundsOf(limits), tried));
  return {
    body: read(() => encoding.body()),
    rest: () => new Promise((resolve, reject) => {
      user = { lost: reject, sent: "no" };
      users.add(user);
      read(() => encoding.rest()).then(resolve, reject).finally(() => users.delete(user));
    }),
    find: (path) => (isThere() ? trapped(() => encoding.find(path), own) : undefined),
    free() {
      if (!isThere()) return;
      isFreed = true;
      users.delete(user);
      unheard(() => trapped(() => (encoding.stop(), encoding.free()), own));
    },
  };
}

/** Runs it: whoever gives something up hears of no failure. */
function unheard(act) {
  try {
    act();
  } catch {
    // It is gone, whatever it was.
  }
}

/** Says why promises and streams fail in a value whose answer is no longer read. */
const LEFT = {
  ABORTED: "the call was aborted while this was still to come",
  INVALID_OPTION: "fetch: it gave a body of something other than bytes while this was still to come",
  INTERNAL: "actionlane failed inside while this was still to come",
  TIMEOUT: "no byte came for too long while this was still to come (stallTimeout)",
};

/** Tells whether plain arguments for this version of Next.js are written by `plain.js`. */
export function writesPlain(nextVersion) {
  start();
  return trapped(() => glue.writesPlain(nextVersion));
}

function boundsOf(limits) {
  const bounds = new glue.LimitOptions();
  for (const name in limits) if (limits[name] !== undefined) bounds[name] = limits[name];
  return bounds;
}
