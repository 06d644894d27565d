// Tests a store made of the three statements in the environment variable STATEMENTS, in SQLite: in `node:sqlite`, or,
// in a Node.js without it, in the command `sqlite3`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";
import { deserialize, serialize } from "node:v8";
import { testStore } from "../../../pkg/test/stores.js";
import { sqlite } from "../app/idempotency/sqlite.mjs";

const [claim, finish, release] = process.env.STATEMENTS.replace(/^--.*$/gm, "").split(";").map((statement) => statement.trim()).filter(Boolean);
const TABLE = "CREATE TABLE calls (id TEXT PRIMARY KEY, token TEXT NOT NULL, fingerprint TEXT, until REAL NOT NULL, record BLOB) WITHOUT ROWID";
const READ = "SELECT fingerprint, hex(record) AS record FROM calls WHERE id = :id";
const root = mkdtempSync(path.join(tmpdir(), "actionlane-statements-"));
after(() => rmSync(root, { recursive: true, force: true }));
let made = 0;

testStore("the store of the documents", () => {
  const query = (sqlite ? inNode : byCommand)(path.join(root, String((made += 1))));
  query(TABLE, {});
  return {
    claim(id, { token, fingerprint, now, until }) {
      if (query(claim, { id, token, fingerprint, now, until }).changes === 1) return { state: "claimed" };
      const [{ fingerprint: claimed, record }] = query(READ, { id }).rows;
      if (record) return { state: "done", fingerprint: claimed, record: deserialize(Buffer.from(record, "hex")) };
      return { state: "running", fingerprint: claimed };
    },
    finish: (id, token, record, until) => void query(finish, { id, token, record: serialize(record), until }),
    release: (id, token) => void query(release, { id, token }),
  };
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
