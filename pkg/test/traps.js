// Makes instances of the wasm fail, as nothing that an answer holds can.

/** The next time that one asks for a microtask it fails: in a promise, where nothing that calls it hears. Gives what takes that back. */
export function trapInPromise() {
  const { queueMicrotask } = globalThis;
  const restore = () => (globalThis.queueMicrotask = queueMicrotask);
  globalThis.queueMicrotask = (run) => {
    if (!new Error().stack.includes("wasm")) return queueMicrotask(run);
    restore();
    throw new WebAssembly.RuntimeError("unreachable");
  };
  return restore;
}

/** The next bytes that are handed over to one, it fails: only the codec takes any. */
export function trapAtBytes() {
  const { set } = Uint8Array.prototype;
  Uint8Array.prototype.set = () => {
    Uint8Array.prototype.set = set;
    throw new WebAssembly.RuntimeError("unreachable");
  };
}
