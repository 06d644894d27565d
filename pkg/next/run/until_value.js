// Holds an answer back until the action's value has arrived, so that a break before it fails the attempt, which can be
// retried. Loaded for calls that are retried. Must not change a byte, and reads nothing beyond the value by itself.

import { ValueWatch } from "../../lib/fetch/value_watch.js";
import { withBody } from "./with_body.js";

/**
 * Promises an answer of an action with the same bytes. Rejects as `fetch` does if the answer ends before its value, or
 * brings nothing for `stallTimeout` ms.
 */
export async function untilValue(response, stallTimeout) {
  const watch = new ValueWatch();
  const reader = response.body.getReader();
  const read = [];
  for (let isThere = false; !isThere; ) {
    const { done, value } = await inTime(reader, stallTimeout);
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

/** Reads the next bytes, or fails if they take longer than `ms`. */
async function inTime(reader, ms) {
  if (!(ms < 2 ** 31)) return reader.read();
  let timer;
  const stalled = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new TypeError(`no byte came for ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([reader.read(), stalled]);
  } catch (error) {
    reader.cancel(error).catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
