// The store in PostgreSQL with each driver that people have, on a real server, and behind PgBouncer.
import assert from "node:assert/strict";
import { sql as drizzleSql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { drizzle as drizzleOverPostgres } from "drizzle-orm/postgres-js";
import pg from "pg";
import postgres from "postgres";
import { idempotent, idempotentRoute } from "../../pkg/server.js";
import { postgresStore, retryConflicts } from "../../pkg/server/postgres.js";
import { diesInside } from "./crash.mjs";
import { startCut } from "./cut.mjs";
import { poolOf } from "./pool.mjs";
import { startPgBouncer, startPostgres } from "./servers.mjs";

const BOUND = 4_096;
const key = { user: "ada", action: "charge", key: "8e03978e" };
const IN_PROGRESS = { digest: "IDEMPOTENCY_IN_PROGRESS" };
const SERIALIZABLE = "-c default_transaction_isolation=serializable";

/** Drivers: each opens `{ client, options, run(sql), begin(fn, level), close }`; `run` gives rows. */
const open = {
  pg(url, options) {
    const pool = poolOf(url, options);
    const begin = async (fn, level = "READ COMMITTED") => {
      const client = await pool.connect();
      client.on("error", () => {});
      try {
        await client.query(`BEGIN ISOLATION LEVEL ${level}`);
        const value = await fn(client, (text) => client.query(text));
        await client.query("COMMIT");
        client.release();
        return value;
      } catch (error) {
        await client.query("ROLLBACK").catch(() => {});
        client.release(true);
        throw error;
      }
    };
    return { client: pool, begin, run: async (text) => (await pool.query(text)).rows, close: () => pool.end() };
  },
  postgres(url, { options, prepare = true } = {}) {
    const connection = options ? { default_transaction_isolation: "serializable" } : {};
    const sql = postgres(url, { connection, prepare, max: 6 });
    const begin = (fn, level = "READ COMMITTED") => sql.begin(`ISOLATION LEVEL ${level}`, (tx) => fn(tx, (text) => tx.unsafe(text)));
    return { client: sql, begin, run: (text) => sql.unsafe(text), close: () => sql.end({ timeout: 1 }) };
  },
  "drizzle over pg"(url, options) {
    const { client: pool, run, close } = open.pg(url, options);
    return drizzleOver(drizzle(pool), run, close);
  },
  "drizzle over postgres"(url, options) {
    const { client: sql, run, close } = open.postgres(url, options);
    return drizzleOver(drizzleOverPostgres(sql), run, close);
  },
};

function drizzleOver(db, run, close) {
  const begin = (fn, level = "READ COMMITTED") =>
    db.transaction((tx) => fn(tx, (text) => tx.execute(drizzleSql.raw(text))), { isolationLevel: level.toLowerCase() });
  return { client: db, options: { sql: drizzleSql }, begin, run, close };
}

const PRISMA = "prisma over pg";
export const drivers = [...Object.keys(open), "pg behind PgBouncer", "postgres behind PgBouncer", PRISMA];

/** Prisma with its adapter for `pg`. */
async function prismaDriver() {
  const { prismaClient } = await import("./prisma.mjs");
  const PrismaClient = await prismaClient();
  const { PrismaPg } = await import("@prisma/adapter-pg");
  return (url, options) => {
    const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url, ...options }) });
    const level = { "READ COMMITTED": "ReadCommitted", SERIALIZABLE: "Serializable" };
    const begin = (fn, name = "READ COMMITTED") =>
      prisma.$transaction((tx) => fn(tx, (text) => tx.$queryRawUnsafe(text)), { isolationLevel: level[name], timeout: 30_000 });
    return { client: prisma, begin, run: (text) => prisma.$queryRawUnsafe(text), close: () => prisma.$disconnect() };
  };
}

