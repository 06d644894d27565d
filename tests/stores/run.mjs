// Runs what every store must do (`pkg/test/stores.js`), and what each can do besides, against real servers:
// `node tests/stores/run.mjs [NAME…]`, with names as `redis`, `postgres`, `sqlite`, or a part of a driver's name.
// Prints a line for each case, then `pass N` and `fail N`.
import { spawn } from "node:child_process";
import { CASES } from "../../pkg/test/stores.js";

const FILES = ["machine", "redis", "postgres", "sqlite", "documents", "edge", "types"];
const names = process.argv.slice(2);
let pass = 0;
let fail = 0;

for (const file of FILES) {
  const { drivers, start } = await import(`./${file}.mjs`);
  const isWanted = ({ name }) => names.length === 0 || names.includes(file) || names.some((part) => !FILES.includes(part) && name.includes(part));
  if (!drivers.some((name) => isWanted({ name }))) continue;
  const { suites, children = [], stop } = await start();
  for (const suite of suites.filter(isWanted)) await runSuite(suite);
  for (const child of children.filter(isWanted)) await runChild(child);
  await stop();
}
console.log(`pass ${pass}\nfail ${fail}`);
process.exit(fail === 0 && pass > 0 ? 0 : 1);

/** Runs all cases of one driver, or only its own if it `isAlone`. A world may have a `close()`. */
async function runSuite({ name, make, cases = [], isAlone = false }) {
  for (const [holds, run] of [...(isAlone ? [] : CASES), ...cases]) {
    const world = await make();
    try {
      if (run.needs && !world[run.needs]) continue;
      await run({ other: world.store, ...world });
      report(true, `${name}: ${holds}`);
    } catch (error) {
      report(false, `${name}: ${holds}`, error);
    } finally {
      await world.close?.();
    }
  }
}

/** Runs a suite that needs another program, such as a newer Node.js, and counts its lines. */
function runChild({ name, program, args }) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (chunk) => (text += chunk));
    child.once("error", (error) => (report(false, name, error), resolve()));
    child.once("close", () => {
      const lines = text.split("\n").filter((line) => /^(?:ok|FAIL) /.test(line));
      for (const line of lines) report(line.startsWith("ok"), line.replace(/^(?:ok|FAIL) /, ""));
      if (lines.length === 0) report(false, name, new Error("ran no case"));
      resolve();
    });
  });
}

function report(isOk, name, error) {
  if (isOk) pass += 1;
  else fail += 1;
  console.log(`${isOk ? "ok" : "FAIL"} ${name}`);
  if (error) console.log(String(error.stack ?? error).split("\n").slice(0, 12).map((line) => `    ${line}`).join("\n"));
}
