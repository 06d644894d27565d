// Loading the wasm: once a page, whatever number of dispatchers and entries; again after a failure; anew after a trap.

import * as glue from "../wasm/actionlane.js";
import * as build from "./build.js";
import { ActionError } from "./error.js";

let module; // compiled, kept for a fresh instance
let attempt; // the load under way, or the one that succeeded
let live = false; // whether the instance can be trusted
let used = false; // whether there has been an instance
const users = new Set();

/** Resolves when the wasm is there. One attempt at a time; a failed one is forgotten. */
export function load(source) {
  attempt ??= start(source).catch((error) => {
    attempt = undefined;
    throw error;
  });
  return attempt;
}

/** A new engine for one dispatcher, once `load()` has resolved. `lost(makeError)` is called if the instance traps. */
export function makeEngine(host, maxQueued, lost) {
  instantiate();
  users.add(lost);
  return new glue.Engine(host, maxQueued);
}

/** The instance can no longer be trusted: everybody's open calls fail, and the next engine gets a fresh one. */
export function crashed(cause) {
  if (!live) return;
  live = false;
  const message = "actionlane failed inside; the next call gets a fresh instance";
  for (const lost of [...users]) {
    users.delete(lost);
    lost(() => new ActionError("INTERNAL", message, { cause, sent: "unknown" }));
  }
}

async function start(source) {
  module = await compile(source);
  instantiate();
}

function instantiate() {
  if (live) return;
  if (used) glue.__wbg_reset_state();
  else glue.initSync({ module });
  used = true;
  const makeError = ({ code, message, ...details }, cause) => new ActionError(code, message, { ...details, cause });
  glue.setup(makeError, (message) => crashed(new Error(message)), build);
  live = true;
}

async function compile(find) {
  if (blocked()) {
    const message = "the page's policy forbids wasm: its Content-Security-Policy needs 'wasm-unsafe-eval' in script-src";
    throw new ActionError("WASM_BLOCKED", message);
  }
  try {
    const source = await find();
    if (source instanceof WebAssembly.Module) return source;
    if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return await WebAssembly.compile(source);
    const response = source instanceof Response ? source : await fetch(source);
    if (!response.ok) throw new Error(`status ${response.status}`);
    // Streaming wants the content type application/wasm; some servers do not know it.
    const streams = response.headers.get("content-type")?.startsWith("application/wasm") && WebAssembly.compileStreaming;
    return streams ? await WebAssembly.compileStreaming(response) : await WebAssembly.compile(await response.arrayBuffer());
  } catch (cause) {
    throw new ActionError("WASM_LOAD", "the wasm could not be loaded", { cause });
  }
}

/** Whether even the smallest module is refused. Engines word the refusal differently; the refusal itself is the same. */
function blocked() {
  try {
    new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
    return false;
  } catch {
    return true;
  }
}
