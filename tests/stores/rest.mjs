// Answers the HTTP requests of `@upstash/redis` and `@vercel/kv` with a real Redis behind: a thin front, because the
// service itself cannot run here. Must not know a command: it passes each on as it came.
import { createServer } from "node:http";
import { once } from "node:events";
import { createClient } from "redis";

export const TOKEN = "token-of-the-tests";

/** Starts the front for the Redis at `redisUrl`. Gives `{ url, token, requests, stop() }`. */
export async function startRest({ redisUrl }) {
  const client = await createClient({ url: redisUrl }).on("error", () => {}).connect();
  const front = { requests: 0 };
  const server = createServer(async (request, response) => {
    front.requests += 1;
    const answer = (status, body) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return answer(401, { error: "Unauthorized" });
    let text = "";
    for await (const chunk of request) text += chunk;
    const encode = request.headers["upstash-encoding"] === "base64" ? encoded : (reply) => reply;
    const run = async (command) => {
      try {
        return { result: encode(await client.sendCommand(command.map(String))) };
      } catch (error) {
        return { error: error.message };
      }
    };
    const body = JSON.parse(text);
    if (request.url.replace(/\?.*/, "") === "/pipeline") return answer(200, await Promise.all(body.map(run)));
    const result = await run(body);
    answer(result.error === undefined ? 200 : 400, result);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(front, {
    url: `http://127.0.0.1:${server.address().port}`,
    token: TOKEN,
    async stop() {
      server.closeAllConnections();
      server.close();
      client.destroy();
    },
  });
}

/** Returns a reply with its texts in base64, all but `OK`, as the service does. */
function encoded(reply) {
  if (Array.isArray(reply)) return reply.map(encoded);
  return typeof reply === "string" && reply !== "OK" ? Buffer.from(reply).toString("base64") : reply;
}
