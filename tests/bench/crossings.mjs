// `node --expose-gc crossings.mjs NAMES`: counts exactly how often one call crosses the border between JavaScript
// and wasm. Prints one line of JSON: for each case the imports that Rust called and the exports that JavaScript
// called, by name, and the code of each import. NAMES is the directory where the build stores the names that they
// had before they were shortened.

import assert from "node:assert/strict";
import { setTimeout as after } from "node:timers/promises";

import { ID, answerOf, answered, answering } from "./answers.js";
import { namesOf, readNames } from "./names.js";
import { smallArguments } from "./values.js";

const names = readNames(process.argv[2]);

const RICH = `1:{"at":"$D2026-03-01T12:00:00.000Z","total":"$n1299","by":"$Q2","tags":"$W3","more":"$@4"}
2:[["eur",1299],["usd",1410]]
3:["a","b"]
4:{"items":[1,2,3],"note":"$undefined"}`;

const CASES = {
  plain: { fetch: answered },
  options: { fetch: answered, options: { lane: "checkout", timeout: 5000, idempotencyKey: true, retry: 2 } },
  rich: { fetch: answering(answerOf(RICH)), use: (value) => value.more },
  redirect: { fetch: answering("", { "x-action-redirect": "/paid;push", "x-action-revalidated": "1" }) },
};
/** Calls before the first one that is counted. */
const WARM = 20;
/** Calls that are counted; their counts must be equal. */
const ALIKE = 3;

/** Calls counted so far, by name. */
let counts = { imports: {}, exports: {} };
/** The first line of each import's code, by name. */
const code = {};

const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(module, imports = {}) {
    const long = namesOf(names, module);
    const sides = Object.entries(imports).map(([name, functions]) => [name, counted(functions, "imports", long?.imports)]);
    super(module, Object.fromEntries(sides));
    for (const functions of Object.values(imports)) for (const name in functions) code[long.imports[name]] = firstLine(functions[name]);
    Object.defineProperty(this, "exports", { value: counted(super.exports, "exports", long?.exports) });
  }
};
// Imported only now: the package may take what it needs of `WebAssembly` when it is loaded.
const { createDispatcher } = await import("../../pkg/node.js");

/** Wraps the functions of one side of the border, so that each call is counted by its long name in `long`. */
function counted(members, side, long) {
  const count = (short, run) => {
    const name = long[short];
    return (...args) => {
      counts[side][name] = (counts[side][name] ?? 0) + 1;
      return run(...args);
    };
  };
  const wrapped = ([name, member]) => [name, typeof member === "function" ? count(name, member) : member];
  return Object.fromEntries(Object.entries(members).map(wrapped));
}

/** Returns the line of code that wasm-bindgen has written for an import: nearly all have one line. */
function firstLine(run) {
  const lines = String(run).split("\n").slice(1).map((line) => line.trim());
  return lines.find((line) => line !== "" && !line.startsWith("//"))?.replace(/^(const ret = |return )/, "") ?? "";
}

/** Waits until nothing is left to run or to be freed: collecting an object calls an export. */
async function settle() {
  for (let turn = 0; turn < 3; turn += 1) {
    globalThis.gc();
    await after(5);
  }
}

async function measure(name, { fetch, options, use }) {
  const d = createDispatcher({ url: "http://localhost/", fetch, host: "none" });
  const one = async () => {
    const value = await d.call(ID, smallArguments(), options);
    await use?.(value);
    await d.idle();
    await after(1);
  };
  for (let at = 0; at < WARM; at += 1) await one();
  const found = [];
  for (let at = 0; at < ALIKE; at += 1) {
    await settle();
    counts = { imports: {}, exports: {} };
    await one();
    found.push(structuredClone(counts));
  }
  d.close();
  for (const other of found.slice(1)) assert.deepEqual(other, found[0], `${name}: calls differ in how often they cross`);
  assert.ok(found[0].exports.engine_call, `${name}: no call of the engine was counted`);
  return found[0];
}

const cases = {};
for (const [name, one] of Object.entries(CASES)) cases[name] = await measure(name, one);
console.log(JSON.stringify({ cases, code }));
