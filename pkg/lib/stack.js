// Who made a call, for the stack of an error that is made long after: that one would show this package, and nobody who called.
//
// A call pays for the capture alone, the frames are written only if it fails: MEASURED.
// The captured frames keep their functions alive, so they are dropped when the call settles.

/** What `Error.captureStackTrace` and the like have taken down. `from`: the function of ours that was called; it called what calls this. */
export function callerOf(from) {
  if (!isV8()) return new Error();
  const at = {};
  Error.captureStackTrace(at, from);
  return at;
}

/** Shows who made the call in the place of what made the error. `at`: what `callerOf` gave; undefined where nobody called. */
export function showCaller(error, at) {
  const stack = isV8() ? `${error}${framesOfV8(at)}` : framesBelow(at);
  Object.defineProperty(error, "stack", { value: stack, configurable: true, writable: true });
}

/** Each with a line end before it. */
function framesOfV8(at) {
  const text = String(at?.stack ?? ""); // a page may write stacks in a way of its own
  const first = text.search(/\n\s+at /);
  return first < 0 ? "" : text.slice(first);
}

/** Of these three frames are ours: `callerOf`, what called it, and `from`. WebKit, which has a limit to stacks, leaves out what ends in a call. */
function framesBelow(at) {
  const ours = "stackTraceLimit" in Error ? 2 : 3;
  return String(at?.stack ?? "").split("\n").slice(ours).join("\n");
}

let writesErrorFirst;

/** V8 alone begins a stack with the error itself, and takes frames down without writing them. */
function isV8() {
  return (writesErrorFirst ??= typeof Error.captureStackTrace === "function" && /^Error\n +at /.test(new Error().stack));
}
