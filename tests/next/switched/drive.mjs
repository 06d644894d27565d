// Runs each behaviour in both apps and compares them:
//
//   node drive.mjs THEIRS OURS [name] [--table] [--show] [--repeat N]
//
// The directories are those that build.mjs prints; a name runs the behaviours that contain it. `--table` prints a table
// in markdown, `--show` all that was seen; `--repeat` runs each behaviour N times. What must be seen of ours is taken
// from the run with next-safe-action's hooks. A difference fails unless differences.json lists it; a listed one that
// does not occur fails, too. The last lines are `pass N` and `fail N`. A run without a check has failed.
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { browse, serve } from "../shared/browser.mjs";
import * as tally from "../shared/tally.mjs";
import { countRenders, differencesOf, judge, judgeRenders } from "./compare.mjs";
import { pageOf } from "./page.mjs";

const { values, positionals: [theirs, ours, only = ""] } = parseArgs({
  allowPositionals: true,
  options: { table: { type: "boolean" }, show: { type: "boolean" }, repeat: { type: "string", default: "1" } },
});
const listed = JSON.parse(readFileSync(new URL("differences.json", import.meta.url), "utf8"));
/** Runs of a behaviour at most, until ours renders no more often: React now and then begins a render again. */
const RUNS = 5;
const HOOKS = "the hooks that there are";
const names = new Set([HOOKS]);
const ends = [];
const rows = [];
try {
  const servers = [];
  for (const dir of [theirs, ours]) {
    servers.push(await serve(dir));
    ends.push(servers.at(-1).end);
  }
  const tab = await browse();
  ends.unshift(tab.end);
  const pages = servers.map((server) => pageOf(server, tab));
  for (const file of ["greet", "search", "users", "leave", "optimistic"]) {
    const { default: behaviours } = await import(`./scenarios/${file}.mjs`);
    Object.keys(behaviours).forEach((name) => names.add(name));
    for (const [name, behaviour] of wanted(behaviours)) await compare(name, behaviour, pages);
  }
  if (only === "") {
    await compareHooks();
    checkList();
    checkCount();
  }
  const { default: added } = await import("./scenarios/queue.mjs");
  for (const [name, behaviour] of wanted(added)) await alone(name, behaviour, pages[1]);
} finally {
  for (const end of ends) await end();
}
const head = "| behaviour | as with next-safe-action | renders, theirs | ours |\n|---|---|---|---|";
if (values.table) console.log(`\n${head}\n${rows.join("\n")}\n`);
tally.finish();

function wanted(behaviours) {
  const found = Object.entries(behaviours).filter(([name]) => name.includes(only));
  return found.flatMap((entry) => Array(Number(values.repeat)).fill(entry));
}

/** Performs a behaviour in both apps, and counts the check. */
async function compare(name, behaviour, pages) {
  const start = Date.now();
  const { fields, reason } = behaviour.varies ?? { fields: [] };
  let [before, after, judged] = [{}, {}];
  const reasons = new Set(reason ? [reason] : []);
  for (let run = 1; run <= RUNS && (run === 1 || judged.faults.length); run += 1) {
    const records = [];
    try {
      for (const page of pages) records.push(await perform(page, behaviour));
    } catch (error) {
      return report(name, start, `in ${records.length ? "ours" : "theirs"}: ${error.stack}`);
    }
    if (values.show) console.log(JSON.stringify(records, null, 1));
    const found = judge(name, differencesOf(records[0].seen, records[1].seen, fields), listed);
    if (found.faults.length) return report(name, start, found.faults.join("\n"));
    [before, after] = [fewest(before, records[0].renders), fewest(after, records[1].renders)];
    judged = judgeRenders(name, before, after, listed);
    for (const reason of [...found.reasons, ...judged.reasons]) reasons.add(reason);
  }
  const sum = (renders) => Object.values(renders).reduce((sum, count) => sum + count, 0);
  rows.push(`| ${name} | ${reasons.size ? `but: ${[...reasons].join("; ")}` : "yes"} | ${sum(before)} | ${sum(after)} |`);
  report(name, start, judged.faults.join("\n"), `renders ${sum(before)}, ours ${sum(after)}`);
}

/** Checks that a component which has gone when the page renders again counts for no less than its one render. */
function checkCount() {
  const [idle, used] = ["idle", "executing"].map((status) => JSON.stringify({ status }));
  const { gone } = countRenders({ gone: [used], beside: [idle, idle] });
  report("a component that has gone has rendered once", Date.now(), gone === 1 ? "" : `${gone} times`);
}

/** Returns for each hook the number of renders in the run that had the fewest. */
function fewest(some, renders) {
  const counts = countRenders(renders);
  return Object.fromEntries(Object.keys(counts).map((hook) => [hook, Math.min(some[hook] ?? Infinity, counts[hook])]));
}

/** Performs a behaviour that only ours has. */
async function alone(name, behaviour, page) {
  const start = Date.now();
  try {
    await perform(page, behaviour);
    rows.push(`| ${name} | only ours | | |`);
    report(name, start);
  } catch (error) {
    report(name, start, error.stack);
  }
}

async function perform(page, { path, run }) {
  const close = await page.open(path);
  try {
    await run(page);
    return await page.record();
  } finally {
    await close();
  }
}

/** Compares what the two packages export. */
async function compareHooks() {
  const start = Date.now();
  const hooksOf = async (file) => Object.keys(await import(pathToFileURL(path.resolve(file)).href)).sort();
  const before = await hooksOf(path.join(theirs, "../node_modules/next-safe-action/dist/hooks.mjs"));
  const after = await hooksOf(path.join(ours, "node_modules/actionlane/react/index.js"));
  const seen = [before, after].map((hooks) => ({ hooks, steps: {} }));
  const { faults, reasons } = judge(HOOKS, differencesOf(...seen), listed);
  rows.push(`| ${HOOKS} | but: ${reasons.join("; ")} | | |`);
  report(HOOKS, start, faults.join("\n"));
}

/** Counts a check that fails if differences.json names a behaviour that there is not. */
function checkList() {
  const unknown = listed.flatMap(({ behaviours }) => behaviours).filter((name) => !names.has(name));
  report("the list of differences names behaviours that there are", Date.now(), unknown.join());
}

/** `why`: the reason if the check has failed. */
function report(name, start, why, more) {
  tally.judge(name, why, [more, `${Date.now() - start} ms`].filter(Boolean).join(", "));
}
