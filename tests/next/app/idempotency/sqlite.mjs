import { deserialize, serialize } from "node:v8";

/** The module `node:sqlite`; undefined before Node.js 22.13. */
export const sqlite = process.getBuiltinModule?.("node:sqlite");

/** A store in the file `path`, shared by every process that opens it. */
export function sqliteStore(path) {
  const db = new sqlite.DatabaseSync(path);
  db.exec(`PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS calls (id TEXT PRIMARY KEY, token TEXT NOT NULL, fingerprint TEXT, until REAL NOT NULL, record BLOB) WITHOUT ROWID`);
  const claim = db.prepare(`INSERT INTO calls (id, token, fingerprint, until) VALUES (:id, :token, :fingerprint, :until)
    ON CONFLICT (id) DO UPDATE SET token = :token, fingerprint = :fingerprint, until = :until, record = NULL WHERE until <= :now`);
  const read = db.prepare("SELECT fingerprint, record FROM calls WHERE id = ?");
  const finish = db.prepare("UPDATE calls SET record = ?, until = ? WHERE id = ? AND token = ? AND record IS NULL");
  const release = db.prepare("DELETE FROM calls WHERE id = ? AND token = ? AND record IS NULL");
  return {
    claim(id, { token, fingerprint, now, until }) {
      for (;;) {
        if (claim.run({ id, token, fingerprint, now, until }).changes === 1) return { state: "claimed" };
        const row = read.get(id);
        // Without a row, another process has just released the claim.
        if (row?.record) return { state: "done", fingerprint: row.fingerprint, record: deserialize(row.record) };
        if (row) return { state: "running", fingerprint: row.fingerprint };
      }
    },
    finish(id, token, record, until) {
      finish.run(serialize(record), until, id, token);
    },
    release(id, token) {
      release.run(id, token);
    },
  };
}
