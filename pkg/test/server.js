// Starts a server on loopback that answers actions as a test wants, and records its requests.
import { createServer } from "node:http";
import { once } from "node:events";

export const ID = "7f".padEnd(42, "0");

/** `answer(request, response, body)` answers one request; the default answers with the request's body as a string. */
export async function serve(answer = echo) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    requests.push({ method: request.method, url: request.url, headers: request.headers, body });
    await answer(request, response, body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${server.address().port}/`;
  return { url, requests, close: () => (server.closeAllConnections(), server.close()) };
}

export function echo(_request, response, body) {
  flight(response, JSON.stringify(body));
}

/** Sends a whole answer whose value is this model. */
export function flight(response, model, headers = {}) {
  response.writeHead(200, { "content-type": "text/x-component", ...headers });
  response.end(`0:{"a":"$@1","q":"","i":false}\n1:${model}\n`);
}

/** Makes a gate for a server's answers: `opened` resolves once `open()` has been called. */
export function makeGate() {
  const gate = {};
  gate.opened = new Promise((resolve) => (gate.open = resolve));
  return gate;
}

export async function until(condition) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Waits until the rest of the answer has been read. */
export async function over(call) {
  while (call.state !== "done") await new Promise((resolve) => setTimeout(resolve, 1));
}
