// Compares what `dist/observe.js` says of requests with the log of their server, and measures what observing costs a
// request. Prints one line of JSON:
//
//   node observe.mjs REQUESTS
//
// `start`, `duration`: how far the observer and the server are apart, in ms. `cost`: how much longer a request takes in
// the page, in µs, where a `fetch` beneath answers at once.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { browse } from "../next/shared/browser.mjs";

const dist = new URL("../../pkg/dist/", import.meta.url);
const count = Number(process.argv[2] ?? 100);
const now = () => performance.timeOrigin + performance.now();
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** By number of the request: when it came, and when its answer had ended. */
const log = new Map();

const server = createServer(async (request, response) => {
  const came = now();
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  if (request.method === "POST") {
    response.on("finish", () => log.set(Number(searchParams.get("number")), { came, ended: now() }));
    await pause(Number(searchParams.get("work")));
    response.writeHead(200, { "Content-Type": "text/x-component" });
    response.write('0:{"a":"$@1","q":"","i":false}\n');
    await pause(Number(searchParams.get("stream")));
    return response.end("1:1\n");
  }
  const isScript = pathname.endsWith(".js");
  response.writeHead(200, { "Content-Type": isScript ? "text/javascript" : "text/html" });
  response.end(isScript ? readFileSync(new URL(`.${pathname}`, dist)) : "<!doctype html><script src=/observe.js></script>");
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

/** Sends the requests one after the other, and returns the entries on the clock of the system. */
async function send(count) {
  const { entries } = window.actionlaneObserve;
  for (let number = 0; number < count; number += 1) {
    const [work, stream] = [(number * 13) % 60, (number * 7) % 40];
    const answer = await fetch(`/?number=${number}&work=${work}&stream=${stream}`, { method: "POST", headers: { "next-action": "7f".padEnd(42, "0") }, body: "[]" });
    await answer.text();
  }
  while (!entries().every(({ end }) => end)) await new Promise((resolve) => setTimeout(resolve, 10));
  return entries().map(({ start, end }) => ({ start: performance.timeOrigin + start, duration: end - start }));
}

/** Measures calls of a `fetch` that answers at once, in turns with and without an observer. */
async function measure() {
  const ROUNDS = 41;
  const CALLS = 20;
  window.actionlaneObserve.restore();
  // Another observer, without Resource Timing: there is none of these requests, and they must end.
  delete globalThis[Symbol.for("actionlane.observe.1")];
  window.PerformanceObserver = undefined;
  const answer = new Response(null);
  const fetch = () => Promise.resolve(answer);
  window.fetch = fetch;
  await import("/observe.js");
  const observed = window.fetch;
  const other = ["/", { method: "POST", headers: { accept: "*/*" }, body: "[]" }];
  const action = ["/", { method: "POST", headers: { "next-action": "7f".padEnd(42, "0") }, body: "[]" }];
  const round = async (fetch, args) => {
    const start = performance.now();
    for (let call = 0; call < CALLS; call += 1) await fetch(...args);
    const time = ((performance.now() - start) / CALLS) * 1000;
    await new Promise((resolve) => setTimeout(resolve, 60)); // until no request can have waited for these
    return time;
  };
  const times = { bare: [], action: [], other: [] };
  for (let number = 0; number < ROUNDS; number += 1) {
    times.bare.push(await round(fetch, action));
    times.other.push(await round(observed, other));
    times.action.push(await round(observed, action));
  }
  const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]));
}

const tab = await browse("chromium", { whole: true });
try {
  await tab.open(`http://127.0.0.1:${server.address().port}/`);
  await tab.until(async () => window.actionlaneObserve);
  const entries = await tab.run(send, count);
  const off = { start: [], duration: [] };
  for (const [number, { start, duration }] of entries.entries()) {
    const { came, ended } = log.get(number);
    off.start.push(Math.abs(came - start));
    off.duration.push(Math.abs(ended - came - duration));
  }
  const spread = (list) => {
    list.sort((a, b) => a - b);
    return { median: list[list.length >> 1], p95: list[Math.floor(list.length * 0.95)], max: list.at(-1) };
  };
  const { bare, action, other } = await tab.run(measure);
  console.log(JSON.stringify({ requests: entries.length, start: spread(off.start), duration: spread(off.duration), cost: { action: action - bare, other: other - bare } }));
} finally {
  await tab.end();
  server.closeAllConnections();
  server.close();
}
