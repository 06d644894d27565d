// Prints the bytes, brotli, of the scripts that the page `/` of built apps loads before it is idle, and of those that
// come later:
//
//   node bytes.mjs DIR …      directories as build.mjs prints them
import { existsSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { browse, serve } from "../shared/browser.mjs";
import { ALL, idle } from "./page.mjs";

const brotli = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;

for (const dir of process.argv.slice(2)) {
  const server = await serve(dir);
  const tab = await browse();
  try {
    const html = await (await fetch(server.url)).text();
    const first = [...new Set([...html.matchAll(/\/_next\/static\/[^"'\\ ]+?\.js/g)].map(([path]) => path))];
    await tab.open(`${server.url}/?policies=${encodeURIComponent(JSON.stringify(ALL))}`);
    // An app that reads them has policies, so it loads the dispatcher.
    if (existsSync(path.join(dir, "instrumentation-client.js"))) await tab.until(async () => performance.getEntriesByType("resource").some(({ name }) => name.endsWith(".wasm")));
    await tab.run(idle);
    const all = await tab.run(async () => performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => /\/_next\/static\/.*\.(js|wasm)$/.test(name)));
    const sizeOf = async (address) => brotli(Buffer.from(await (await fetch(new URL(address, server.url))).arrayBuffer()));
    const sum = async (paths) => (await Promise.all(paths.map(sizeOf))).reduce((a, b) => a + b, 0);
    const late = all.map((name) => new URL(name).pathname).filter((path) => !first.includes(path));
    console.log(`${dir.split("/").slice(-2).join("/")}: ${await sum(first)} bytes first (${first.length} files), ${await sum(late)} later (${late.length})`);
  } finally {
    await tab.end();
    server.end();
  }
}
