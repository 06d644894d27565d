// Both readers and writers of outbox records follow one list: tests/vectors/outbox.json, which
// src/outbox/tests/vectors.rs reads too.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { decode, encode, sift, withFailure } from "../lib/outbox/record.js";

const vectors = JSON.parse(readFileSync(new URL("../../tests/vectors/outbox.json", import.meta.url)));

/** Returns a record of the list; members that it lacks have the usual values. */
function recordOf(said) {
  const { name, failed, queuedAt, ttl, sequence, ...more } = { ...vectors.usual, ...said };
  const some = (text) => text ?? undefined;
  return { ...more, name: some(name), failed: some(failed), queuedAt: Number(queuedAt), ttl: Number(ttl), sequence: BigInt(sequence) };
}

const bytesOf = (hex) => new Uint8Array(Buffer.from(hex, "hex"));
const hexOf = (bytes) => Buffer.from(bytes).toString("hex");

test("records are written as listed, byte by byte, and read back", () => {
  for (const { why, record, bytes } of vectors.records) {
    assert.equal(hexOf(encode(recordOf(record))), bytes, why);
    assert.deepEqual(decode(bytesOf(bytes)), { record: recordOf(record) }, why);
  }
});

test("a record may lie in the middle of other bytes", () => {
  const [{ bytes }] = vectors.records;
  const within = bytesOf(`ffff${bytes}ffff`).subarray(2, 2 + bytes.length / 2);
  assert.deepEqual(decode(within), { record: recordOf({}) });
  assert.equal(hexOf(withFailure(within)), bytes);
});

test("a record that cannot be read is recognised, with its version if it has one", () => {
  for (const { why, bytes, version } of vectors.unreadable) {
    const { record, unreadable } = decode(bytesOf(bytes));
    assert.deepEqual([record, unreadable.version], [undefined, version], why);
    assert.match(unreadable.message, version === undefined ? /damaged$/ : new RegExp(`of version ${version}, not 1$`), why);
    assert.equal(withFailure(bytesOf(bytes), "HTTP"), undefined, why);
  }
  assert.equal(decode(undefined).unreadable.version, undefined);
});

test("a record with impossible values is unreadable", () => {
  for (const record of vectors.impossible) assert.ok(decode(encode(recordOf(record))).unreadable, JSON.stringify(record));
});

test("a record that is damaged at any byte is unreadable", () => {
  const whole = bytesOf(vectors.records[0].bytes);
  for (let at = 1; at < whole.length; at += 1) {
    for (const bit of [1, 0x80]) {
      const damaged = whole.slice();
      damaged[at] ^= bit;
      assert.ok(decode(damaged).unreadable, `byte ${at}`);
    }
    assert.ok(decode(whole.subarray(0, at)).unreadable, `cut at ${at}`);
  }
});

test("records are sifted as listed: which are sent, in which order, and which are left", () => {
  for (const { why, owner, now, failedToo, found, expected } of vectors.sifted) {
    const rows = found.map(({ record, bytes, form = record.form ?? false, alive = false }) => {
      return { head: bytes === undefined ? encode(recordOf(record)) : bytesOf(bytes), form: form ?? undefined, alive };
    });
    const sifted = sift(rows, owner, failedToo, now);
    const verdictOf = ({ index, verdict, left, version }) => ({ index, verdict, left: left && Number(left), version });
    assert.deepEqual(sifted.map(verdictOf), expected.map(verdictOf), why);
    const silent = sifted.filter(({ verdict }) => verdict === "aside" || verdict === "foreign");
    for (const one of silent) assert.deepEqual(Object.keys(one).filter((key) => !/^(index|verdict|message|version)$/.test(key)), [], why);
  }
});

test("a record is shown without its body", () => {
  const [one] = sift([{ head: encode(recordOf({ failed: "HTTP" })), form: false, alive: true }], "ann", false, 0);
  const { lane, actionId, name, url, header, key, headers } = vectors.usual;
  const said = { lane, actionId, name, url, header, idempotencyKey: key, headers, code: "HTTP", queuedAt: 1_000, expiresAt: 1_500 };
  assert.deepEqual(one, { index: 0, verdict: "leave", ...said });
});

