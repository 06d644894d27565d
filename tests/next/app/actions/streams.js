"use server";

// With a key, chunk `i` of `n` waits for the gate `<key>:<i>`, and `later` waits for the gate `<key>`.
import { gate } from "../state";

export async function textStream(n, key) {
  return ReadableStream.from(chunks(n, key));
}

export async function byteStream(n, key) {
  return byteSource(chunks(n, key));
}

export async function iterable(n, key) {
  return { [Symbol.asyncIterator]: () => chunks(n, key) };
}

/** Yields `n` chunks, then throws. */
export async function brokenStream(n) {
  return ReadableStream.from(broken(n));
}

export async function later(value, key) {
  return { now: value, later: passed(key).then(() => value) };
}

async function* chunks(n, key) {
  for (let i = 0; i < n; i += 1) {
    await passed(key && `${key}:${i}`);
    yield `chunk ${i}`;
  }
}

async function* broken(n) {
  yield* chunks(n);
  throw new Error("the source broke");
}

function byteSource(source) {
  const encoder = new TextEncoder();
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const { done, value } = await source.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
  });
}

async function passed(key) {
  if (key) await gate(key).pass();
}
