// Finds ports for servers of this machine. Starts none.
import { createServer } from "node:net";

/** The distance from a node's port to the one on which the other nodes of its cluster reach it. */
const BUS = 10_000;

/**
 * Draws a port out of `count`. They are below those that systems give to connections (from 32 768 on, on Linux): a port
 * among these that is free now may be taken a moment later.
 */
const draw = (count) => 12_000 + Math.floor(Math.random() * count);

/** Promises a free port for a node of a cluster, of which the port of its bus is free, too. */
export async function freePortOfNode(candidate = () => draw(10_000)) {
  for (;;) {
    const port = await freePort(candidate);
    if (await isFree(port + BUS)) return port;
  }
}

/** Promises a free port for a server. */
export async function freePort(candidate = () => draw(20_000)) {
  for (;;) {
    const port = candidate();
    if (await isFree(port)) return port;
  }
}

/** Takes a port, and leaves it. Promises false if another program has it. */
function isFree(port) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error) => (error.code === "EADDRINUSE" ? resolve(false) : reject(error)));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
