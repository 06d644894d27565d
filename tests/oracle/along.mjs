// `node along.mjs [--seed N] [--count N]`: feeds `ValueWatch`, the part that reads along, random answers of React's
// servers in pieces. It must report the value in the same piece in which a call has it. Prints `pass N` and `fail
// N`.

import { parseArgs } from "node:util";

import { ValueWatch } from "../../pkg/lib/fetch/value_watch.js";
import { createDispatcher, ready } from "../../pkg/node.js";

import { render } from "./answers.mjs";
import { settled } from "./describe.mjs";
import { randomValue } from "./random.mjs";
import { RELEASES, load } from "./react.mjs";

const { values: options } = parseArgs({ options: { seed: { type: "string" }, count: { type: "string", default: "20" } } });
const first = Number(options.seed ?? Math.floor(Math.random() * 2 ** 31));
console.log(`seed ${first}`);

const ACTION = `7f${"0".repeat(40)}`;
/** Answers up to this many bytes are read byte by byte, longer ones in this many pieces. */
const PIECES = 400;

await ready({ codec: true });
let pass = 0;
let fail = 0;
for (const { name } of RELEASES) {
  for (let seed = first; seed < first + Number(options.count); seed += 1) {
    const { value: bytes } = await settled(render(load(name), { a: Promise.resolve(randomValue(seed)), f: "", b: "x" }), 1000);
    const wrong = bytes && (await compare(bytes));
    if (wrong) console.error(`seed ${seed}, React ${name}: ${wrong}\n${JSON.stringify(Buffer.from(bytes).toString("latin1"))}`);
    if (wrong) fail += 1;
    else if (bytes) pass += 1;
  }
}
console.log(`pass ${pass}`);
console.log(`fail ${fail}`);
process.exit(fail === 0 && pass > 0 ? 0 : 1);

async function compare(bytes) {
  let stream;
  const body = new ReadableStream({ start: (controller) => (stream = controller) });
  const fetch = async () => new Response(body, { headers: { "content-type": "text/x-component" } });
  const d = createDispatcher({ url: "http://localhost/", fetch });
  const watch = new ValueWatch();
  let isThere = false;
  const call = d.call(ACTION);
  call.then(() => (isThere = true), () => (isThere = true));
  call.outcome.catch(() => {});
  await turns();
  try {
    const size = Math.ceil(bytes.length / PIECES);
    for (let at = 0; at < bytes.length; at += size) {
      const piece = bytes.slice(at, at + size);
      const seen = watch.push(piece);
      stream.enqueue(piece);
      await turns();
      if (seen !== isThere) return `after ${at + piece.length} bytes: ${seen ? "too early" : "too late"}`;
      if (seen) return undefined;
    }
    return "the value never arrives";
  } finally {
    d.close();
  }
}

/** Waits until the call has read the bytes. */
async function turns() {
  for (let count = 3; count > 0; count -= 1) await new Promise((resolve) => setImmediate(resolve));
}
