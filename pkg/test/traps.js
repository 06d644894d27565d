// Makes instances of the wasm trap, which no answer can do.

/**
 * Traps an instance when it next requests a microtask: inside a promise, where no caller catches it. Returns a
 * function that undoes it.
 */
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

/** Traps an instance at the next bytes that it takes; only the codec takes any. */
export function trapAtBytes() {
  const { set } = Uint8Array.prototype;
  Uint8Array.prototype.set = () => {
    Uint8Array.prototype.set = set;
    throw new WebAssembly.RuntimeError("unreachable");
  };
}
