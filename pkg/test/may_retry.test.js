// Tests `mayBeCalledAgain()`: the errors after which `error.retry()` may send a call again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { mayBeCalledAgain } from "../lib/error/may_retry.js";

test("only a call that certainly did not run may be called again", () => {
  const again = (code) => ["no", "unknown", "yes"].map((sent) => mayBeCalledAgain({ code, sent }));
  for (const code of ["ACTION_NOT_FOUND", "OFFLINE", "WASM_LOAD"]) assert.deepEqual(again(code), [true, false, false], code);
  for (const code of ["NETWORK", "ABORTED", "INVALID_OPTION", "toString", undefined]) assert.deepEqual(again(code), [false, false, false], code);
});
