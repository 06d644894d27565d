// Holds the globals that the observer takes from the page, read once: a page may shadow them later. Must stay small;
// the dispatcher has `lib/page/globals.js`.

const { performance, PerformanceObserver: Observer } = globalThis;

export { performance, Observer as PerformanceObserver };

/** Returns the time in ms, on the clock of Resource Timing unless the page had hidden that before. */
export const now = () => (typeof performance?.now === "function" ? performance.now() : Date.now());

/** Returns the absolute address of a request, without its hash. Throws if it has none. */
export const addressOf = (input) => new URL(input.url ?? input, globalThis.document?.baseURI ?? location.href).href.split("#", 1)[0];

/** Calls `run`. Returns undefined if it throws: for things that are unusual in a page, or missing. */
export function attempt(run) {
  try {
    return run();
  } catch {
    return undefined;
  }
}
