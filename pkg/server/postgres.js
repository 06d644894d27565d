// The entry `actionlane/server/postgres`: a store of results in PostgreSQL, also inside of the caller's own
// transaction, where effect and result are committed together. Must not import a driver.

import { hasCode, queryOf } from "./postgres/clients.js";
import { statementsFor } from "./postgres/statements.js";
import { decodeRecord, encodeRecord } from "./record.js";
import { isConnectionError, withRetries } from "./retry.js";
import { checkOptions } from "./store_options.js";

export function postgresStore(client, options = {}) {
  checkOptions("postgresStore", options, ["table", "maxBytes", "retryMs", "sql"]);
  const { table = "actionlane_calls", maxBytes, retryMs = 10_000, sql } = options;
  const statements = statementsFor(table);
  const send = queryOf(client, sql);
  const query = (text, values = []) => withRetries(() => send(text, values), isPassing, retryMs);
  return {
    ...common(query, statements, maxBytes),
    async claim(id, { token, fingerprint, leaseMs }) {
      for (;;) {
        const rows = await query(statements.claim, [id, token, fingerprint, timeOf(leaseMs)]);
        const row = rows.find(({ state }) => state !== "locked") ?? rows[0];
        if (row) return claimOf(row);
      }
    },
    async renew(id, token, leaseMs) {
      return (await query(statements.renew, [id, token, timeOf(leaseMs)])).length === 1;
    },
    async release(id, token) {
      await query(statements.release, [id, token]);
    },
    sql: statements.create,
    async migrate() {
      await query(statements.migrate);
    },
    async sweep(limit = 1_000) {
      return (await query(statements.sweep, [String(limit)]))[0].n;
    },
    in: (tx) => storeIn(queryOf(tx, sql), statements, maxBytes),
  };
}

/** The store in a transaction. Its end undoes a claim, so there is nothing to renew or to release. */
function storeIn(query, statements, maxBytes) {
  return {
    ...common(query, statements, maxBytes),
    transaction: true,
    async claim(id) {
      const [first] = await query(statements.lock, [id]);
      if (first.record !== null) return claimOf(first);
      if (!first.ok) return { state: "running" };
      // The holder of the lock before this one may have ended between: what it has stored is seen by a new statement.
      const [row] = await query(statements.read, [id]);
      return row ? claimOf(row) : { state: "claimed" };
    },
    release() {},
  };
}

/** The statement that both stores send alike. */
function common(query, statements, maxBytes) {
  return {
    async finish(id, { token, fingerprint, record, ttlMs }) {
      const text = encodeRecord(record, maxBytes);
      const rows = await query(statements.finish, [id, token, fingerprint, timeOf(ttlMs), text]);
      // Otherwise the row has another token, or the record of an earlier attempt of this statement.
      return rows.length === 1 || (await query(statements.stored, [id, token])).length === 1;
    },
  };
}

function claimOf({ state, fingerprint, record }) {
  if (state === "claimed") return { state };
  if (state === "locked") return { state: "running" };
  return state === "done" ? { state, fingerprint, record: decodeRecord(record) } : { state, fingerprint };
}

/** Longest time that PostgreSQL adds to a date, in milliseconds: a longer one never ends. */
const LONGEST = 2 ** 52;

const timeOf = (ms) => (ms > LONGEST ? null : String(ms));

/** `serialization_failure` and `deadlock_detected`, and Prisma's word for both. */
const CONFLICT = /^(?:40001|40P01|P2034)$/;

/**
 * Codes of the server and of drivers for a connection that could not be made or has ended. A client of `postgres` that
 * its owner has ended (`CONNECTION_ENDED`) makes no other, and is not asked again.
 */
const UNREACHED = /^(?:08...|57P0[123]|53300|P1001|P1002|P1017|CONNECT_TIMEOUT|CONNECTION_(?:CLOSED|DESTROYED))$/;

/** Messages of drivers that give no code. The last two are those of `pg` for a wait that its owner has bounded. */
const MESSAGE = new RegExp([
  "connection terminated", "server closed the connection", "connection (?:is )?closed", "timeout exceeded when trying to connect",
  "query read timeout",
].join("|"), "i");

function isPassing(error) {
  if (isConnectionError(error) || hasCode(error, CONFLICT) || hasCode(error, UNREACHED)) return true;
  return MESSAGE.test(error?.cause?.message ?? error?.message);
}

const ATTEMPTS = 5;

export async function retryConflicts(transaction) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (attempt === ATTEMPTS || !hasCode(error, CONFLICT)) throw error;
    }
  }
}
