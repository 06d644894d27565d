// Passes a connection on to a real server, and loses answers on demand: the server has done what it was asked, and the
// client cannot know. Must not read what it passes on.
import { once } from "node:events";
import { connect, createServer } from "node:net";

/** Starts the wire to `port`. `loseNextAnswer()` ends the connection of the next answer instead of passing it on. */
export async function startCut({ port }) {
  let isArmed = false;
  const open = new Set();
  const cut = { lost: 0 };
  const server = createServer((client) => {
    const behind = connect(port, "127.0.0.1");
    for (const socket of [client, behind]) {
      open.add(socket);
      socket.on("error", () => {}).on("close", () => (open.delete(socket), client.destroy(), behind.destroy()));
    }
    client.pipe(behind);
    behind.on("data", (chunk) => {
      if (!isArmed) return client.write(chunk);
      isArmed = false;
      cut.lost += 1;
      client.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(cut, {
    port: server.address().port,
    loseNextAnswer: () => (isArmed = true),
    stop() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  });
}