export async function start() {
  const server = await startPostgres();
  const bouncer = await startPgBouncer({ postgres: server });
  const rows = [
    ...Object.entries(open).map(([name, connect]) => [name, connect, server.url]),
    ["pg behind PgBouncer", open.pg, bouncer.url],
    // By default `postgres` names its own statements, such as `commit`, which PgBouncer 1.18 does not know.
    ["postgres behind PgBouncer", (url) => open.postgres(url, { prepare: false }), bouncer.url],
    [PRISMA, await prismaDriver(), server.url],
  ];
  const all = [];
  let made = 0;
  const suites = rows.map(([name, connect, url]) => {
    let pair;
    const make = async () => {
      if (!pair) all.push(...(pair = [connect(url), connect(url)]));
      const [one, two] = pair;
      const table = `calls_${(made += 1)}`;
      const options = { table, maxBytes: BOUND };
      const store = postgresStore(one.client, { ...options, ...one.options });
      await store.migrate();
      await one.run(`CREATE TABLE effects_${made} (what text)`);
      const effects = async () => (await two.run(`SELECT what FROM effects_${made} ORDER BY what`)).map(({ what }) => what);
      return {
        store,
        other: postgresStore(two.client, { ...options, ...two.options }),
        evict: (id) => one.run(`DELETE FROM ${table} WHERE id = '${id}'`),
        bound: BOUND, renews: true, ownClock: true, client: one.client, options: one.options, run: one.run, begin: one.begin, table, effects,
        effect: (what) => `INSERT INTO effects_${made} VALUES ('${what}')`,
        second: two,
      };
    };
    const isDirect = !name.includes("PgBouncer");
    return { name, make, cases: [...ofEach, ...inTransactions(server), ...(isDirect ? ofConnections(server, connect) : [])] };
  });
  const stop = async () => {
    await Promise.all(all.map(({ close }) => close()));
    await bouncer.stop();
    await server.stop();
  };
  return { suites, stop };
}

const claim = (token, leaseMs = 60_000) => ({ token, fingerprint: null, leaseMs });

/** Cases of every driver. */
const ofEach = [
  ["processes that start together make the table together, and again", async ({ client, options, run, second, table }) => {
    const name = `app.${table}`;
    await run("CREATE SCHEMA IF NOT EXISTS app");
    const store = postgresStore(client, { table: name, ...options });
    const there = postgresStore(second.client, { table: name, ...second.options });
    await Promise.all(Array.from({ length: 6 }, (_, i) => (i % 2 ? store : there).migrate()));
    await store.migrate();
    assert.equal((await store.claim("a", claim("t"))).state, "claimed");
    assert.equal((await there.claim("a", claim("u"))).state, "running");
    const indexes = await run(`SELECT indexname FROM pg_indexes WHERE schemaname = 'app' AND tablename = '${table}'`);
    assert.equal(indexes.length, 2);
  }],
  ["a table without its index gets it", async ({ client, options, run, table }) => {
    await run("CREATE SCHEMA IF NOT EXISTS app");
    for (const name of [table, `app.${table}_later`]) {
      const store = postgresStore(client, { table: name, ...options });
      await store.migrate();
      await run(`DROP INDEX ${name}_until`);
      await store.migrate();
      await store.migrate();
      const [{ n }] = await run(`SELECT count(*)::int AS n FROM pg_indexes WHERE indexname = '${name.replace("app.", "")}_until'`);
      assert.equal(Number(n), 1);
    }
  }],
  ["a table with the longest name has its index too", async ({ client, options, run, table }) => {
    const name = table.padEnd(63, "x");
    await postgresStore(client, { table: name, ...options }).migrate();
    assert.equal((await run(`SELECT indexname FROM pg_indexes WHERE tablename = '${name}'`)).length, 2);
    assert.throws(() => postgresStore(client, { table: `${name}x`, ...options }), { name: "TypeError", message: /at most 63/ });
  }],
  ["the printed statements make the same table", async ({ client, options, run, table }) => {
    const store = postgresStore(client, { table: `${table}_printed`, ...options });
    for (const statement of store.sql.split(/;\s*/).filter(Boolean)) await run(statement);
    await store.migrate();
    assert.equal((await store.claim("a", claim("t"))).state, "claimed");
  }],
  ["a sweep deletes rows whose time is over, no more than it may, and no others", async ({ store, other, run, table }) => {
    for (let n = 0; n < 12; n += 1) await store.claim(`id${n}`, claim("t"));
    await store.claim("held", claim("t"));
    await run(`UPDATE ${table} SET until = clock_timestamp() - interval '1 hour' WHERE id <> 'held'`);
    assert.equal(await store.sweep(5), 5);
    const both = await Promise.all([store.sweep(5), other.sweep(5)]);
    // A row that the other deletes at this moment is left to it.
    assert(both[0] + both[1] <= 7);
    await store.sweep();
    assert.deepEqual((await run(`SELECT id FROM ${table}`)).map(({ id }) => id), ["held"]);
  }],
];

