// Compiles the wasm from each kind of source; each test starts afresh.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { runInNewContext } from "node:vm";
import { compileFirst } from "../lib/loading/fetch_wasm.js";
import { BUILD } from "../wasm/dispatcher.js";
import { bytes as chunk } from "../wasm/dispatcher_bytes.js";

const wasm = await readFile(new URL("../wasm/dispatcher_bg.wasm", import.meta.url));
const PAGE = "<!doctype html><title>An app of one page</title>";

let server;
let url;
const requestedPaths = [];
before(async () => {
  server = createServer((request, response) => {
    requestedPaths.push(request.url);
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    const cut = pathname === "/cut" && requestedPaths.filter((path) => path.startsWith("/cut")).length === 1;
    const length = pathname === "/page" ? PAGE.length : wasm.length;
    const headers = { "content-type": searchParams.get("type") ?? "application/wasm", "content-length": length };
    response.writeHead(Number(searchParams.get("status") ?? 200), headers);
    if (pathname === "/page") response.end(PAGE);
    else if (cut) response.write(wasm.subarray(0, 1000), () => request.socket.destroy());
    else response.end(wasm);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${server.address().port}`;
});
after(() => (server.closeAllConnections(), server.close()));

/** Returns the module that is taken from these places. */
const first = (...places) => compileFirst(places, ({ compiled }) => compiled, "do this");
const isOurs = (compiled) => {
  const [build] = WebAssembly.Module.customSections(compiled, "actionlane").map((bytes) => new TextDecoder().decode(bytes));
  assert.equal(build, `dispatcher ${BUILD}`);
};
const failure = (...places) => first(...places).then(() => assert.fail("it was taken"), (error) => error);

for (const type of ["application/wasm", "application/wasm; charset=utf-8", "APPLICATION/WASM", "application/octet-stream", ""]) {
  test(`a file is compiled that is sent as ${JSON.stringify(type)}`, async () => isOurs(await first(() => `${url}/?type=${encodeURIComponent(type)}`)));
}

test("a file is fetched again if its connection breaks once", async () => {
  isOurs(await first(() => `${url}/cut`));
  assert.equal(requestedPaths.filter((path) => path === "/cut").length, 2);
});

test("a response that streaming compilation refuses is compiled from its bytes", async () => {
  const headers = { get: () => "application/wasm" };
  const like = (body) => ({ ok: true, status: 200, url: "", headers, arrayBuffer: async () => body, clone: () => like(body) });
  isOurs(await first(() => like(wasm)));
});

test("a request, a response, bytes of each sort and a module are compiled, also those of another realm", async () => {
  isOurs(await first(() => new Request(`${url}/`)));
  isOurs(await first(() => new Response(wasm, { headers: { "content-type": "application/wasm" } })));
  isOurs(await first(async () => new Response(wasm)));
  isOurs(await first(() => new Uint8Array(wasm)));
  isOurs(await first(() => new Uint8Array(wasm).buffer));
  isOurs(await first(() => new DataView(new Uint8Array([0, ...wasm, 0]).buffer, 1, wasm.length)));
  isOurs(await first(() => new WebAssembly.Module(wasm)));
  const made = "[new WebAssembly.Module(new Uint8Array(wasm)), new Uint8Array(wasm).buffer]";
  const foreign = runInNewContext(made, { wasm: [...wasm] });
  for (const source of foreign) isOurs(await first(() => source));
});

test("the copy of the wasm in JavaScript has the same bytes", () => assert.deepEqual(Buffer.from(chunk()), wasm));

test("the next place is tried if one fails in any way", async () => {
  const failing = [
    () => { throw new TypeError("Invalid URL"); },
    () => Promise.reject(new Error("offline")),
    () => new URL("./wasm/nowhere.wasm", import.meta.url),
    () => `${url}/page`,
    () => `${url}/?status=404`,
    () => "http://127.0.0.1:9/",
    () => new Uint8Array([0, 97, 115, 109, 9, 9, 9, 9]),
    () => undefined,
  ];
  for (const place of failing) isOurs(await first(place, chunk));
});

test("the next place is tried if the module of one is refused", async () => {
  const accept = ({ compiled, where }) => {
    if (WebAssembly.Module.exports(compiled).length === 0) throw new Error(`${where} is another`);
    return compiled;
  };
  isOurs(await compileFirst([() => new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]), chunk], accept, ""));
});

test("the message says which place failed, with which response, and what to do", async () => {
  const { code, message, cause } = await failure(() => `${url}/page`, () => import("./nowhere.js"));
  assert.equal(code, "WASM_LOAD");
  assert.match(message, /^the wasm could not be loaded: http:\/\/127.0.0.1:\d+\/page answered 200, but it is no wasm: it begins with "<!doc/);
  assert.match(message, /; nor could its copy in a chunk of the package: .*nowhere\.js.*; do this$/);
  assert.match(cause.message, /no wasm/);
  assert.match((await failure(() => `${url}/page?status=404`)).message, /\/page\?status=404 answered 404: it begins with "<!doctype/);
  assert.match((await failure(() => new Uint8Array())).message, /the bytes given is no wasm: it is empty/);
  const long = await failure(() => `data:text/html,${"x".repeat(1000)}`);
  assert.match(long.message, /data:text\/html,x{185}… answered 200, but it is no wasm: it begins with "x{40}"/);
  const secret = await failure(() => "http://someone:secret@127.0.0.1:9/a.wasm");
  assert.match(secret.message, /loaded: http:\/\/127.0.0.1:9\/a.wasm could not be fetched/);
});
