// Runs the action of docs/correlation.md on PostgreSQL, called from Chromium, and follows one id from the request of
// the browser to the log of the server and to the statement in the database:
//
//   node correlation.mjs [--built] [--out DIR]
//
// The last lines are `pass N` and `fail N`.
import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import { browse, until } from "../next/shared/browser.mjs";
import { finish, judge, perform } from "../next/shared/tally.mjs";
import { OPTIONS, build } from "./build.mjs";
import { startServer } from "./fleet.mjs";
import { poolOf } from "./pool.mjs";
import { startProxy } from "./proxy.mjs";
import { startPostgres } from "./servers.mjs";

const { values } = parseArgs({
  options: OPTIONS,
});
const ends = [];
const ending = (it, how = "end") => {
  ends.unshift(() => it[how]());
  return it;
};

try {
  const dir = build(values);
  const database = ending(await startPostgres(), "stop");
  const pool = ending(poolOf(database.url));
  const { postgresStore } = await import("../../pkg/server/postgres.js");
  await postgresStore(pool).migrate();
  await pool.query("CREATE TABLE orders (number serial PRIMARY KEY, sku text NOT NULL)");
  const server = ending(await startServer(dir, { STORE: "postgres", STORE_URL: database.url, SERVER: "1" }), "kill");
  const requests = [];
  const proxy = ending(await startProxy({ running: () => [server], plan: ({ headers }) => (requests.push(headers), {}) }));
  const tab = ending(await browse());
  await tab.open(proxy.url);
  await tab.until(async () => window.stores !== undefined);

  /** Calls the action once, and returns the headers that came, the line of the log, and the statement as it ran. */
  async function insert(trace) {
    requests.length = 0;
    await tab.run(async (trace) => window.stores.createDispatcher({ trace }).call(window.stores.refs.insertOrder, ["book"]), trace);
    const [headers] = requests;
    const last = "SELECT query FROM pg_stat_activity WHERE query LIKE 'INSERT INTO orders%' ORDER BY query_start DESC LIMIT 1";
    const { query } = (await pool.query(last)).rows[0];
    const [, id] = /request_id='([^']*)'/.exec(query);
    const line = await until(() => server.log.join("").split("\n").find((line) => line.includes(`"${decodeURIComponent(id)}"`)));
    return { headers, query, line: JSON.parse(line) };
  }

  await perform("the browser's id is in the log and in the statement that the database shows", async () => {
    const { headers, query, line } = await insert({ requestId: true, traceparent: true });
    const id = headers["x-request-id"];
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.equal(line.request, id);
    assert.equal(query, `INSERT INTO orders (sku) VALUES ($1) RETURNING number /*action='placeOrder',request_id='${id}',traceparent='${headers.traceparent}'*/`);
  });

  await perform("an id made to break the statement is replaced, and the statement runs", async () => {
    const { headers, query, line } = await insert({ requestId: "*/;DROP/**/TABLE/**/orders;--'" });
    assert.equal(headers["x-request-id"], "*/;DROP/**/TABLE/**/orders;--'");
    assert.match(query, /request_id='[0-9a-f-]{36}'/);
    assert.match(line.request, /^[0-9a-f-]{36}$/);
    assert.equal((await pool.query("SELECT count(*)::integer AS count FROM orders")).rows[0].count, 2);
  });

  await perform("in the edge runtime of Next, each of the requests at a time knows its own id", async () => {
    const parent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
    const ask = async (id) => (await fetch(`${server.url}/edge`, { headers: { "x-request-id": id, traceparent: parent } })).json();
    const ids = Array.from({ length: 20 }, (_, n) => `edge-${n}`);
    const wanted = (id) => ({ id, traceparent: parent, sql: `SELECT 1 /*request_id='${id}',traceparent='${parent}'*/`, runtime: "string" });
    assert.deepEqual(await Promise.all(ids.map(ask)), ids.map(wanted));
  });
} catch (error) {
  judge("the run", error.stack);
} finally {
  for (const end of ends) await end();
}
finish();
