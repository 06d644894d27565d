// Both implementations of the retry follow one table: tests/vectors/retry.json, which src/retry.rs reads too.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { performance } from "../lib/page/globals.js";
import { isHarmless, waitBefore } from "../lib/route/retry.js";

const vectors = readFileSync(new URL("../../tests/vectors/retry.json", import.meta.url));
const { defaults, failures, requests, waits, now, retryAfter } = JSON.parse(vectors);

/** Returns the wait of `waitBefore()`, with a fixed clock and a given random number; null for no retry. */
function wait(t, { retry = {}, keyed = false, retries = 0, spent = 0, dice = 0.5, status, header }) {
  t.mock.method(performance, "now", () => spent);
  t.mock.method(Math, "random", () => dice);
  t.mock.method(Date, "now", () => Date.parse(now));
  // Not `Headers`, which trims its values.
  const headers = { get: (name) => (name === "retry-after" ? (header ?? null) : null) };
  const wait = waitBefore({ retry, keyed, retries, since: 0, response: status && { status, headers } });
  t.mock.restoreAll();
  return wait ?? null;
}

test("failures are retried as listed", (t) => {
  for (const { status, keyed, retried } of failures) {
    assert.equal(wait(t, { retry: { limit: 1 }, keyed, status }) !== null, retried, JSON.stringify({ status, keyed }));
  }
});

test("the requests that may be retried are those listed", () => {
  for (const { methods, keyed, retried } of requests) {
    for (const method of methods) assert.equal(isHarmless(method, keyed ? "key" : undefined), retried, `${method} ${keyed}`);
  }
});

test("waits are as long as listed", (t) => {
  for (const { why, wait: expected, retryAfter: header, ...more } of waits) {
    assert.equal(wait(t, { ...more, header, status: 503 }), expected, why);
  }
});

test("the defaults are those of the table", (t) => {
  for (const { why, wait: expected, retryAfter: header, retry, ...more } of waits) {
    assert.equal(wait(t, { ...more, retry: { ...defaults, ...retry }, header, status: 503 }), expected, why);
  }
});

test("Retry-After is read as listed", (t) => {
  const open = { limit: 1, delay: 0, budget: Infinity, maxRetryAfter: Infinity };
  for (const { header, ms } of retryAfter) assert.equal(wait(t, { retry: open, status: 503, header }), ms ?? 0, header);
});
