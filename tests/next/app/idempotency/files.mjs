import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { deserialize, serialize } from "node:v8";

/**
 * A store in the directory `dir`, for a Node.js without SQLite. A claim is a new file `ID.N`,
 * which the system creates for one process only; the highest N counts. Files are never removed: no number may be
 * used twice.
 */
export function fileStore(dir) {
  mkdirSync(dir, { recursive: true });
  const file = (id, n) => path.join(/* turbopackIgnore: true */ dir, `${id}.${n}`);
  const last = (id) => Math.max(0, ...readdirSync(dir).filter((name) => name.startsWith(`${id}.`)).map((name) => Number(name.slice(id.length + 1))));
  const at = (id, n) => (n === 0 ? { until: 0 } : deserialize(readFileSync(/* turbopackIgnore: true */ file(id, n))));

  /** Writes the whole file at once, or throws the error of `place`. */
  function put(target, row, place) {
    const draft = path.join(dir, `draft-${randomUUID()}`);
    writeFileSync(draft, serialize(row));
    try {
      place(draft, target);
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /** Adds the next file of an id; false if another process was faster. */
  function add(id, n, row) {
    try {
      put(file(id, n), row, linkSync);
      return true;
    } catch (error) {
      if (error.code === "EEXIST") return false;
      throw error;
    }
  }

  /** Changes a claim's file. A holder that was overtaken writes into a file that no longer counts. */
  function change(id, token, next) {
    const n = last(id);
    const row = at(id, n);
    if (row.until <= Date.now() || row.token !== token || row.record) return false;
    put(file(id, n), { ...row, ...next }, renameSync);
    return true;
  }

  return {
    claim(id, { token, fingerprint, leaseMs }) {
      for (;;) {
        const n = last(id);
        const row = at(id, n);
        if (row.until > Date.now()) {
          if (row.record) return { state: "done", fingerprint: row.fingerprint, record: row.record };
          if (row.token !== token) return { state: "running", fingerprint: row.fingerprint };
        }
        if (add(id, n + 1, { token, fingerprint, until: Date.now() + leaseMs })) return { state: "claimed" };
      }
    },
    renew: (id, token, leaseMs) => change(id, token, { until: Date.now() + leaseMs }),
    finish(id, { token, fingerprint, record, ttlMs }) {
      const next = { token, fingerprint, record, until: Date.now() + ttlMs };
      for (;;) {
        if (change(id, token, next)) return true;
        const n = last(id);
        const row = at(id, n);
        if (row.until > Date.now()) return row.token === token;
        if (add(id, n + 1, next)) return true;
      }
    },
    release: (id, token) => void change(id, token, { until: 0 }),
  };
}
