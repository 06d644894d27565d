// Makes the store that the environment names: STORE is its kind, and STORE_URL its address or file.
import { postgresStore } from "actionlane/server/postgres";
import { redisStore } from "actionlane/server/redis";
import { sqliteStore } from "actionlane/server/sqlite";
import { driver } from "./drivers";

/** Promises `{ store, pool }`; a pool only with PostgreSQL, and nothing for the kind `none`. */
export async function openStore(kind = process.env.STORE, url = process.env.STORE_URL) {
  if (kind === "redis") {
    const client = driver("redis").createClient({ url });
    client.on("error", ({ message }) => console.error(`redis: ${message}`));
    return { store: redisStore(await client.connect()) };
  }
  if (kind === "sqlite") {
    const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
    const db = new DatabaseSync(url);
    db.exec("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL");
    return { store: sqliteStore(db) };
  }
  if (kind === "none") return {};
  const pool = new (driver("pg").Pool)({ connectionString: url, max: 10, application_name: process.env.SERVER });
  // A pool tells of idle connections that the server has ended, and takes others.
  pool.on("error", ({ message }) => console.error(`postgres: ${message}`));
  return { store: postgresStore(pool), pool };
}
