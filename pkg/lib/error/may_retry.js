// Lists the errors that `error.retry()` is offered for, as `Error::may_be_called_again` of src/error.rs does: its test
// reads the codes here. JavaScript needs them too, because some calls fail before there is any wasm. Calls nothing.

const CODES = ["ACTION_NOT_FOUND", "OFFLINE", "QUEUE_FULL", "DROPPED", "CLEARED", "WASM_LOAD"];

/** True if the action certainly did not run, and the same call may succeed another time. */
export function mayBeCalledAgain({ sent, code }) {
  return sent === "no" && CODES.includes(code);
}
