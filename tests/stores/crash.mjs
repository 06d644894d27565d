// A process that is killed while its call runs. Run as a program, it makes the call and never ends it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { idempotent } from "../../pkg/server.js";

/** Starts a process, waits until its `fn` runs, does `meanwhile()`, and kills it. `kind` is the store's. */
export async function diesInside(kind, options, meanwhile) {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), kind, JSON.stringify(options)], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    await Promise.race([once(child.stdout, "data"), once(child, "exit").then(([code]) => Promise.reject(new Error(`ended with ${code}`)))]);
    await meanwhile?.();
  } finally {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
}

/** The stores that the process can open. Each calls `work(store)`. */
const OPEN = {
  async redis({ url, prefix }, work) {
    const { createClient } = await import("redis");
    const { redisStore } = await import("../../pkg/server/redis.js");
    await work(redisStore(await createClient({ url }).connect(), { prefix }));
  },
  async postgres({ url, table }, work) {
    const { default: pg } = await import("pg");
    const { postgresStore } = await import("../../pkg/server/postgres.js");
    await work(postgresStore(new pg.Pool({ connectionString: url }), { table }));
  },
  async transaction({ url, table, effect }, work) {
    const { default: postgres } = await import("postgres");
    const { postgresStore } = await import("../../pkg/server/postgres.js");
    const sql = postgres(url);
    const store = postgresStore(sql, { table });
    await sql.begin((tx) => work(store.in(tx), () => tx.unsafe(effect)));
  },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , kind, text] = process.argv;
  const options = JSON.parse(text);
  await OPEN[kind](options, (store, effect) => idempotent(options.key, async () => {
    await effect?.();
    process.stdout.write("runs\n");
    return new Promise(() => setInterval(() => {}, 1_000));
  }, store, { leaseMs: options.leaseMs }));
}