/** Cases inside of the caller's own transaction. */
function inTransactions(server) {
  return [
    ["effect and record are committed together", async ({ begin, store, effect, effects, other }) => {
      const charge = (run) => async () => (await run(effect("paid")), { paid: true });
      assert.deepEqual(await begin((tx, run) => idempotent(key, charge(run), store.in(tx))), { paid: true });
      assert.deepEqual(await begin((tx, run) => idempotent(key, charge(run), store.in(tx))), { paid: true });
      assert.deepEqual(await idempotent(key, () => assert.fail("ran twice"), other), { paid: true });
      assert.deepEqual(await effects(), ["paid"]);
    }],
    ["a call that fails after its effect leaves neither, and the next runs", async ({ begin, store, effect, effects, run: rows, table }) => {
      const down = new Error("down");
      const fails = begin((tx, run) => idempotent(key, async () => (await run(effect("half")), Promise.reject(down)), store.in(tx)));
      await assert.rejects(fails, (error) => error === down);
      assert.deepEqual([...(await rows(`SELECT id FROM ${table}`))], []);
      // A statement that fails ends the transaction: nothing may be sent in it, and nothing is.
      const broken = begin((tx, run) => idempotent(key, () => run("SELECT 1 / 0"), store.in(tx)));
      await assert.rejects(broken, (error) => /division by zero/.test(`${error.message} ${error.cause?.message}`));
      assert.equal(await begin((tx, run) => idempotent(key, async () => (await run(effect("whole")), 1), store.in(tx))), 1);
      assert.deepEqual(await effects(), ["whole"]);
    }],
    ["while a transaction is open, each other claim is answered at once: it is running", async ({ begin, store, other, second, effect, effects }) => {
      let open;
      const gate = new Promise((resolve) => (open = resolve));
      let began;
      const inside = new Promise((resolve) => (began = resolve));
      const first = begin((tx, run) => idempotent(key, async () => {
        await run(effect("first"));
        began();
        await gate;
        return 1;
      }, store.in(tx)));
      await inside;
      // The gate opens only after both are answered: a claim that waited for the row would hang here.
      await assert.rejects(second.begin((tx) => idempotent(key, () => assert.fail("ran"), other.in(tx))), IN_PROGRESS);
      await assert.rejects(idempotent(key, () => assert.fail("ran"), other), IN_PROGRESS);
      assert.equal((await other.claim("of another", claim("t"))).state, "claimed");
      open();
      assert.equal(await first, 1);
      assert.equal(await second.begin((tx) => idempotent(key, () => assert.fail("ran"), other.in(tx))), 1);
      assert.deepEqual(await effects(), ["first"]);
    }],
    ["a call outside that runs is seen from inside", async ({ store, second, other }) => {
      await store.claim("a", claim("t"));
      assert.deepEqual(await second.begin((tx) => other.in(tx).claim("a", claim("u"))), { state: "running", fingerprint: null });
    }],
    ["of ten transactions at once one takes effect", async ({ begin, store, second, other, effect, effects }) => {
      const ends = await Promise.all(Array.from({ length: 10 }, (_, i) => {
        const [from, of] = i % 2 ? [begin, store] : [second.begin, other];
        return from((tx, run) => idempotent(key, async () => (await run(effect(`of ${i}`)), i), of.in(tx))).catch((error) => error.digest);
      }));
      const done = await effects();
      assert.equal(done.length, 1);
      for (const end of ends) assert([Number(done[0].slice(3)), "IDEMPOTENCY_IN_PROGRESS"].includes(end), String(end));
    }],
    ["serializable transactions that conflict are repeated, and each takes effect once", async ({ begin, store, run: rows, table, effect, effects }) => {
      await rows(`CREATE TABLE ${table}_sum (n int)`);
      await rows(`INSERT INTO ${table}_sum VALUES (0)`);
      let attempts = 0;
      let both;
      const met = new Promise((resolve) => (both = resolve));
      const add = (name) => retryConflicts(() => begin((tx, run) => idempotent({ ...key, key: name }, async () => {
        await run(`SELECT n FROM ${table}_sum`);
        // Both have read before one of them writes: one must be repeated.
        if ((attempts += 1) === 2) both();
        await met;
        await run(`UPDATE ${table}_sum SET n = n + 1`);
        await run(effect(name));
        return name;
      }, store.in(tx)), "SERIALIZABLE"));
      assert.deepEqual(await Promise.all([add("a"), add("b")]), ["a", "b"]);
      assert.equal(attempts, 3);
      assert.deepEqual([(await rows(`SELECT n FROM ${table}_sum`))[0].n, await effects()], [2, ["a", "b"]]);
    }],
    ["a transaction that fails otherwise is not repeated, and one that always conflicts is repeated four times", async ({ begin, run: rows }) => {
      let attempts = 0;
      const fails = (statement) => retryConflicts(() => begin((_, run) => ((attempts += 1), run(statement))));
      await assert.rejects(fails("SELECT 1 / 0"));
      assert.equal(attempts, 1);
      await rows("CREATE OR REPLACE FUNCTION conflict() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE SQLSTATE '40001'; END $$");
      await assert.rejects(fails("SELECT conflict()"));
      assert.equal(attempts, 6);
    }],
    ["a redirect undoes the transaction like any error", async ({ begin, store, effect, effects }) => {
      const away = Object.assign(new Error("of Next"), { digest: "NEXT_REDIRECT;push;/thanks;307;" });
      const redirects = begin((tx, run) => idempotent(key, async () => (await run(effect("paid")), Promise.reject(away)), store.in(tx)));
      await assert.rejects(redirects, (error) => error === away);
      assert.deepEqual(await effects(), []);
    }],
    ["a value that cannot be stored undoes the transaction", async ({ begin, store, effect, effects }) => {
      const url = begin((tx, run) => idempotent(key, async () => (await run(effect("paid")), new URL("http://x")), store.in(tx)));
      await assert.rejects(url, { name: "TypeError", message: /URL/ });
      assert.deepEqual(await effects(), []);
    }],
    ["a route's response is not made inside of a transaction", async ({ begin, store }) => {
      await assert.rejects(begin((tx) => idempotentRoute(key, () => new Response(), store.in(tx))), TypeError);
    }],
    ["a process that is killed inside of its transaction leaves nothing, and the next runs", async ({ begin, store, table, effect, effects }) => {
      await diesInside("transaction", { url: server.url, table, key, effect: effect("dead") }, async () => {
        await assert.rejects(begin((tx) => idempotent(key, () => assert.fail("ran"), store.in(tx))), IN_PROGRESS);
      });
      for (;;) {
        const end = await begin((tx, run) => idempotent(key, async () => (await run(effect("next")), "next"), store.in(tx))).catch((error) => error.digest);
        if (end === "next") break;
        assert.equal(end, "IDEMPOTENCY_IN_PROGRESS");
      }
      assert.deepEqual(await effects(), ["next"]);
    }],
  ];
}

