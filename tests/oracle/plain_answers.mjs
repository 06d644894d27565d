// `node plain_answers.mjs [--seed N] [--count N]`: reads random answers of React's servers, also with bytes
// changed, without the decoder and with it, and compares. Prints `pass N`, `fail N` and `skipped N`.

import { parseArgs } from "node:util";

import { NOT_PLAIN, PlainAnswer, THROWN, VALUE } from "../../pkg/lib/answer/plain.js";
import { createDispatcher, decode, ready } from "../../pkg/node.js";

import { render } from "./answers.mjs";
import { changed } from "./changed.mjs";
import { describe, describeError, settled } from "./describe.mjs";
import { generator, randomFlat, randomPlain } from "./random.mjs";
import { RELEASES, load } from "./react.mjs";
import { difference } from "./same.mjs";

const { values: options } = parseArgs({ options: { seed: { type: "string" }, count: { type: "string", default: "60" } } });
const first = Number(options.seed ?? Math.floor(Math.random() * 2 ** 31));
console.log(`seed ${first}`);

/** Values in one answer. */
const VALUES = 4;
/** Changed answers for each unchanged one. */
const CHANGED = 12;
const HEADERS = { "content-type": "text/x-component" };
await ready();
let pass = 0;
let fail = 0;
let skipped = 0;
const states = new Map();
for (const [number, { name }] of RELEASES.entries()) {
  const release = load(name);
  const from = first + number * Number(options.count);
  for (let seed = from; seed < from + Number(options.count); seed += 1) {
    const random = generator(seed);
    for (const [kind, made] of [["flat", randomFlat], ["plain", randomPlain]]) {
      const make = (seed) => Array.from({ length: VALUES }, (_, at) => made(seed * VALUES + at));
      const models = [
        ["root", { value: make(seed) }],
        ["action", { a: Promise.resolve(make(seed)), f: "", b: "x" }],
        ["action", [Promise.resolve(make(seed)), ["x", null]]],
      ];
      for (const [goal, model] of models) {
        const { value: bytes } = await settled(render(release, model), 1000);
        // Servers of React's never end on some values.
        if (!bytes) {
          skipped += 1;
          continue;
        }
        // A flat value must be read without the decoder.
        await judge(`seed ${seed}, ${kind}, React ${name}`, goal, bytes, random, kind === "flat");
        for (let count = CHANGED; count > 0; count -= 1) await judge(`seed ${seed}, changed`, goal, changed(bytes, random), random, false);
      }
    }
  }
}
console.log(`pass ${pass}`);
console.log(`fail ${fail}`);
console.log(`skipped ${skipped}`);
console.log([...states].map(([state, count]) => `${state}: ${count}`).join(", "));
process.exit(fail === 0 && states.get(`changed ${VALUE}`) > 100 ? 0 : 1);

async function judge(what, goal, bytes, random, isFlat) {
  const wrong = await compare(goal, bytes, random, isFlat).catch((error) => error.stack ?? String(error));
  if (!wrong) {
    pass += 1;
    return;
  }
  fail += 1;
  console.error(`${what}, ${goal}: ${wrong}\n${JSON.stringify(Buffer.from(bytes).toString("latin1"))}`);
}

async function compare(goal, bytes, random, isFlat) {
  const answer = new PlainAnswer(goal);
  for (let at = 0; at < bytes.length; ) {
    const to = at + 1 + Math.floor(random() * (random() < 0.5 ? 4 : bytes.length));
    answer.push(bytes.subarray(at, to));
    at = to;
  }
  const state = answer.end();
  count(`${isFlat ? "flat" : "changed"} ${state}`);
  if (state === NOT_PLAIN) return isFlat ? "it was not read without the decoder" : undefined;
  const theirs = await (goal === "root" ? decode(bytes).value : called(bytes)).then(
    async (value) => ({ root: await describe(value) }),
    (error) => ({ rootRejected: describeError(error), error }),
  );
  if (state === THROWN) {
    const { digest } = theirs.error ?? {};
    return theirs.error?.code === "ACTION_THREW" && digest === answer.digest ? undefined : `threw ${answer.digest}, not ${digest ?? JSON.stringify(theirs)}`;
  }
  return difference(theirs, { root: await describe(answer.value) });
}

async function called(bytes) {
  const fetch = async () => new Response(bytes, { headers: HEADERS });
  const d = createDispatcher({ url: "http://localhost/", fetch });
  try {
    return await d.call(`7f${"0".repeat(40)}`);
  } finally {
    d.close();
  }
}

function count(state) {
  states.set(state, (states.get(state) ?? 0) + 1);
}
