// Tests what the tests of stores take from this machine: free ports for servers.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { freePort, freePortOfNode } from "../next/shared/ports.mjs";

export const drivers = ["ports of this machine"];

export async function start() {
  return { suites: [{ name: drivers[0], isAlone: true, make: () => ({}), cases }], stop: async () => {} };
}

/** Listens on a port while `act` runs. */
async function holding(port, act) {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  try {
    return await act();
  } finally {
    server.close();
  }
}

const cases = [
  ["a node of a cluster gets another port if its own or that of its bus is taken", async () => {
    const [first, second, third] = [await freePortOfNode(), await freePortOfNode(), await freePortOfNode()];
    const candidates = [first, second, third];
    const got = await holding(first, () => holding(second + 10_000, () => freePortOfNode(() => candidates.shift())));
    assert.equal(got, third);
  }],
  ["a server gets another port if the first is taken", async () => {
    const candidates = [await freePort(), await freePort()];
    const [first, second] = candidates;
    assert.equal(await holding(first, () => freePort(() => candidates.shift())), second);
  }],
  ["all of them are below those of connections", async () => {
    for (let n = 0; n < 100; n += 1) {
      assert.ok((await freePort()) < 32_768);
      assert.ok((await freePortOfNode()) + 10_000 < 32_768);
    }
  }],
];
