// Passes a body on and reports at once if it breaks off, also while it is not read: an answer may wait in Next's queue
// while its call is aborted or times out. Must not change a byte.

import { ActionError, aborted, isActionError } from "../../lib/error.js";
import { withBody } from "./with_body.js";

/**
 * Returns `{ response, take }`: a response with a body of ours. It is read ahead until `take()` says that it has a
 * reader; from there on only as that reads. `onBreak(error)` runs once if reading fails.
 */
export function watched(original, onBreak) {
  const source = original.body?.getReader();
  let isTaken = false;
  let stream;
  let reading;
  const readOne = () => (reading ??= source.read().then(({ done, value }) => {
    reading = undefined;
    if (!done) stream.enqueue(value);
    else stream.close();
    return done;
  }).catch((error) => {
    reading = undefined;
    onBreak(error);
    stream.error(error);
    return true;
  }));
  const body = source && new ReadableStream({
    start: (made) => (stream = made),
    pull: () => readOne(),
    cancel: (reason) => source.cancel(reason),
  }, { highWaterMark: 0 });
  const readAhead = async () => {
    while (!isTaken && !(await readOne()));
  };
  if (source) readAhead();
  return { response: withBody(original, body), take: () => (isTaken = true) };
}

/** Returns the error for the caller. The dispatcher breaks a body off with its own error, or an abort's reason. */
export function brokenBy(error, signal) {
  if (isActionError(error)) return error;
  if (error instanceof TypeError && !signal?.aborted) return new ActionError("NETWORK", "the answer broke off", { cause: error, sent: "yes" });
  return aborted(error, "yes");
}
