// The entry `actionlane/server/sqlite`: a store of results in a file, for the processes of one machine. Must not import
// a driver: `node:sqlite` and `better-sqlite3` are used alike.

import { decodeRecord, encodeRecord } from "./record.js";
import { checkOptions } from "./store_options.js";

const NAME = /^[a-z_][a-z0-9_]*$/i;

/** Time that a statement waits for another process, in milliseconds, if the database has none. */
const BUSY_MS = 5_000;

export function sqliteStore(db, options = {}) {
  checkOptions("sqliteStore", options, ["table", "maxBytes", "now"]);
  const { table = "actionlane_calls", maxBytes, now = Date.now } = options;
  if (typeof table !== "string" || !NAME.test(table)) throw new TypeError("sqliteStore: table is a name of letters, digits and _");
  if (typeof db?.prepare !== "function" || typeof db.exec !== "function") {
    throw new TypeError("sqliteStore: the database is a DatabaseSync of node:sqlite or a Database of better-sqlite3");
  }
  const [wait] = Object.values(db.prepare("PRAGMA busy_timeout").get());
  if (Number(wait) === 0) db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
  db.exec(`CREATE TABLE IF NOT EXISTS "${table}"
      (id TEXT PRIMARY KEY, token TEXT NOT NULL, fingerprint TEXT, until REAL NOT NULL, record TEXT) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS "${table}_until" ON "${table}" (until)`);

  // A new claim, or one that the token has already, without a record.
  const claim = db.prepare(`INSERT INTO "${table}" (id, token, fingerprint, until) VALUES (?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET token = excluded.token, fingerprint = excluded.fingerprint, until = excluded.until, record = NULL
    WHERE until <= ? OR (token = excluded.token AND record IS NULL)`);
  const read = db.prepare(`SELECT token, fingerprint, record FROM "${table}" WHERE id = ?`);
  const renew = db.prepare(`UPDATE "${table}" SET until = ? WHERE id = ? AND token = ? AND record IS NULL AND until > ?`);
  const finish = db.prepare(`INSERT INTO "${table}" (id, token, fingerprint, until, record) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE
    SET token = excluded.token, fingerprint = excluded.fingerprint, until = excluded.until, record = excluded.record
    WHERE until <= ? OR (token = excluded.token AND record IS NULL)`);
  const release = db.prepare(`DELETE FROM "${table}" WHERE id = ? AND token = ? AND record IS NULL`);
  const sweep = db.prepare(`DELETE FROM "${table}" WHERE id IN
    (SELECT id FROM "${table}" WHERE until <= ? ORDER BY until LIMIT ?)`);
  const changes = (statement, ...values) => Number(statement.run(...values).changes);

  return {
    claim(id, { token, fingerprint, leaseMs }) {
      for (;;) {
        const time = now();
        if (changes(claim, id, token, fingerprint, time + leaseMs, time) === 1) return { state: "claimed" };
        const row = read.get(id);
        // Without a row, another process has just released the claim.
        if (row?.record) return { state: "done", fingerprint: row.fingerprint, record: decodeRecord(row.record) };
        if (row) return { state: "running", fingerprint: row.fingerprint };
      }
    },
    renew(id, token, leaseMs) {
      const time = now();
      return changes(renew, time + leaseMs, id, token, time) === 1;
    },
    finish(id, { token, fingerprint, record, ttlMs }) {
      const text = encodeRecord(record, maxBytes);
      const time = now();
      if (changes(finish, id, token, fingerprint, time + ttlMs, text, time) === 1) return true;
      return read.get(id)?.token === token;
    },
    release(id, token) {
      release.run(id, token);
    },
    sweep(limit = 1_000) {
      return changes(sweep, now(), limit);
    },
  };
}
