// Compiles a wasm module from the first place that has it. Must not instantiate the module: `instance.js` does.

import { sendable } from "../page/url.js";
import { ActionError } from "../error.js";
import { WebAssembly, fetch } from "../page/globals.js";

/**
 * Compiles the source that one of `places` gives: the first that `accept()` does not throw for. A place is a
 * function that returns, or promises, a source as `init()` takes it. The error lists what was wrong at each
 * place, and then `hint`.
 */
export async function compileFirst(places, accept, hint) {
  if (typeof WebAssembly !== "object") throw new ActionError("WASM_BLOCKED", "this browser has no wasm, or it is switched off");
  const failures = [];
  for (const place of places) {
    try {
      return accept(await compile(await place()));
    } catch (error) {
      if (error.code === "WASM_BLOCKED") throw error;
      failures.push(error);
    }
  }
  const subject = (at) => (at === 0 ? "the wasm could not be loaded" : "nor could its copy in a chunk of the package");
  const reasons = failures.map((error, at) => `${subject(at)}: ${messageOf(error)}`);
  throw new ActionError("WASM_LOAD", [...reasons, hint].join("; "), { cause: failures[0] });
}

/** True if even the smallest module is refused. Engines word the refusal differently, so its text is not compared. */
function blocked() {
  try {
    // WebKit compiles the module and refuses to instantiate it.
    new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([...MAGIC, 1, 0, 0, 0])));
    return false;
  } catch {
    return true;
  }
}

/** The first bytes of every wasm module. */
const MAGIC = [0, 97, 115, 109];

/** Promises the compiled module and, for messages, where it is from. */
async function compile(source) {
  // By its tag, not by its class: it may be of another realm.
  const kind = Object.prototype.toString.call(source);
  if (kind === "[object WebAssembly.Module]") return { compiled: source, where: "the module" };
  if (blocked()) {
    const message = "the page's policy forbids wasm: its Content-Security-Policy needs 'wasm-unsafe-eval' in script-src";
    throw new ActionError("WASM_BLOCKED", message);
  }
  if (kind === "[object ArrayBuffer]" || ArrayBuffer.isView(source)) return compileBytes(source, "the bytes given");
  if (kind !== "[object Request]" && typeof source?.arrayBuffer === "function") return compileResponse(source, "the response");
  const address = source?.url ?? source;
  const get = async () => {
    try {
      return await fetch(sendable(source));
    } catch (cause) {
      throw new Error(`${shortened(address)} could not be fetched (${messageOf(cause)})`, { cause });
    }
  };
  return compileResponse(await get(), address, get);
}

/** Compiles the body of a response. `requestAgain()` requests it once more. */
async function compileResponse(response, address, requestAgain) {
  const where = shortened(response.url || address);
  const streams = response.ok && response.headers?.get("content-type") === "application/wasm" && WebAssembly.compileStreaming;
  let whole = response;
  if (streams) {
    const spare = requestAgain ? undefined : response.clone();
    try {
      const compiled = await WebAssembly.compileStreaming(response);
      spare?.body?.cancel().catch(() => {});
      return { compiled, where };
    } catch {
      // The bytes may still be right: the network broke off, or a `Response` of the page only looks like one.
      whole = spare ?? (response.bodyUsed ? await requestAgain() : response);
    }
  }
  const bytes = await whole.arrayBuffer().catch((cause) => {
    throw new Error(`${where} broke off (${messageOf(cause)})`, { cause });
  });
  if (whole.ok === false) throw new Error(`${where} answered ${whole.status}${beginning(bytes)}`);
  return compileBytes(bytes, whole.status ? `${where} answered ${whole.status}, but it` : where);
}

async function compileBytes(source, where) {
  const bytes = viewOf(source);
  if (MAGIC.some((byte, at) => bytes[at] !== byte)) throw new Error(`${where} is no wasm${beginning(bytes)}`);
  try {
    return { compiled: await WebAssembly.compile(bytes), where };
  } catch (cause) {
    throw new Error(`${where} cannot be compiled (${messageOf(cause)})`, { cause });
  }
}

function viewOf(bytes) {
  return ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes);
}

const messageOf = (error) => String(error?.message ?? error);

const BEGINNING = 40;

/** Returns the first characters of the bytes, for a message. */
function beginning(bytes) {
  const text = String.fromCharCode(...viewOf(bytes).subarray(0, BEGINNING));
  return text === "" ? ": it is empty" : `: it begins with ${JSON.stringify(text)}`;
}

const LONGEST = 200;

/** Shortens an address for a message: without user and password, and cut if it holds the bytes itself (`data:`). */
function shortened(url) {
  const text = String(url).replace(/^([a-z]+:\/\/)[^/?#]*@/i, "$1");
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
