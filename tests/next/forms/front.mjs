// Stands before the server of the app, and serves its pages in three ways: as they are ("react"), without React's
// scripts and with ours ("ours"), without any script ("native"), or with the scripts of both. Breaks answers when asked
// to. Knows no check.
import { existsSync, readFileSync } from "node:fs";
import { createServer, request as ask } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";

const dist = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../../pkg/dist");
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };

/** The one line that a page needs. */
export const OURS = '<script src="/actionlane/actionlane.js" data-forms></script>';

/** Notes the events of forms. It stays when the page is refreshed. */
const NOTES = `<script>
  window.noted = [];
  window.uncaught = [];
  addEventListener("error", ({ message }) => uncaught.push(message));
  addEventListener("unhandledrejection", ({ reason }) => uncaught.push(String(reason)));
  addEventListener("actionlane:bound", () => (document.documentElement.dataset.bound = "yes"));
  for (const name of ["submit", "result", "error", "refresh"]) addEventListener("actionlane:" + name, ({ target, detail }) => {
    noted.push({ name, form: target.id ?? "", ...(name === "result" && { value: detail.value }), ...(name === "error" && { code: detail.error.code, sent: detail.error.sent }) });
  }, true);
</script>`;

/**
 * Starts it. `way` is one of these, or "both". `scripts` stands in the head of pages of "ours". `change` is given each
 * page, and returns it; `csp` is its policy. `posts` lists the submissions: `by` is "action" for one with the header of
 * an action, else "form". `open` counts the requests without an answer. `fault` answers the next submission:
 * `{ status, type, body }`, or "lose". `cut` breaks the connections of all submissions. `missing` matches files of the
 * package that are not found.
 */
export async function front(next) {
  const posting = new Set();
  const it = { open: 0, cut: () => posting.forEach((socket) => socket.destroy()) };
  it.reset = (way) => Object.assign(it, { way, scripts: OURS, change: (page) => page, posts: [], fault: undefined, missing: undefined, csp: undefined });
  it.reset("react");

  const serve = (request, response) => {
    // A browser sends a request again by itself if a connection breaks that it had used before.
    response.setHeader("Connection", "close");
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname === "/blank") return blank(response);
    if (pathname.startsWith("/actionlane/")) return ours(response, path.basename(pathname));
    if (pathname.startsWith("/api/")) return forward(request, response);
    it.open += 1;
    response.on("close", () => (it.open -= 1));
    if (request.method !== "POST") return forward(request, response);
    posting.add(request.socket);
    response.on("close", () => posting.delete(request.socket));
    it.posts.push({ by: request.headers["next-action"] === undefined ? "form" : "action", path: request.url, key: request.headers["idempotency-key"] });
    const { fault } = it;
    it.fault = undefined;
    if (fault === undefined) return forward(request, response);
    if (fault === "lose") return void request.resume().on("end", () => request.socket.destroy());
    request.resume().on("end", () => response.writeHead(fault.status, { "Content-Type": fault.type }).end(fault.body));
  };

  /** Serves an empty page without cookies. */
  const blank = (response) => {
    const gone = ["flavour", "hidden"].map((name) => `${name}=; Path=/; Max-Age=0`);
    response.writeHead(200, { "Content-Type": "text/html", "Set-Cookie": gone }).end("<!doctype html><title>blank</title><link rel=icon href=data:,>");
  };

  const ours = (response, name) => {
    const file = path.join(dist, name);
    if (it.missing?.test(name) || !existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": TYPES[path.extname(name)] ?? "application/octet-stream" }).end(readFileSync(file));
  };

  const forward = (request, response) => {
    const { hostname, port } = new URL(next);
    const { method, url, headers } = request;
    const asked = ask({ hostname, port, method, path: url, headers: { ...headers, connection: "close", "accept-encoding": "identity" } }, (answer) => {
      const { connection, ...rest } = answer.headers;
      if (!/^text\/html/.test(rest["content-type"]) || it.way === "react") {
        response.writeHead(answer.statusCode, rest);
        return answer.pipe(response);
      }
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => {
        const { "content-length": _, "transfer-encoding": __, ...head } = rest;
        if (it.csp) head["content-security-policy"] = it.csp;
        response.writeHead(answer.statusCode, head).end(it.change(page(String(Buffer.concat(parts)))));
      });
      answer.on("error", () => response.destroy());
    });
    asked.on("error", () => response.destroy());
    response.on("close", () => asked.destroy());
    request.pipe(asked);
  };

  const page = (html) => {
    const bare = it.way === "both" ? html : html.replace(/<script\b[^>]*>[^]*?<\/script>|<link\b[^>]*as="script"[^>]*>/g, "");
    return it.way !== "native" ? bare.replace("<head>", `<head>${NOTES}${it.scripts}`) : bare;
  };

  const server = createServer(serve);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  it.url = `http://127.0.0.1:${server.address().port}`;
  it.end = () => {
    server.closeAllConnections();
    server.close();
  };
  return it;
}
