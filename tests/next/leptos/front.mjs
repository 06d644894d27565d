// Serves the page of `examples/leptos-checkout` in front of a Next server, on one origin: actions go to the page's own
// origin only. Breaks the connection of an action when asked to. Knows no check.
//
// On one's own server the files are in `public/` of the Next app, and `rewrites()` leads the page's paths to its HTML.
import { existsSync, readFileSync } from "node:fs";
import { createServer, request as ask } from "node:http";
import path from "node:path";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };

/** Paths of the page's router: each of them is its HTML. */
const PAGES = ["/checkout", "/login"];

/**
 * Starts it. `site`: the directory of files, `html`: the page. `actions` names ids.
 *
 * `requests` lists the requests of actions: their name, key, and if they are `open` or `gone` before an answer.
 * `documents` lists the pages that were loaded. `hidden` holds paths that are not found. `fault(name, way)` breaks the
 * next request of an action: "lose" runs it and drops the answer, "swallow" never answers.
 */
export async function front({ site, html, actions, next }) {
  const faults = [];
  const it = { requests: [], documents: [], hidden: new Set(), fault: (name, way) => faults.push({ name, way }) };

  const serve = (request, response) => {
    // A browser sends a request again by itself if a connection breaks that it had used before.
    response.setHeader("Connection", "close");
    const { pathname } = new URL(request.url, "http://localhost");
    const action = request.headers["next-action"];
    if (action !== undefined) return act(request, response, action);
    if (it.hidden.has(pathname)) return response.writeHead(404).end("hidden");
    if (PAGES.includes(pathname)) {
      it.documents.push(pathname);
      return file(response, html);
    }
    const found = path.join(site, path.basename(pathname));
    if (pathname === "/actions.json" || (pathname.startsWith("/leptos/") && existsSync(found))) return file(response, found);
    forward(request, response);
  };

  const act = (request, response, id) => {
    const name = Object.keys(actions).find((name) => actions[name] === id) ?? id;
    const noted = { name, key: request.headers["idempotency-key"], state: "open" };
    it.requests.push(noted);
    response.on("close", () => (noted.state = response.writableFinished ? "answered" : "gone"));
    const at = faults.findIndex((fault) => fault.name === name);
    const way = at < 0 ? undefined : faults.splice(at, 1)[0].way;
    if (way === "swallow") request.resume();
    else forward(request, response, way === "lose");
  };

  const forward = (request, response, lose = false) => {
    const { hostname, port } = new URL(next);
    const { method, url, headers } = request;
    const asked = ask({ hostname, port, method, path: url, headers: { ...headers, connection: "close" } }, (answer) => {
      if (lose) return void answer.resume().on("end", () => request.socket.destroy());
      const { connection, ...rest } = answer.headers;
      response.writeHead(answer.statusCode, rest);
      answer.pipe(response);
    });
    asked.on("error", () => response.destroy());
    response.on("close", () => asked.destroy());
    request.pipe(asked);
  };

  const server = createServer(serve);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  it.url = `http://127.0.0.1:${server.address().port}`;
  it.reset = () => {
    for (const list of [it.requests, it.documents, faults]) list.splice(0);
    it.hidden.clear();
  };
  it.end = () => {
    server.closeAllConnections();
    server.close();
  };
  return it;
}

function file(response, name) {
  response.setHeader("Content-Type", TYPES[path.extname(name)] ?? "application/octet-stream");
  response.end(readFileSync(name));
}
