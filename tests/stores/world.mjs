// Is the world outside of the app's servers: a service that effects are asked of, and that outlives them. Each test
// says what it does. Knows no store.
import { once } from "node:events";
import { createServer } from "node:http";

/**
 * Starts the service. `does` has a function for each name in the path; it gets the body, read as JSON, and the headers,
 * and promises the answer, also a whole `Response`. The asking process may be gone by then.
 */
export async function startWorld(does) {
  const server = createServer(async (request, response) => {
    try {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const given = await does[request.url.slice(1)](JSON.parse(Buffer.concat(chunks)), request.headers);
      const answer = given instanceof Response ? given : Response.json(given ?? null);
      const body = Buffer.from(await answer.arrayBuffer());
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(body);
    } catch (error) {
      if (!response.destroyed) response.writeHead(500).end(String(error));
    }
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
