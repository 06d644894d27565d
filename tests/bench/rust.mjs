// Measures calls made in Rust beside the same calls through the npm package: in Chromium, in one page, in turns, to one
// server on loopback. Prints one line of JSON:
//
//   node rust.mjs DIR ROUNDS
//
// `DIR` has what `wasm-bindgen --target web` made of `tests/dependant/examples/timing.rs`. Times are medians, in µs a
// call. Asserts nothing about them; it fails if an answer is not whole.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { browse } from "../next/shared/browser.mjs";

const [dir, rounds] = [process.argv[2], Number(process.argv[3] ?? 15)];
const dist = new URL("../../pkg/dist/", import.meta.url).pathname;
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };
const LINES = 900;
const PAGE = "<!doctype html><title>bench</title><script src=/actionlane.js></script>";

const items = Array.from({ length: LINES }, (_, id) => ({
  id,
  name: `Item number ${id} of the list`,
  price: id * 1.25 + 0.49,
  stock: id % 7 ? id * 3 : null,
  tags: ["new", `shelf ${id % 31}`, "in stock"],
}));
const answer = (value) => `0:{"a":"$@1","q":"","i":false}\n1:${JSON.stringify(value)}\n`;
const answers = { small: answer({ number: 7, state: "paid" }), large: answer(items) };

const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk)).on("end", () => {
    if (request.method === "POST") {
      const [name] = JSON.parse(Buffer.concat(chunks).toString());
      return void response.writeHead(200, { "Content-Type": "text/x-component" }).end(answers[name]);
    }
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname === "/") return void response.setHeader("Content-Type", "text/html").end(PAGE);
    const file = [dist, dir].map((root) => path.join(root, path.basename(pathname))).find((file) => existsSync(file));
    if (!file) return void response.writeHead(404).end();
    response.setHeader("Content-Type", TYPES[path.extname(file)] ?? "text/plain").end(readFileSync(file));
  });
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

/** Measures in the page. Returns the medians of both, by case. */
async function measure(rounds, lines) {
  const rust = await import("/timing.js");
  await rust.default();
  const npm = window.actionlane.createDispatcher();
  const ID = "7f".padEnd(42, "a");
  const cases = {
    small: {
      calls: 20,
      rust: async () => (await rust.small()) === 7,
      npm: async () => (await npm.call(ID, ["small", { sku: "book-4711", count: 2, gift: false }])).number === 7,
    },
    large: {
      calls: 5,
      rust: async () => (await rust.large()) === lines,
      npm: async () => (await npm.call(ID, ["large"])).length === lines,
    },
  };
  const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
  const medians = {};
  for (const [name, { calls, ...sides }] of Object.entries(cases)) {
    const times = { rust: [], npm: [] };
    for (let round = -3; round < rounds; round += 1) {
      // The side that comes first changes each round.
      for (const side of round % 2 ? ["rust", "npm"] : ["npm", "rust"]) {
        const start = performance.now();
        for (let call = 0; call < calls; call += 1) {
          if (!(await sides[side]())) throw new Error(`${side} ${name}: the answer is not whole`);
        }
        if (round >= 0) times[side].push(((performance.now() - start) / calls) * 1000);
      }
    }
    medians[name] = { rust: median(times.rust), npm: median(times.npm) };
  }
  return medians;
}

const tab = await browse("chromium", { whole: true });
try {
  await tab.open(`http://127.0.0.1:${server.address().port}/`);
  const medians = await tab.run(measure, rounds, LINES);
  console.log(JSON.stringify(Object.entries(answers).map(([name, { length }]) => ({ name, bytes: length, ...medians[name] }))));
} finally {
  await tab.end();
  server.closeAllConnections();
  server.close();
}
