// Starts processes of the app's server, ends them without warning, and starts them again. Knows no store and no test.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { until } from "../next/shared/browser.mjs";
import { freePort } from "../next/shared/ports.mjs";

const DRIVERS = fileURLToPath(new URL("package.json", import.meta.url));

/** Starts a server of the app in `dir`. Promises it when it answers. `env` names its store, `program` its Node.js. */
export async function startServer(dir, env, program = process.execPath) {
  const port = await freePort();
  const all = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", DRIVERS, ...env };
  delete all.NODE_ENV;
  const args = ["node_modules/.bin/next", "start", "-p", String(port), "-H", "127.0.0.1"];
  const child = spawn(program, args, { cwd: dir, env: all, stdio: ["ignore", "pipe", "pipe"] });
  const log = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => log.push(String(data)));
  const ended = once(child, "exit");
  const server = {
    port,
    url: `http://127.0.0.1:${port}`,
    log,
    /** Ends the process at once, in the middle of its work. */
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
  try {
    const answers = until(async () => (await fetch(`${server.url}/api/state`)).ok, 60_000);
    answers.catch(() => {}); // it goes on after the process has ended
    const dies = ended.then(([code]) => Promise.reject(new Error(`exit ${code}`)));
    dies.catch(() => {});
    await Promise.race([answers, dies]);
  } catch (error) {
    await server.kill();
    throw new Error(`next start: ${error.message}\n${log.join("").slice(-2_000)}`);
  }
  return server;
}

/**
 * Starts `count` servers. `envOf(name)` is the environment of the server of that name: `"2.5"` is the fifth process in
 * the third place.
 */
export async function startFleet(dir, count, envOf, program) {
  const places = Array.from({ length: count }, () => ({ server: undefined, started: 0 }));
  const killed = new Set();
  const starting = new Set();
  let over = false;

  async function start(place) {
    const name = `${places.indexOf(place)}.${(place.started += 1)}`;
    const server = await startServer(dir, { SERVER: name, ...envOf(name) }, program);
    if (over) return server.kill();
    place.server = Object.assign(server, { name });
  }

  await Promise.all(places.map(start));
  return {
    /** Names of all processes that were killed. */
    killed,
    /** Returns the servers that run. */
    running: () => places.flatMap(({ server }) => server ?? []),
    /** Ends the server of this name without warning, and begins to start another in its place. */
    async kill(name) {
      const place = places.find(({ server }) => server?.name === name);
      if (!place) return;
      const { server } = place;
      place.server = undefined;
      killed.add(name);
      await server.kill();
      const started = start(place).finally(() => starting.delete(started));
      starting.add(started);
      started.catch(({ message }) => console.error(message));
    },
    async end() {
      over = true;
      await Promise.allSettled([...starting]);
      await Promise.all(places.map(({ server }) => server?.kill()));
    },
  };
}
