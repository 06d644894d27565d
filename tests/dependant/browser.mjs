// Runs the dependant crate in a browser against a server: `node tests/dependant/browser.mjs DIR [firefox]`, where DIR
// has what `wasm-bindgen --target web` made of it. Builds nothing. The last lines are `pass N` and `fail N`.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { browse } from "../next/shared/browser.mjs";
import { finish, perform } from "../next/shared/tally.mjs";
import { answer } from "./react.mjs";
import { values } from "./values.mjs";

const [dir, name] = process.argv.slice(2);
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };
const log = [];
const waiting = [];
const rows = (value) => `0:{"a":"$@1","q":"","i":false}\n1:${value}\n`;

function act(request, response, body) {
  const [argument] = JSON.parse(body);
  log.push(argument);
  const flight = { "Content-Type": "text/x-component" };
  if (argument === "hold") {
    response.on("close", () => log.push("gone"));
    for (const tell of waiting.splice(0)) tell();
  } else if (argument === "script") {
    response.writeHead(303, { "x-action-redirect": "javascript:alert(1);push" }).end();
  } else if (argument === "pieces") {
    response.writeHead(200, flight);
    const bytes = Buffer.from(rows('"é€"').replace('"é€"', "42"));
    for (const byte of bytes) response.write(Buffer.from([byte]));
    response.end();
  } else {
    response.writeHead(200, flight).end(rows(JSON.stringify(argument)));
  }
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk)).on("end", () => {
    const bytes = Buffer.concat(chunks);
    const body = String(bytes);
    const { pathname } = new URL(request.url, "http://localhost");
    if (request.headers["next-action"]?.startsWith("7f0")) {
      const failed = (error) => response.writeHead(500, { "Content-Type": "text/plain" }).end(String(error?.stack ?? error));
      return answer(request, bytes, response).catch(failed);
    }
    if (request.headers["next-action"]) return act(request, response, body);
    if (pathname === "/arrived") return void (log.includes("hold") ? response.end() : waiting.push(() => response.end()));
    if (pathname === "/log") return void response.end(JSON.stringify(log.splice(0)));
    if (pathname === "/echo") return void response.writeHead(418).end(body);
    if (pathname === "/") return void response.setHeader("Content-Type", "text/html").end("<!doctype html><title>dependant</title>");
    const file = path.join(dir, path.basename(pathname));
    if (!existsSync(file)) return void response.writeHead(404).end();
    response.setHeader("Content-Type", TYPES[path.extname(file)] ?? "text/plain").end(readFileSync(file));
  });
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${server.address().port}`;

const browser = await browse(name);
/** Runs a check: `act` in the page, whose result must be `expected`. */
async function check(name, act, expected, ...args) {
  await perform(name, async () => {
    const got = await browser.run(act, ...args);
    if (expected instanceof RegExp) assert.match(String(got), expected);
    else assert.deepEqual(got, expected);
  });
}
try {
  await browser.open(`${url}/`);
  await browser.run(async () => {
    globalThis.rust = await import("/dependant.js");
    await globalThis.rust.default();
    globalThis.log = async () => (await fetch("/log")).json();
  });
  await check("calls of a lane come in order", async () => [await rust.order(), await log()], ["Some(3) Some(200) 0", [1, 2, 3]]);
  await check("an answer in single bytes is read", () => rust.call("pieces"), 42);
  await check("dropping a future aborts the request", async () => {
    const value = await rust.dropped(fetch("/arrived"));
    for (const seen = []; ;) {
      seen.push(...(await log()));
      if (seen.includes("gone")) return [value, seen.filter((word) => word !== "gone" && word !== "pieces")];
    }
  }, [7, ["hold", 7]]);
  await check("a timeout rings", () => rust.call("hold", 50).catch((error) => error), /^TIMEOUT: .*\(sent: unknown\)$/);
  await check("a redirect to a script is blocked", () => rust.call("script").catch((error) => error), /^REDIRECT_BLOCKED: .*\(sent: yes\)$/);
  await check("a route is read, at any status", () => rust.route("/echo"), "418 ä€");
  await check("URLs resolve as the browser does it", async () => [
    rust.resolve("/a/../b?c#d", "http://x.example/p/q"),
    rust.resolve("//y.example/", "http://x.example/"),
    rust.resolve("java\nscript:1", "http://x.example/"),
    rust.resolve("http://[", "http://x.example/"),
    rust.resolve("r", "/p/q").replace(location.origin, ""),
  ], ["http://x.example/b?c#d http: /b true", "http://y.example/ http: / false", "javascript:1 javascript: 1 false", null, "/p/r http: /p/r true"]);
  await check("a fetch that rejects with no Error is an error, not a panic", async () => {
    const own = globalThis.fetch;
    globalThis.fetch = () => Promise.reject(5);
    const error = await rust.call("1").catch((error) => error);
    globalThis.fetch = () => Promise.resolve({ status: 200 });
    const foreign = await rust.call("1").catch((error) => error);
    globalThis.fetch = own;
    return [error, foreign, await rust.call("pieces")];
  }, [
    "NETWORK: no answer (sent: unknown) <- something was thrown that is no Error",
    "NETWORK: no answer (sent: unknown) <- fetch gave no Response",
    42,
  ]);
  await values(check);
  await check("the module exports what the dependant declares, and nothing of the crate", async () => {
    return Object.keys(rust).filter((name) => name !== "default").sort();
  }, [
    "any", "call", "dropped", "dropped_open", "echo", "echo_note", "form", "initSync", "list", "make", "order", "resolve", "route",
    "small", "upload", "whole", "wrong",
  ]);
} finally {
  await browser.end();
  server.closeAllConnections();
  server.close();
}
finish();
