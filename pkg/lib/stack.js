// Keeps who made a call, for the stack of an error that is made long after: that one would show this
// package, and nobody who called.
//
// A call pays for the capture alone; what was taken down is written as text only if it fails. Measured on two
// busy cores, a call: Chromium 1.4 to 2.7 µs (its ten frames), Firefox 1.5 µs where two functions are open, 6
// µs where it is twenty and 25 µs for a hundred (it takes down all). In V8 the frames keep their functions
// and receivers alive: they are dropped when the call is over.

/**
 * Takes down the stack, as `Error.captureStackTrace` and the like do. `from`: the function of ours that the
 * page called. It calls one other of ours, as the last thing it does, and that one calls this: where stacks
 * are texts, so many lines are cut off.
 */
export function callerOf(from) {
  if (!isV8()) return new Error();
  const at = {};
  Error.captureStackTrace(at, from);
  return at;
}

/**
 * Shows who made the call in the place of what made the error. `at`: what `callerOf` gave; undefined where
 * nobody called.
 */
export function showCaller(error, at) {
  const stack = isV8() ? `${error}${framesOfV8(at)}` : framesBelow(at);
  Object.defineProperty(error, "stack", { value: stack, configurable: true, writable: true });
}

/** Each with a line end before it. */
function framesOfV8(at) {
  const text = textOf(at);
  const first = text.search(/\n\s+at /);
  return first < 0 ? "" : text.slice(first);
}

/**
 * Ours are the first three: `callerOf`, what called it, and `from`; in WebKit, whose errors have a `line`,
 * two: it leaves out what ends in a call.
 */
function framesBelow(at) {
  const ours = at && "line" in at ? 2 : 3;
  return textOf(at).split("\n").slice(ours).join("\n");
}

let writesErrorFirst;

/** V8 alone begins a stack with the error itself, and takes frames down without writing them. */
function isV8() {
  if (writesErrorFirst !== undefined) return writesErrorFirst;
  const takesDown = typeof Error.captureStackTrace === "function";
  // Nothing is told apart by a stack without frames, of which none has any for as long as the page wants none.
  if (takesDown && Error.stackTraceLimit === 0) return true;
  return (writesErrorFirst = takesDown && /^Error\n +at /.test(textOf(new Error())));
}

/** A page may have a way of its own to write stacks (`Error.prepareStackTrace`), which may fail. */
function textOf(at) {
  try {
    return String(at?.stack ?? "");
  } catch {
    return "";
  }
}
