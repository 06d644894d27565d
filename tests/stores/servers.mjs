// Starts and stops the real servers of the stores: Redis or Valkey, PostgreSQL, PgBouncer. Each runs on a free port of
// 127.0.0.1, with its data in a temporary directory that is removed at the end. Must not use a server of the machine.
import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort, freePortOfNode } from "../next/shared/ports.mjs";

/** Programs that run, and what ends them, for a test that ends without `stop`. */
const running = new Set();
process.on("exit", () => {
  for (const { child, dir } of running) {
    child.kill("SIGKILL");
    rmSync(dir, { recursive: true, force: true });
  }
});

/**
 * Starts Redis. `appendfsync`: `"always"` writes each command to the disk before it is answered, as does nothing else;
 * default `"no"`, without a file. `args`: further settings. `restart()` kills it and starts it again with its data.
 */
export async function startRedis({ port, appendfsync = "no", args = [] } = {}) {
  const program = find(["redis-server", "valkey-server"], ["/usr/bin", "/usr/local/bin"]);
  const at = port ?? (await freePort());
  const dir = mkdtempSync(path.join(tmpdir(), "actionlane-redis-"));
  const file = appendfsync === "no" ? ["--appendonly", "no"] : ["--appendonly", "yes", "--appendfsync", appendfsync];
  const all = ["--port", String(at), "--bind", "127.0.0.1", "--dir", dir, "--save", "", ...file, ...args];
  return server({ program, args: all, dir, ready: /Ready to accept connections/, url: `redis://127.0.0.1:${at}`, port: at, end: "SIGTERM", kill: "SIGKILL" });
}

/** Starts a cluster of three nodes of Redis. Gives their `urls` instead of a `url`. */
export async function startRedisCluster() {
  const timeout = ["--cluster-enabled", "yes", "--cluster-node-timeout", "5000"];
  const nodes = [];
  for (let n = 0; n < 3; n += 1) nodes.push(await startRedis({ port: await freePortOfNode(), args: timeout }));
  const cli = (node, ...args) => execFileSync("redis-cli", ["-p", String(node.port), ...args], { encoding: "utf8" });
  for (const [n, node] of nodes.entries()) cli(node, "CLUSTER", "ADDSLOTSRANGE", ...[["0", "5460"], ["5461", "10922"], ["10923", "16383"]][n]);
  for (const node of nodes.slice(1)) cli(nodes[0], "CLUSTER", "MEET", "127.0.0.1", String(node.port));
  const isWhole = (node) => cli(node, "CLUSTER", "INFO").includes("cluster_state:ok") && cli(node, "CLUSTER", "NODES").trim().split("\n").length === 3;
  while (!nodes.every(isWhole)) await new Promise((resolve) => setTimeout(resolve, 50));
  return { urls: nodes.map(({ url }) => url), stop: () => Promise.all(nodes.map((node) => node.stop())) };
}

/** Starts PostgreSQL with a new cluster, as it comes. `restart()` ends it as a crash does, and starts it again. */
export async function startPostgres({ args = [] } = {}) {
  const bins = existsSync("/usr/lib/postgresql") ? readdirSync("/usr/lib/postgresql").sort().reverse() : [];
  const program = find(["postgres"], [...bins.map((version) => `/usr/lib/postgresql/${version}/bin`), "/usr/local/bin", "/usr/bin"]);
  const user = notRoot();
  const port = await freePort();
  const dir = directoryOf("actionlane-postgres-", user);
  const data = path.join(dir, "data");
  const initdb = path.join(path.dirname(program), "initdb");
  execFileSync(initdb, ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"], { ...user, cwd: dir, stdio: "pipe" });
  const all = ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", dir, ...args];
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  return server({ program, args: all, dir, user, ready: /ready to accept connections/, url, port, end: "SIGINT", kill: "SIGQUIT" });
}

/** Starts PgBouncer in front of a server of `startPostgres`, by default one of its own, with transaction pooling. */
export async function startPgBouncer({ postgres } = {}) {
  const program = find(["pgbouncer"], ["/usr/sbin", "/usr/local/bin", "/usr/bin"]);
  const behind = postgres ?? (await startPostgres());
  const user = notRoot();
  const port = await freePort();
  const dir = directoryOf("actionlane-pgbouncer-", user);
  const settings = path.join(dir, "pgbouncer.ini");
  writeFileSync(settings, `[databases]
postgres = host=127.0.0.1 port=${behind.port} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 4
ignore_startup_parameters = extra_float_digits
`);
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const bouncer = await server({ program, args: [settings], dir, user, ready: /process up/, url, port, end: "SIGTERM", kill: "SIGKILL" });
  const stop = async () => {
    await bouncer.stop();
    if (!postgres) await behind.stop();
  };
  return { ...bouncer, stop };
}

/** Starts a program and waits until its log says that it is ready. */
async function server({ program, args, dir, user, ready, url, port, end, kill }) {
  const process = { dir, child: undefined };
  const start = () => new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...user, cwd: dir, stdio: ["ignore", "pipe", "pipe"] });
    process.child = child;
    let log = "";
    const read = (chunk) => {
      if (log.length > 100_000) return;
      log += chunk;
      if (ready.test(log)) resolve();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${path.basename(program)} ended with ${code}:\n${log.slice(-2_000)}`)));
  });
  const halt = (signal) => new Promise((resolve) => {
    if (process.child.exitCode !== null || process.child.signalCode !== null) return resolve();
    process.child.once("exit", resolve);
    process.child.kill(signal);
  });
  running.add(process);
  await start();
  return {
    url,
    port,
    get pid() {
      return process.child.pid;
    },
    /** Ends it as a crash does, by default, and starts it again with the same data. */
    async restart(signal = kill) {
      await halt(signal);
      await start();
    },
    async stop() {
      await halt(end);
      running.delete(process);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Returns the path of the first program that is there. */
function find(names, dirs) {
  for (const dir of dirs) {
    for (const name of names) if (existsSync(path.join(dir, name))) return path.join(dir, name);
  }
  throw new Error(`${names.join(" or ")} is not installed: on Debian, apt-get install redis-server postgresql pgbouncer`);
}

/** PostgreSQL and PgBouncer refuse to run as root: the user that Debian's package makes runs them. */
function notRoot() {
  if (process.getuid?.() !== 0) return {};
  const id = (kind) => Number(execFileSync("id", [kind, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

function directoryOf(prefix, { uid, gid }) {
  const dir = mkdtempSync(path.join(tmpdir(), prefix));
  if (uid !== undefined) chownSync(dir, uid, gid);
  return dir;
}
