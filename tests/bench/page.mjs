// The page that measures: ours and React's browser client in one run, in turn. Bundled for production.

import * as React from "react-server-dom-webpack-19.3/client.browser";
import { decode, encode, ready } from "../../pkg/inline.js";
import { argumentLists } from "./values.mjs";

const CHUNK = 65_536;

window.bench = async (what) => {
  await ready();
  return what === "decode" ? decoding() : encoding();
};

async function decoding() {
  const rows = [];
  for (const [name, base64] of Object.entries(window.answers)) {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const theirs = async () => read(await React.createFromReadableStream(stream(bytes)));
    const ours = async () => read(await decode(stream(bytes)).value);
    // Of plain data in one row: what parsing alone takes.
    const json = name === "plain" && (() => JSON.parse(new TextDecoder().decode(bytes).slice(2)));
    rows.push({ name, bytes: bytes.length, ...(await compare(ours, theirs, json || undefined)) });
  }
  return rows;
}

async function encoding() {
  const rows = [];
  for (const [name, args] of Object.entries(argumentLists())) {
    const options = () => ({ temporaryReferences: React.createTemporaryReferenceSet() });
    const ours = () => encode(args);
    const theirs = () => React.encodeReply(args, options());
    const json = name === "plain" && (() => JSON.stringify(args));
    const bytes = new Blob([JSON.stringify(args, (_, value) => (typeof value === "bigint" ? String(value) : value))]).size;
    rows.push({ name, bytes, ...(await compare(ours, theirs, json || undefined)) });
  }
  return rows;
}

/** Medians in milliseconds of interleaved samples; small cases are repeated within one. */
async function compare(ours, theirs, floor) {
  const all = { ours, theirs, ...(floor && { floor }) };
  const once = await time(theirs, 20);
  const repeat = Math.max(1, Math.min(5_000, Math.round(4 / Math.max(once, 0.001))));
  const samples = Object.fromEntries(Object.keys(all).map((who) => [who, []]));
  for (let round = -5; round < 21; round += 1) {
    for (const [who, run] of Object.entries(all)) {
      const took = await time(run, repeat);
      if (round >= 0) samples[who].push(took);
    }
  }
  return Object.fromEntries(Object.entries(samples).map(([who, times]) => [who, times.sort((a, b) => a - b)[times.length >> 1]]));
}

async function time(run, repeat) {
  const from = performance.now();
  for (let n = 0; n < repeat; n += 1) await run();
  return (performance.now() - from) / repeat;
}

function stream(bytes) {
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += CHUNK) controller.enqueue(bytes.slice(at, at + CHUNK));
      controller.close();
    },
  });
}

const LAZY = Symbol.for("react.lazy");

/** Reads an answer as whoever renders it does: through every element and lazy value, waiting where there is something to wait for. */
async function read(value) {
  for (;;) {
    try {
      return walk(value);
    } catch (pending) {
      if (typeof pending?.then !== "function") throw pending;
      await pending;
    }
  }
}

function walk(value) {
  if (typeof value !== "object" || value === null) return;
  if (value.$$typeof === LAZY) walk(value._init(value._payload));
  else if (value.$$typeof) walk(value.props.children);
  else if (Array.isArray(value) && typeof value[0] === "object" && value[0]?.$$typeof) value.forEach(walk);
}
