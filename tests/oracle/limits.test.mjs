// Arguments that React's server refuses for their size are refused before they are sent, and no others.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as ours from "./ours.mjs";
import { CURRENT, load } from "./react.mjs";
import { attempt } from "./replies.mjs";
import { SERVER_MANIFEST } from "./webpack.mjs";

const lazy = (value) => ({ $$typeof: Symbol.for("react.lazy"), _payload: value, _init: (payload) => payload });
const long = (length) => "x".repeat(length * 25_000);
const row = [0];
const shapes = {
  "one array again and again": (n) => [Array(n).fill(row)],
  "an array in an object": (n) => [{ row }, Array(n).fill(row)],
  "an object with an array": (n) => [Array(n).fill({ row })],
  "an array of objects": (n) => [Array.from({ length: n }, () => ({ row }))],
  "a pair of arrays": (n) => [Array.from({ length: n }, (_, at) => (at % 2 ? row : [row]))],
  "an array in a Set": (n) => [new Set([row]), Array(n).fill(row)],
  "an array in a Set, within it": (n) => [new Set([row, Array(n).fill(row)])],
  "an array in a Map": (n) => [new Map([["k", row]]), ...Array(n).fill(row)],
  "an array outside of a Set": (n) => [row, new Set([row, ...Array(n).fill([row])])],
  "the arguments themselves": (n) => {
    const args = [[]];
    for (let at = 0; at < n; at += 1) args[0].push(args);
    return args;
  },
  "two arrays that hold each other": (n) => {
    const [a, b] = [[], []];
    for (let at = 0; at < n; at += 1) (at % 2 ? a : b).push(at % 2 ? b : a);
    return [a, b];
  },
  "long strings": (n) => [long(n), long(n)],
  "long strings in objects": (n) => [{ a: long(n) }, { a: long(n) }],
  "a long string alone": (n) => [[long(n), long(n)]],
  "lazy arrays": (n) => [lazy([long(n), 1]), lazy([long(n), 1])],
  "lazy strings": (n) => [lazy(long(n)), lazy(long(n))],
  "lazy objects": (n) => [lazy({ a: [long(n)] }), lazy({ a: [long(n)] })],
};

for (const [name, make] of Object.entries(shapes)) {
  test(`the limit is React's for ${name}`, async () => {
    const release = load(CURRENT);
    for (let n = 1; n <= 45; n += 1) {
      const body = await release.client.encodeReply(make(n));
      const { rejected: refused, reason } = await attempt(() => release.edge.decodeReply(body, SERVER_MANIFEST));
      const { reason: error } = await ours.encodeValue(make(n));
      if (refused) assert.match(String(reason), /Maximum array nesting exceeded/);
      assert.equal(error?.code, refused ? "ENCODE" : undefined, `${n}: ${error?.message}`);
    }
  });
}
