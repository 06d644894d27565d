// Says which calls that failed may be called again, by `error.retry()`: as `Error::may_be_called_again` of
// src/error.rs, whose test reads the codes here. Some of these fail before there is any wasm.

const CODES = ["ACTION_NOT_FOUND", "OFFLINE", "QUEUE_FULL", "DROPPED", "CLEARED", "WASM_LOAD"];

/** True if the action certainly did not run, and the same call may go through another time. */
export function mayBeCalledAgain({ sent, code }) {
  return sent === "no" && CODES.includes(code);
}
