// Starts processes of the app's server, ends them without warning, and starts them again. Knows no store and no test.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { until } from "../next/shared/browser.mjs";

const DRIVERS = fileURLToPath(new URL("package.json", import.meta.url));

export const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/** Starts a server of the app in `dir`. Promises it when it answers. `env` names its store. */
export async function startServer(dir, env, port) {
  port ??= await freePort();
  const all = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", DRIVERS, ...env };
  delete all.NODE_ENV;
  const args = ["node_modules/.bin/next", "start", "-p", String(port), "-H", "127.0.0.1"];
  const child = spawn(process.execPath, args, { cwd: dir, env: all, stdio: ["ignore", "pipe", "pipe"] });
  const log = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => log.push(String(data)));
  const ended = once(child, "exit");
  const server = {
    port,
    url: `http://127.0.0.1:${port}`,
    log,
    /** Ends the process at once, in whatever it does. */
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`exit ${child.exitCode}`);
      return (await fetch(`${server.url}/api/state`)).ok;
    }, 60_000);
  } catch (error) {
    await server.kill();
    throw new Error(`next start: ${error.message}\n${log.join("").slice(-2_000)}`);
  }
  return server;
}
