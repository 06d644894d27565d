// `node roundtrip.mjs [--seed N] [--count N]`: sends random values through our package and React, both ways, on
// every release. Prints `pass N`, `fail N` and `skipped N`.

import { parseArgs } from "node:util";

import { read, render } from "./answers.mjs";
import { settled } from "./describe.mjs";
import * as ours from "./ours.mjs";
import { randomValue } from "./random.mjs";
import { RELEASES, load } from "./react.mjs";
import * as replies from "./replies.mjs";
import { difference } from "./same.mjs";

const { values: options } = parseArgs({ options: { seed: { type: "string" }, count: { type: "string", default: "60" } } });
const first = Number(options.seed ?? Math.floor(Math.random() * 2 ** 31));
console.log(`seed ${first}`);

let pass = 0;
let fail = 0;
/** Values on which a React server never ends, even if it is aborted. */
let skipped = 0;
const SKIP = Symbol("skip");
for (const release of RELEASES.filter(({ next }) => next === undefined).map(({ name }) => load(name))) {
  for (let seed = first; seed < first + Number(options.count); seed += 1) {
    for (const [way, go] of [["from", fromServer], ["to", toServer]]) {
      const wrong = await go(release, seed).catch((error) => error.stack ?? String(error));
      if (wrong === SKIP) {
        skipped += 1;
        continue;
      }
      if (wrong) console.error(`seed ${seed}, ${way} React ${release.name}: ${wrong}`);
      if (wrong) fail += 1;
      else pass += 1;
    }
  }
}
console.log(`pass ${pass}`);
console.log(`fail ${fail}`);
console.log(`skipped ${skipped}`);
process.exit(fail === 0 && skipped < pass ? 0 : 1);

/**
 * Renames the entries of a FormData that React has encoded: it writes decimal ids but reads hexadecimal ones, so
 * from id 10 on its own entries would be lost.
 */
function repaired(body) {
  if (typeof body === "string") return body;
  const form = new FormData();
  for (const [name, value] of body) form.append(name.replace(/^_(\d+)_/, (_, id) => `_${Number(id).toString(16)}_`), value);
  return form;
}

async function fromServer(release, seed) {
  const state = await settled(render(release, { value: randomValue(seed) }), 1000);
  if (state === "pending") return SKIP;
  if (state.rejected) throw state.reason;
  const bytes = state.value;
  return difference(await read(release, bytes), await ours.decode(bytes, { cuts: 1 + (seed % 50) }));
}

/** A server must read the same from our body as from that of React's client. */
async function toServer(release, seed) {
  const body = await ours.encodeValue([randomValue(seed)], {}, release.next);
  const own = await replies.attempt(() => release.client.encodeReply([randomValue(seed)]));
  if (body.rejected || own.rejected) return body.rejected && own.rejected ? undefined : `refused: ${(body.reason ?? own.reason)?.message}`;
  const theirs = repaired(own.value);
  for (const way of Object.keys(replies.WAYS)) {
    const actual = await replies.decode(release, body.value, way);
    const wrong = actual && difference(await replies.decode(release, theirs, "form"), actual);
    if (wrong && difference(await replies.decode(release, theirs, way), actual)) return `${way}: ${wrong}`;
  }
  return undefined;
}