/** Cases with a connection to the server itself. */
function ofConnections(server, connect) {
  return [
    ["an answer that is lost on the way changes nothing: claim, finish and call end as without", async ({ table, other }) => {
      const cut = await startCut(server);
      const driver = connect(`postgres://postgres@127.0.0.1:${cut.port}/postgres`, { max: 1 });
      const store = postgresStore(driver.client, { table, ...driver.options });
      await store.renew("warm", "t", 1);
      cut.loseNextAnswer();
      assert.deepEqual(await store.claim("a", claim("t")), { state: "claimed" });
      assert.equal((await other.claim("a", claim("u"))).state, "running");
      cut.loseNextAnswer();
      assert.equal(await store.finish("a", { token: "t", fingerprint: null, record: { type: "value", value: 7 }, ttlMs: 60_000 }), true);
      assert.deepEqual((await other.claim("a", claim("u"))).record, { type: "value", value: 7 });
      assert.equal(await idempotent(key, () => (cut.loseNextAnswer(), "paid"), store), "paid");
      assert.equal(cut.lost, 3);
      await driver.close();
      cut.stop();
    }],
    ["a pool that has no connection free in time is asked again: the result is stored", async ({ table, other }) => {
      const pool = poolOf(server.url, { max: 1, connectionTimeoutMillis: 200 });
      const refused = [];
      let held;
      const query = (...args) => pool.query(...args).catch((error) => {
        refused.push(error.message);
        held?.release();
        held = undefined;
        throw error;
      });
      const store = postgresStore({ query }, { table });
      assert.equal(await idempotent(key, async () => ((held = await pool.connect()), "paid"), store), "paid");
      assert(refused.includes("timeout exceeded when trying to connect"), refused.join());
      assert.equal(await idempotent(key, () => assert.fail("ran twice"), other), "paid");
      await pool.end();
    }],
    ["a statement that is answered too late for its pool is repeated: the result is stored", async ({ table, other }) => {
      const pool = poolOf(server.url, { query_timeout: 500 });
      const free = new pg.Client({ connectionString: server.url });
      await free.connect();
      const refused = [];
      const query = (...args) => pool.query(...args).catch(async (error) => {
        refused.push(error.message);
        await free.query("ROLLBACK");
        throw error;
      });
      const store = postgresStore({ query }, { table });
      const charge = async () => (await free.query("BEGIN"), await free.query(`LOCK TABLE ${table}`), "paid");
      assert.equal(await idempotent(key, charge, store), "paid");
      assert(refused.includes("Query read timeout"), refused.join());
      assert.equal(await idempotent(key, () => assert.fail("ran twice"), other), "paid");
      await pool.end();
      await free.end();
    }],
    ["a client that its owner has closed is not asked again", async ({ table }) => {
      const driver = connect(server.url);
      let asked = 0;
      const counted = (member) => (typeof member !== "function" ? member : (...args) => ((asked += 1), member.apply(driver.client, args)));
      const client = new Proxy(driver.client, { get: (target, name) => counted(target[name]) });
      const store = postgresStore(client, { table, ...driver.options });
      await driver.close();
      await store.claim("a", claim("t")).catch(() => {}); // Prisma connects again
      assert.equal(asked, 1);
    }],
    ["a server that crashes while a call runs has kept the claim, and takes the result afterwards", async ({ store, other }) => {
      let runs = 0;
      const charge = async () => {
        runs += 1;
        await server.restart();
        await assert.rejects(idempotent(key, charge, other), IN_PROGRESS);
        return "paid";
      };
      assert.equal(await idempotent(key, charge, store), "paid");
      assert.equal(await idempotent(key, charge, other), "paid");
      assert.equal(runs, 1);
    }],
    ["a process that is killed while its call runs leaves a claim, which ends with its lease", async ({ table, other }) => {
      await diesInside("postgres", { url: server.url, table, key, leaseMs: 1_000 }, async () => {
        await assert.rejects(idempotent(key, () => "early", other), IN_PROGRESS);
      });
      for (;;) {
        const end = await idempotent(key, () => "second", other).catch((error) => error.digest);
        if (end === "second") break;
        assert.equal(end, IN_PROGRESS.digest);
      }
    }],
    ["where every transaction is serializable, claims that conflict are repeated: one of thirty is granted", async ({ table }) => {
      const driver = connect(server.url, { options: SERIALIZABLE });
      const store = postgresStore(driver.client, { table, ...driver.options });
      const states = await Promise.all(Array.from({ length: 30 }, (_, i) => store.claim("s", claim(`t${i}`))));
      assert.deepEqual(states.map(({ state }) => state).sort(), ["claimed", ...Array(29).fill("running")]);
      await driver.close();
    }],
  ];
}
