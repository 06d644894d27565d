// Stands before the server of the app: serves the files of the package as they are, and holds uploads back or breaks
// them when a test asks for it. Knows no check.
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer, request as ask } from "node:http";
import path from "node:path";
import { pkg } from "../shared/packages.mjs";

const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };

/**
 * Starts it before the server at `next`. `fault` is what happens to the next action, once:
 *
 * - `{ hold: true }`: nothing of its body is read until `go()`, which sends it on, or `drain()`, which promises the
 *   number of bytes that come until its connection is closed. `break()` breaks its connection.
 * - `{ broken: true }`: the connection breaks.
 * - `{ status, headers, body }`: this answer, once the body has been read.
 *
 * `posts` lists the headers of the actions.
 */
export async function front(next) {
  const it = { posts: [], fault: undefined };

  const server = createServer(async (request, response) => {
    // A browser sends a request again by itself if a connection breaks that it had used before.
    response.setHeader("Connection", "close");
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname.startsWith("/pkg/")) return file(response, path.join(pkg, pathname.slice(5)));
    if (request.method !== "POST") return forward(request, response);
    it.posts.push(request.headers);
    const { fault = {} } = it;
    it.fault = undefined;
    if (fault.hold) {
      it.go = () => forward(request, response);
      it.drain = () => drained(request);
      it.break = () => request.socket.destroy();
      return it.arrived();
    }
    if (fault.broken) return request.socket.destroy();
    if (fault.status === undefined) return forward(request, response);
    return void request.resume().on("end", () => response.writeHead(fault.status, fault.headers).end(fault.body));
  });

  /** Holds the next action back. Returns a promise that resolves once its head is there. */
  it.hold = () => {
    it.fault = { hold: true };
    return (it.held = new Promise((resolve) => (it.arrived = resolve)));
  };

  /** A socket that is not read does not notice its end. */
  async function drained(request) {
    let bytes = 0;
    request.on("data", ({ length }) => (bytes += length)).on("error", () => {});
    await new Promise((resolve) => request.once("close", resolve));
    return bytes;
  }

  function file(response, name) {
    if (!existsSync(name) || !statSync(name).isFile()) return response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": TYPES[path.extname(name)] ?? "application/octet-stream" }).end(readFileSync(name));
  }

  function forward(request, response) {
    const { hostname, port } = new URL(next);
    const { method, url, headers } = request;
    const asked = ask({ hostname, port, method, path: url, headers: { ...headers, connection: "close", "accept-encoding": "identity" } }, (answer) => {
      const { connection, ...rest } = answer.headers;
      response.writeHead(answer.statusCode, rest);
      answer.pipe(response);
    });
    asked.on("error", () => response.destroy());
    response.on("close", () => asked.destroy());
    request.pipe(asked);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  it.url = `http://127.0.0.1:${server.address().port}`;
  it.end = () => {
    server.closeAllConnections();
    server.close();
  };
  return it;
}

/** Starts another origin, which allows everything by CORS. `asked` lists the requests that it got. */
export async function elsewhere() {
  const it = { asked: [] };
  const server = createServer((request, response) => {
    it.asked.push(request.method);
    const { origin = "*" } = request.headers;
    const allowed = { "Access-Control-Allow-Origin": origin, "Access-Control-Allow-Headers": "*, next-action, content-type, next-router-state-tree", "Access-Control-Allow-Methods": "*" };
    response.writeHead(200, { ...allowed, "Content-Type": "text/x-component" });
    request.resume().on("end", () => response.end('0:{"a":"$@1"}\n1:"stolen"\n'));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  it.url = `http://127.0.0.1:${server.address().port}`;
  it.end = () => {
    server.closeAllConnections();
    server.close();
  };
  return it;
}
