// Runs in a page: `bench.run(kind, name, rounds)` measures one case and gives medians, in milliseconds.

import "./webpack.js";

import { createFromFetch, createFromReadableStream, encodeReply } from "react-server-dom-webpack/client.browser";

import { createDispatcher, decode, encode, ready } from "../../pkg/inline.js";
import dates from "payloads/dates.rsc";
import elements from "payloads/elements.rsc";
import mixed from "payloads/mixed.rsc";
import page from "payloads/page.rsc";
import plain from "payloads/plain.rsc";
import references from "payloads/references.rsc";
import result from "payloads/result.rsc";
import tables from "payloads/tables.rsc";
import { DISPATCH, dispatching } from "./dispatch.js";
import { batch, measure } from "./measure.js";
import * as values from "./values.js";

/** Bytes of a chunk, as `fetch` delivers them. */
const CHUNK = 65536;

function streamOf(bytes) {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) {
        controller.close();
        return;
      }
      controller.enqueue(bytes.subarray(at, (at += CHUNK)));
    },
  });
}

/** Returns a function that parses the JSON in a stream's rows: the time it would take if all of it were plain. */
function jsonOf(bytes) {
  const rows = new TextDecoder().decode(bytes).split("\n");
  const bodies = rows.map((row) => row.slice(row.indexOf(":") + 1)).filter((body) => /^[[{"]/.test(body));
  const joined = new TextEncoder().encode(`[${bodies.join(",")}]`);
  return () => JSON.parse(new TextDecoder().decode(joined));
}

/** Visits every value and loads every lazy one, as a page does that uses all of it. Returns the number of objects. */
async function visit(root) {
  const todo = [root];
  const met = new Set();
  while (todo.length > 0) {
    let value = todo.pop();
    if (typeof value !== "object" || value === null || met.has(value)) continue;
    met.add(value);
    if (value.$$typeof === LAZY) todo.push(await loaded(value));
    else if (typeof value.then === "function") todo.push(await value);
    else if (value.$$typeof === ELEMENT) todo.push(value.type, value.props);
    else for (const key in value) todo.push(value[key]);
  }
  return met.size;
}

const LAZY = Symbol.for("react.lazy");
const ELEMENT = Symbol.for("react.transitional.element");

async function loaded(lazy) {
  for (;;) {
    try {
      return lazy._init(lazy._payload);
    } catch (thrown) {
      if (typeof thrown?.then !== "function") throw thrown;
      await thrown;
    }
  }
}

const whole = (value) => value;
const DECODE = {
  plain: [plain, whole],
  "dates, bigints": [dates, whole],
  mixed: [mixed, whole],
  "maps, sets": [tables, whole],
  references: [references, whole],
  page: [page, visit],
  elements: [elements, visit],
  "small result": [result, (root) => root.a],
};

const ENCODE = {
  "3 arguments": values.smallArguments,
  "1 MB object": () => [values.plain()],
  "dates, bigints": () => [values.dates()],
  mixed: () => [values.mixed()],
  "maps, sets": () => [values.tables()],
  references: () => [values.references()],
};

function decoding([bytes, use]) {
  const json = jsonOf(bytes);
  const callServer = () => Promise.reject(new Error("not here"));
  return {
    bytes: bytes.length,
    contenders: {
      async ours() {
        const { value, done } = decode(streamOf(bytes));
        await use(await value);
        await done;
      },
      async react() {
        await use(await createFromReadableStream(streamOf(bytes), { callServer }));
      },
      async json() {
        json();
      },
    },
  };
}

function encoding(make) {
  const args = make();
  const plainly = (_, value) => (typeof value === "bigint" ? String(value) : value);
  const hasBigints = /^(dates|mixed)/.test(Object.keys(ENCODE).find((name) => ENCODE[name] === make));
  return {
    bytes: JSON.stringify(args, plainly).length,
    contenders: {
      ours: () => encode(args),
      react: () => encodeReply(args),
      async json() {
        JSON.stringify(args, hasBigints ? plainly : undefined);
      },
    },
  };
}

const CLIENTS = { createDispatcher, createFromFetch, encodeReply };
const CASES = { decode: [DECODE, decoding], encode: [ENCODE, encoding], dispatch: [DISPATCH, (one) => dispatching(one, CLIENTS)] };

globalThis.bench = {
  names: (kind) => Object.keys(CASES[kind][0]),
  async run(kind, name, rounds) {
    await ready();
    const [cases, prepare] = CASES[kind];
    const { bytes, contenders } = prepare(cases[name]);
    return { case: name, bytes, ms: await measure(contenders, rounds) };
  },
  /** Makes `count` calls of ours, one after the other. */
  async calls(count) {
    await ready();
    const { contenders } = dispatching(DISPATCH["one call"], CLIENTS);
    await batch(contenders.ours, count);
  },
};
