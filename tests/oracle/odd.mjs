// Odd arguments that a page may pass: engines differ in the errors that these cause.

import { language } from "./odd/language.mjs";
import { platform } from "./odd/platform.mjs";

/** Returns functions by name, each of which makes a new value. `frame` is the window of another realm. */
export const odd = (frame) => ({ ...language(frame), ...platform(frame) });

/** Places where a value may stand. */
export const PLACES = {
  argument: (value) => [value],
  "of an object": (value) => [{ k: value }],
  "of an array": (value) => [[value, value]],
  "of a Map": (value) => [new Map([["k", value]])],
  "key of a Map": (value) => [new Map([[value, 1]])],
  "of a Set": (value) => [new Set([value])],
  "under a colon": (value) => [{ "a:b": value }],
  "of a promise": (value) => [Promise.resolve({ value })],
  "of a stream": (value) => [new ReadableStream({ start: (c) => (c.enqueue(value), c.close()) })],
  alone: (value) => value,
};
