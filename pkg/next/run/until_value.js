// Holds an answer back until the action's value has arrived, so that a break before it fails the attempt, which can be
// retried. Loaded for calls that are retried. Must not change a byte, and reads nothing beyond the value by itself.

import { ValueWatch } from "../../lib/fetch/value_watch.js";
import { headOf } from "./answer.js";
import { withBody } from "./with_body.js";

/** Promises the response with the same bytes. Rejects as `fetch` does if the answer ends before its value. */
export async function untilValue(response) {
  if (!headOf(response).isFlight || !response.body) return response;
  const watch = new ValueWatch();
  const reader = response.body.getReader();
  const read = [];
  for (let isThere = false; !isThere; ) {
    const { done, value } = await reader.read();
    if (done) throw new TypeError("the answer ended before the value");
    read.push(value);
    isThere = watch.push(value);
  }
  const body = new ReadableStream({
    async pull(stream) {
      const { done, value } = read.length > 0 ? { value: read.shift() } : await reader.read();
      if (done) stream.close();
      else stream.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
  return withBody(response, body);
}
