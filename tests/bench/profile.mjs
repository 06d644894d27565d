// Profiles one call with V8's profiler, and prints one line of JSON: where its time goes. `node profile.mjs CALLS
// NAMES` makes CALLS calls in Node.js. `node profile.mjs CALLS NAMES PROFILE PAGE` reads the profile that a browser
// made of as many calls in a page of `bench.js`. NAMES is the directory where the build stores the names that
// imports of the wasm had before they were shortened.

import { readFileSync } from "node:fs";
import { Session } from "node:inspector/promises";

import { batch, measure } from "./measure.js";
import { readNames } from "./names.js";
import { spent } from "./spent.js";

/** Rounds that are measured before the profiler starts. */
const ROUNDS = 15;
/** Microseconds between two samples. */
const INTERVAL = 100;

const [calls, directory, file, page] = process.argv.slice(2);
const names = readNames(directory);
console.log(JSON.stringify(file ? { rows: ofPage(Number(calls)) } : await ofNode(Number(calls))));

async function ofNode(calls) {
  const { CURRENT, load } = await import("../oracle/react.mjs");
  const { createDispatcher } = await import("../../pkg/node.js");
  const { DISPATCH, dispatching } = await import("./dispatch.js");
  const { contenders } = dispatching(DISPATCH["one call"], { createDispatcher, ...load(CURRENT).client });
  const ms = await measure(contenders, ROUNDS);
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: INTERVAL });
  await session.post("Profiler.start");
  await batch(contenders.ours, calls);
  const { profile } = await session.post("Profiler.stop");
  return { ms, rows: spent(profile, calls, ({ url }) => moduleOf(url), names) };
}

/**
 * Reads a browser's profile. A comment in the bundle says where each module begins, with its path relative to the
 * package.
 */
function ofPage(calls) {
  const begins = [];
  readFileSync(page, "utf8").split("\n").forEach((line, number) => {
    const [, path] = line.match(/^ {2}\/\/ (\S+\.m?js)$/) ?? [];
    if (path) begins.push({ number, path: new URL(path, "file:///pkg/").pathname });
  });
  const at = ({ url, lineNumber }) => (url.endsWith("/page.js") ? begins.findLast(({ number }) => number <= lineNumber)?.path : undefined);
  return spent(JSON.parse(readFileSync(file, "utf8")), calls, (frame) => moduleOf(at(frame) ?? ""), names);
}

/** Returns the short path of a module of the repository, such as `lib/fetch.js`; undefined for other modules. */
function moduleOf(path) {
  const [, inPackage, inTests] = path.match(/\/(?:pkg\/(.+)|tests\/(.+))$/) ?? [];
  return inPackage ?? inTests;
}
