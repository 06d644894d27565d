// Where the time of one call goes, as V8's profiler sees it. `node profile.mjs` runs and prints it for Node.js, `node profile.mjs PROFILE PAGE CALLS`
// reads one that a browser has made of `bench.js`. One line of JSON.

import { readFileSync } from "node:fs";
import { Session } from "node:inspector/promises";

import { spent } from "./spent.js";

const CALLS = 20_000;
const WARM = 2000;
/** Microseconds between two looks. */
const INTERVAL = 100;

const [file, page, calls] = process.argv.slice(2);
console.log(JSON.stringify(file ? { rows: ofPage(file, page, Number(calls)) } : await ofNode()));

async function ofNode() {
  const { CURRENT, load } = await import("../oracle/react.mjs");
  const { createDispatcher } = await import("../../pkg/node.js");
  const { dispatching } = await import("./dispatch.js");
  const { contenders } = dispatching({ count: 1 }, { createDispatcher, ...load(CURRENT).client });
  const timed = async (run, count) => {
    const started = performance.now();
    for (let at = 0; at < count; at += 1) await run();
    return ((performance.now() - started) * 1000) / count;
  };
  const us = {};
  for (const [name, run] of Object.entries(contenders)) {
    await timed(run, WARM);
    us[name] = await timed(run, CALLS);
  }
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: INTERVAL });
  await session.post("Profiler.start");
  await timed(contenders.ours, CALLS);
  const { profile } = await session.post("Profiler.stop");
  return { us, rows: spent(profile, CALLS, ({ url }) => moduleOf(url)) };
}

/** A bundle says by a comment where a module begins. */
function ofPage(file, page, calls) {
  const begins = [];
  readFileSync(page, "utf8").split("\n").forEach((line, number) => {
    const [, path] = line.match(/^ {2}\/\/ (\S+\.m?js)$/) ?? [];
    if (path) begins.push({ number, path: `/${path}` });
  });
  const at = ({ url, lineNumber }) => (url.endsWith("/page.js") ? begins.findLast(({ number }) => number <= lineNumber)?.path : undefined);
  return spent(JSON.parse(readFileSync(file, "utf8")), calls, (frame) => moduleOf(at(frame) ?? ""));
}

/** The module's name for people, if it is one of the repository's. */
function moduleOf(path) {
  const [, inPackage, inTests] = path.match(/\/(?:pkg\/(.+)|tests\/(.+))$/) ?? [];
  return inPackage ?? inTests;
}
