// Reads `serverActions.bodySizeLimit` as Next reads it. Knows nothing else of a configuration.
"use strict";

const UNITS = { b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30, tb: 2 ** 40, pb: 2 ** 50 };
/** Next's default. */
const DEFAULT = 2 ** 20;

/** Returns the limit in bytes. One that cannot be read is left to Next, which reports it. */
function bodyLimit(value) {
  if (typeof value === "number") return value;
  const [, number, unit] = /^((?:[-+])?\d+(?:\.\d+)?) *(kb|mb|gb|tb|pb|b)?$/i.exec(value ?? "") ?? [];
  return number === undefined ? DEFAULT : Math.floor(Number(number) * UNITS[(unit ?? "b").toLowerCase()]);
}

module.exports = { bodyLimit };
