// Makes the streams and async iterables of an answer, with the handles by which the decoder feeds them. Knows no rows.

import { pending } from "./pending.js";
import { ReadableStream, Set, queueMicrotask } from "../page/globals.js";

const { isView } = ArrayBuffer;

/**
 * Makes the counter that the flows of a decoder share: `unread` counts bytes that the page has not read yet;
 * `cancelled()` calls the argument in a microtask, because the page's stack may be almost full.
 */
export function meter(cancelled) {
  const notify = () => {
    try {
      cancelled();
    } catch {
      // The decoder may have ended by then.
    }
  };
  return { unread: 0, cancelled: cancelled && (() => queueMicrotask(notify)) };
}

/**
 * Makes a stream or an async iterable and its handle: `{ value, cancelled, push(value, size), end(value), fail(reason)
 * }`, and for iterables `pushFailure(reason, size)`.
 */
export function flow(kind, meter) {
  return kind === "stream" || kind === "bytes" ? readable(kind === "bytes", meter) : iterable(kind === "iterator", meter);
}

function readable(bytes, meter) {
  const queue = [];
  let controller;
  let isPulled = false;
  let ended = false;

  const dropQueue = () => {
    for (const [, size] of queue.splice(0)) meter.unread -= size;
  };
  const close = () => {
    controller.close();
    controller.byobRequest?.respond(0);
  };
  const handle = {
    cancelled: false,
    push(value, size) {
      if (bytes) {
        if (!isView(value)) throw new TypeError("these are no bytes");
        if (value.byteLength === 0) return;
      }
      if (isPulled) {
        isPulled = false;
        controller.enqueue(value);
      } else {
        queue.push([value, size]);
        meter.unread += size;
      }
    },
    end() {
      pending.delete(handle);
      ended = true;
      if (queue.length === 0) close();
    },
    fail(reason) {
      pending.delete(handle);
      dropQueue();
      controller.error(reason);
    },
  };
  const source = {
    start(given) {
      controller = given;
    },
    pull() {
      if (queue.length === 0) {
        isPulled = true;
        return;
      }
      const [value, size] = queue.shift();
      meter.unread -= size;
      controller.enqueue(value);
      if (ended && queue.length === 0) close();
    },
    cancel() {
      dropQueue();
      if (ended) return;
      handle.cancelled = true;
      pending.delete(handle);
      meter.cancelled?.();
    },
  };
  if (bytes) source.type = "bytes";
  handle.value = new ReadableStream(source, { highWaterMark: 0 });
  pending.add(handle);
  return handle;
}

function iterable(once, meter) {
  const entries = []; // [value or reason, size, failed]
  let ending; // () => promise of the last result
  let furthest = 0;
  let active = 0;
  const waiting = new Set();
  const done = (value) => ({ value, done: true });

  const wake = () => {
    const woken = [...waiting];
    waiting.clear();
    for (const serve of woken) serve();
  };
  const add = (entry) => {
    entries.push(entry);
    meter.unread += entry[1];
    wake();
  };
  const cancel = () => {
    if (ending !== undefined) return;
    handle.cancelled = true;
    pending.delete(handle);
    ending = () => Promise.resolve(done(undefined));
    for (let at = furthest; at < entries.length; at++) meter.unread -= entries[at][1];
    furthest = Infinity;
    wake();
    meter.cancelled?.();
  };
  const handle = {
    cancelled: false,
    push(value, size) {
      add([value, size, false]);
    },
    pushFailure(reason, size) {
      add([reason, size, true]);
    },
    end(value) {
      pending.delete(handle);
      ending = () => Promise.resolve(done(value));
      wake();
    },
    fail(reason) {
      pending.delete(handle);
      ending = () => Promise.reject(reason);
      wake();
    },
  };
  const take = (at) => {
    const [value, size, failed] = entries[at];
    if (at >= furthest) {
      furthest = at + 1;
      meter.unread -= size;
    }
    if (once) entries[at] = undefined;
    return failed ? Promise.reject(value) : { value, done: false };
  };
  const iterate = () => {
    let at = 0;
    let over = false;
    let previous = Promise.resolve();
    active += 1;
    const leave = () => {
      if (over) return;
      over = true;
      active -= 1;
      if (active === 0) cancel();
    };
    const step = () => {
      if (over) return done(undefined);
      if (at < entries.length) return take(at++);
      if (ending !== undefined) {
        over = true;
        return ending();
      }
      return new Promise((resolve) => waiting.add(() => resolve(step())));
    };
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      // Calls of `next` are answered one after the other, also if several are open at once.
      next() {
        const result = previous.then(step);
        previous = result.then(undefined, () => {});
        return result;
      },
      async return(value) {
        leave();
        wake();
        return done(value);
      },
      async throw(reason) {
        leave();
        wake();
        throw reason;
      },
    };
  };
  handle.value = once ? iterate() : { [Symbol.asyncIterator]: iterate };
  pending.add(handle);
  return handle;
}
