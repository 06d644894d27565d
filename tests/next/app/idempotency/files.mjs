import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { deserialize, serialize } from "node:v8";

/**
 * A store like `sqliteStore` in the directory `dir`, for a Node.js without SQLite. A claim is a new file `ID.N`,
 * which the system creates for one process only; the highest N counts. Files are never removed: no number may be
 * used twice.
 */
export function fileStore(dir) {
  mkdirSync(dir, { recursive: true });
  const file = (id, n) => path.join(dir, `${id}.${n}`);
  const last = (id) => Math.max(0, ...readdirSync(dir).filter((name) => name.startsWith(`${id}.`)).map((name) => Number(name.slice(id.length + 1))));
  const at = (id, n) => (n === 0 ? { until: -Infinity } : deserialize(readFileSync(file(id, n))));

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

  /** Changes a claim's file. A holder that was overtaken writes into a file that no longer counts. */
  function change(id, token, next) {
    const n = last(id);
    const row = at(id, n);
    if (row.token === token && !row.record) put(file(id, n), { ...row, ...next }, renameSync);
  }

  return {
    claim(id, { token, fingerprint, now, until }) {
      for (;;) {
        const n = last(id);
        const row = at(id, n);
        if (row.until > now) {
          const { fingerprint, record } = row;
          return record ? { state: "done", fingerprint, record } : { state: "running", fingerprint };
        }
        try {
          put(file(id, n + 1), { token, fingerprint, until }, linkSync);
          return { state: "claimed" };
        } catch (error) {
          if (error.code !== "EEXIST") throw error;
        }
      }
    },
    finish: (id, token, record, until) => change(id, token, { record, until }),
    release: (id, token) => change(id, token, { until: -Infinity }),
  };
}
