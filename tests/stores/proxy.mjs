// Stands between browsers and the servers of the app: takes the servers in turns, and does to requests of actions what
// a network may do. Must not change a request or an answer that it lets through.
import { once } from "node:events";
import { createServer, request as send } from "node:http";

/** Faults before an action runs; it then does not run. */
export const BEFORE = ["cut", "refuse"];
/** Faults after it has run: the browser cannot know. */
export const AFTER = ["cut", "refuse", "truncate"];

/**
 * Starts a proxy. `running()` returns the servers. `plan(request)` returns the faults of one request of an action:
 * `before` and `after`, each a fault's name; `after` may be a function that promises one, once the server has
 * answered and before the browser gets anything.
 */
export async function startProxy({ running, plan = () => ({}) }) {
  let turn = 0;

  async function handle(request, response) {
    const body = await bodyOf(request);
    const { before, after } = request.headers["next-action"] ? plan(request) : {};
    if (before) return fail(response, before);
    const answer = await forward(request, body);
    const fault = typeof after === "function" ? await after(answer?.server) : after;
    if (!answer) return fail(response, "refuse");
    if (fault) return fail(response, fault, answer);
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  }

  /** Promises the answer of the server whose turn it is, of another if that one does not listen, or nothing. */
  async function forward(request, body) {
    for (let tries = 0; tries < 8; tries += 1) {
      const servers = running();
      const server = servers[(turn += 1) % servers.length];
      if (!server) return undefined;
      try {
        return { server, ...(await exchange(server.port, request, body)) };
      } catch (error) {
        if (error.code !== "ECONNREFUSED") return undefined; // it may have run
      }
    }
    return undefined;
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    end() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function fail(response, fault, answer) {
  if (fault === "refuse") {
    response.writeHead(503, { "content-type": "text/plain" });
    return response.end("a fault on purpose");
  }
  if (fault === "truncate") {
    response.writeHead(answer.status, answer.headers);
    return response.write(answer.body.subarray(0, answer.body.length >> 1), () => response.destroy());
  }
  return response.destroy();
}

/** Promises the whole answer of one server. Rejects if it ends before. */
function exchange(port, { method, url, headers }, body) {
  return new Promise((resolve, reject) => {
    const out = send({ host: "127.0.0.1", port, method, path: url, headers, agent: false }, (answer) => {
      answer.on("error", reject);
      bodyOf(answer).then((body) => resolve({ status: answer.statusCode, headers: headersOf(answer), body }), reject);
    });
    out.on("error", reject);
    out.end(body);
  });
}

/** Returns the headers of an answer, without those of the connection. */
function headersOf({ rawHeaders }) {
  const pairs = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1]]] : []));
  return pairs.filter(([name]) => !["connection", "keep-alive", "transfer-encoding"].includes(name.toLowerCase())).flat();
}

async function bodyOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
