// Tests a store made of the four statements in the environment variable STATEMENTS, in SQLite: in `node:sqlite`, or,
// in a Node.js without it, in the command `sqlite3`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";
import { decodeRecord, encodeRecord } from "../../../pkg/server.js";
import { testStore } from "../../../pkg/test/stores.js";

/** The module `node:sqlite`; undefined before Node.js 22.13. */
const sqlite = process.getBuiltinModule?.("node:sqlite");

const [TABLE, READ, claim, renew, finish, release] = process.env.STATEMENTS.replace(/^--.*$/gm, "").split(";").map((statement) => statement.trim()).filter(Boolean);
const root = mkdtempSync(path.join(tmpdir(), "actionlane-statements-"));
after(() => rmSync(root, { recursive: true, force: true }));
let made = 0;

testStore("the store of the documents", () => {
  const query = (sqlite ? inNode : byCommand)(path.join(root, String((made += 1))));
  query(TABLE, {});
  const store = {
    claim(id, { token, fingerprint, leaseMs }) {
      if (query(claim, { id, token, fingerprint, now: Date.now(), leaseMs }).changes === 1) return { state: "claimed" };
      const [{ fingerprint: claimed, record }] = query(READ, { id }).rows;
      if (record) return { state: "done", fingerprint: claimed, record: decodeRecord(record) };
      return { state: "running", fingerprint: claimed };
    },
    renew: (id, token, leaseMs) => query(renew, { id, token, now: Date.now(), leaseMs }).changes === 1,
    finish(id, { token, fingerprint, record, ttlMs }) {
      if (query(finish, { id, token, fingerprint, record: encodeRecord(record), now: Date.now(), ttlMs }).changes === 1) return true;
      return query(READ, { id }).rows[0]?.token === token;
    },
    release: (id, token) => void query(release, { id, token }),
  };
  const evict = (id) => void query("DELETE FROM calls WHERE id = :id", { id });
  return { store, evict, renews: true };
});

function inNode(file) {
  const db = new sqlite.DatabaseSync(file);
  return (text, values) => {
    const statement = db.prepare(text);
    if (text === READ) return { rows: statement.all(values) };
    return statement.run(values);
  };
}

function byCommand(file) {
  const literal = (value) => {
    if (value === null) return "NULL";
    if (value === Infinity) return "9e999";
    if (typeof value === "number") return String(value);
    return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : `x'${value.toString("hex")}'`;
  };
  return (text, values) => {
    const set = Object.entries(values).map(([name, value]) => `INSERT INTO temp.sqlite_parameters VALUES (':${name}', ${literal(value)});`);
    const input = `.mode json\n.parameter init\n${set.join("\n")}\n${text};\nSELECT changes() AS changes;\n`;
    const { status, stdout, stderr, error } = spawnSync("sqlite3", ["-bail", file], { input, encoding: "utf8" });
    if (error || status !== 0) throw new Error(`sqlite3: ${error ?? stderr}`);
    const rows = stdout.split("\n").filter(Boolean).flatMap((line) => JSON.parse(line));
    return { changes: rows.at(-1).changes, rows: rows.slice(0, -1) };
  };
}
