// `node conformance.mjs [--vectors DIR]`: compares our package with React. The last line printed is JSON; failures
// go to standard error.

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { ready } from "../../pkg/node.js";

import { Differences } from "./differences.mjs";
import { RELEASES, load } from "./react.mjs";
import { answerCase, replyCase } from "./releases.mjs";
import { COMMITTED, indexOf } from "./vectors.mjs";
import { decodeCase, encodeCase, temporaryCase } from "./cases.mjs";

await ready();
const { values } = parseArgs({ options: { vectors: { type: "string" } } });
const dir = values.vectors ?? COMMITTED;
const index = await indexOf(dir);
const folder = dirname(fileURLToPath(import.meta.url));
const differences = new Differences(JSON.parse(await readFile(join(folder, "expected_differences.json"), "utf8")));

const report = { decode: tally(), encode: tally(), react: {}, differences: 0 };
for (const entry of index) {
  const folderOf = entry.expected.split("/")[0];
  if (entry.direction === "encode") await judge(report.encode, `encode/${entry.name}`, () => encodeCase(dir, entry));
  else if (entry.direction === "decode") await judge(report.decode, `${folderOf}/${entry.name}`, () => decodeCase(dir, entry));
  else await judge(report.decode, `temp/${entry.name}`, () => temporaryCase(dir, entry));
}
for (const { name } of RELEASES) {
  const release = load(name);
  const done = (report.react[name] = tally());
  for (const entry of index.filter((entry) => entry.value !== undefined)) {
    if (entry.direction === "decode") await judge(done, `decode/${entry.name}`, () => answerCase(release, entry), name);
    if (entry.direction === "encode" && isFixed(entry)) {
      await judge(done, `encode/${entry.name}`, () => replyCase(release, entry), name);
    }
  }
}
const vanished = differences.vanished;
for (const name of vanished) console.error(`${name}: no longer different; remove it from expected_differences.json`);
report.differences = differences.found;
console.log(JSON.stringify(report));
const complete = [report.decode, report.encode, ...Object.values(report.react)].every(({ failed }) => !failed);
process.exit(complete && vanished.length === 0 ? 0 : 1);

/** True if the body does not depend on time, as that of an argument that is aborted half-way does. */
function isFixed({ opts = {} }) {
  return !opts.abortNow && opts.abortAfter === undefined;
}

function tally() {
  return Object.defineProperty({ pass: 0, total: 0 }, "failed", { value: 0, writable: true, enumerable: false });
}

/** `where`: the release of React that is tested, for an entry that is tested on several. */
async function judge(into, name, run, where) {
  into.total += 1;
  const wrong = await run().catch((error) => error.stack ?? String(error));
  const verdict = differences.judge(name, wrong, where);
  if (verdict === "pass") into.pass += 1;
  if (verdict !== "fail") return;
  into.failed += 1;
  console.error(`${name}${where ? `, React ${where}` : ""}: ${wrong}`);
}
