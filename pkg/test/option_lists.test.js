// Compares the three lists of options: declared in Rust (src/web/options.rs, the codec's in
// src/web_flight/options.rs), checked in lib/options.js, and documented in index.d.ts.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import * as dispatcher from "../wasm/dispatcher.js";
import * as flight from "../wasm/flight.js";
import * as tables from "../lib/options.js";

const glue = { ...flight, ...dispatcher };
const types = readFileSync(new URL("../index.d.ts", import.meta.url), "utf8");
const [rust, words, codec] = ["web/options", "web/options/defaults", "web_flight/options"].map((file) => {
  return readFileSync(new URL(`../../src/${file}.rs`, import.meta.url), "utf8");
});

/**
 * By the name of Rust's struct: the table that checks its options, the interface, the options that JavaScript keeps
 * to itself, and those that only JavaScript sets (`added`).
 */
const STRUCTS = {
  CallOptions: { table: "CALL", type: "CallOptions", kept: ["headers", "limits", "onProgress", "signal", "url"] },
  DispatcherOptions: {
    table: "DISPATCHER",
    type: "DispatcherOptions",
    kept: ["basePath", "credentials", "fetch", "headers", "host", "leaseTimeout", "limits", "outbox", "probe", "url"],
    // Options of its calls that a dispatcher takes too.
    calls: ["deadline", "keepalive", "redirect", "render", "retry", "skew", "stallTimeout", "timeout", "trace"],
  },
  RetryOptions: { table: "RETRY", type: "RetryOptions" },
  TraceOptions: { table: "TRACE", type: "TraceOptions" },
  DurableOptions: { table: "DURABLE", type: "DurableOptions", kept: ["owner"] },
  LimitOptions: { table: "LIMITS", type: "Limits" },
  LaneOptions: { table: "LANE", type: "LaneOptions", added: ["name"] },
  IdempotencyOptions: { table: "IDEMPOTENCY", added: ["every"] },
};

for (const [struct, { table, type, kept = [], calls = [], added = [] }] of Object.entries(STRUCTS)) {
  test(`${struct} has the same names in Rust, in lib/options.js and in index.d.ts`, () => {
    const checked = Object.keys(tables[table]).sort();
    const declared = settersOf(glue[struct]);
    assert.ok(declared.length > 0);
    const known = [...new Set([...declared.filter((name) => !added.includes(name)), ...kept, ...calls])].sort();
    assert.deepEqual(known, checked);
    for (const name of calls) assert.ok(settersOf(glue.CallOptions).includes(name), `${name} is an option of a call in Rust`);
    if (type) assert.deepEqual(namesOf(type), checked);
  });
}

test("every struct of options in Rust is compared", () => {
  const declared = [...(rust + codec).matchAll(/^ {4}(\w+Options) \{$/gm)].map(([, name]) => name).sort();
  assert.deepEqual(declared, Object.keys(STRUCTS).sort());
});

test("a word that Rust refuses is refused by JavaScript, and every word that Rust knows is accepted", () => {
  for (const [, option, list] of words.matchAll(/const OPTION: &'static str = "(\w+)";\s+const WORDS: [^=]+= &\[([^\]]+)\]/g)) {
    const known = [...list.matchAll(/\("([^"]+)"/g)].map(([, word]) => word);
    assert.ok(known.length > 1, option);
    const check = tables.CALL[option] ?? tables.DISPATCHER[option];
    for (const word of known) assert.equal(check(word), word);
    assert.throws(() => check("no such word"), (error) => known.every((word) => error.message.includes(word)), option);
  }
});

function settersOf({ prototype }) {
  return Object.entries(Object.getOwnPropertyDescriptors(prototype)).filter(([, { set }]) => set).map(([name]) => name).sort();
}

/** Lists the properties of an interface, without those of its base. */
function namesOf(type) {
  const [, body] = new RegExp(`^export interface ${type} \\{\\n([^]*?)^\\}`, "m").exec(types);
  return [...body.matchAll(/^ {2}(\w+)\??:/gm)].map(([, name]) => name).sort();
}