test("records are marked as listed", () => {
  for (const { record, code, bytes } of vectors.marked) {
    assert.equal(hexOf(withFailure(encode(recordOf(record)), code ?? undefined)), bytes, JSON.stringify({ record, code }));
  }
});

// Random cases, the same in Rust and in JavaScript: the list has a checksum of each result.

/** Draws the random values of one case: xorshift32. */
class Dice {
  #state;

  constructor(seed) {
    this.#state = (seed >>> 0) | 1;
  }

  next() {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return this.#state >>> 0;
  }

  below(count) {
    return this.next() % count;
  }

  text(least, most) {
    const letters = ["a", "ü", "€", "😀", "\ufeff", "\0", "/", "Z"];
    return Array.from({ length: least + this.below(most - least + 1) }, () => letters[this.below(letters.length)]).join("");
  }

  record() {
    const owner = this.below(2) === 0 ? "ann" : "bob";
    const lane = this.text(1, 4);
    const digits = "0123456789abcdefABCDEF";
    const actionId = Array.from({ length: 40 + 2 * this.below(2) }, () => digits[this.below(digits.length)]).join("");
    const some = (text) => (text === "" ? undefined : text);
    const [name, url, header, key] = [some(this.text(0, 3)), this.text(1, 6), this.text(1, 3), this.text(1, 3)];
    const failed = this.below(3) === 0 ? "HTTP" : undefined;
    const queuedAt = this.below(1_000);
    const ttl = this.below(8) === 0 ? Infinity : 1 + this.below(1_000);
    const sequence = (BigInt(this.next()) << 32n) | BigInt(this.next());
    const form = this.below(2) === 1;
    const headers = Array.from({ length: this.below(3) }, () => [this.text(0, 3), this.text(0, 3)]);
    return { owner, lane, actionId, name, url, header, key, failed, queuedAt, ttl, sequence, form, headers };
  }

  found() {
    const record = this.record();
    let head = encode(record);
    const damage = this.below(6);
    if (damage === 0) {
      const at = this.below(head.length);
      head[at] ^= 1 + this.below(255);
    } else if (damage === 1) {
      head = head.subarray(0, this.below(head.length + 1));
    }
    const body = this.below(8);
    const form = body === 0 ? undefined : (body === 1) !== record.form;
    return { head, form, alive: this.below(4) === 0 };
  }
}

/** Describes all results of one case as text. */
function outcome(seed) {
  const dice = new Dice(seed);
  const found = Array.from({ length: 1 + dice.below(5) }, () => dice.found());
  const [failedToo, now] = [dice.below(2) === 1, dice.below(2_000)];
  const hex = (bytes) => (bytes ? hexOf(bytes) : "-");
  const lines = found.map(({ head }) => `${hex(head)} ${hex(withFailure(head, "X"))} ${hex(withFailure(head))}`);
  const time = (ms) => (ms === Infinity ? "ever" : Math.round(ms));
  for (const { index, verdict, left, version = "torn", ...said } of sift(found, "ann", failedToo, now)) {
    const detail = { send: () => time(left), aside: () => version }[verdict]?.() ?? "";
    const { lane, actionId, name = "", url, header, idempotencyKey, code = "", queuedAt, expiresAt, headers } = said;
    const shown = lane === undefined ? [] : [lane, actionId, name, url, header, idempotencyKey, code, queuedAt, time(expiresAt), ...headers.flat()];
    lines.push([index, verdict, detail, ...shown].join("|"));
  }
  return lines.join("\n");
}

/** Returns the checksum FNV-1a, in hexadecimal digits. */
function checkOf(text) {
  const hash = Buffer.from(text).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

test("random cases give the same results in Rust and in JavaScript", () => {
  const { seed, checks } = vectors.random;
  assert.ok(checks.length >= 100);
  checks.forEach((check, at) => {
    const text = outcome(seed + at * 7919);
    assert.equal(checkOf(text), check, `case ${at}:\n${text}`);
  });
});
