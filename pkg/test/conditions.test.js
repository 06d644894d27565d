// The entries of the package under the condition `react-server`, where Server Components run: in Node.js, at the edge.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

/** Imports an entry by its name, and returns its exports by name, and their types. */
function exportsOf(entry, conditions = [], then = "") {
  const code = `const m = await import(${JSON.stringify(entry)}); ${then}
    console.log(JSON.stringify(Object.keys(m).map((name) => [name, typeof m[name]])))`;
  const flags = conditions.map((condition) => `--conditions=${condition}`);
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, "--input-type=module", "-e", code], { cwd: new URL("..", import.meta.url), encoding: "utf8" });
  assert.equal(stderr, "");
  return Object.fromEntries(JSON.parse(stdout));
}

/** Code that uses the entry `m`, and fails if that does not work. */
const USES = {
  actionlane: "m.createDispatcher({ url: 'https://app.example/' }).close();",
  "actionlane/actions": "if (typeof m.actions({ bind: () => Math.max }).save !== 'function') throw 1;",
  "actionlane/forms": "if (m.bindForms({ bindForms: () => Math.max }) !== Math.max) throw 1;",
  "actionlane/state": "if (m.state({ call() {} }, 'id', 1).getSnapshot().value !== 1) throw 1;",
  "actionlane/server": `const action = Object.assign(async () => {}, { $$typeof: Symbol.for("react.server.reference"), $$id: "40" });
    if (m.refs({ action }).action.id !== "40") throw 1;`,
  "actionlane/server/redis": "m.redisStore({ evalsha() {}, eval() {} });",
  "actionlane/server/postgres": "if (!m.postgresStore({ query() {} }).sql.includes('CREATE TABLE')) throw 1;",
  "actionlane/server/sqlite": "try { m.sqliteStore({}); throw 1; } catch (error) { if (!(error instanceof TypeError)) throw error; }",
  "actionlane/next": "m.configureActions({}); if (m.withOptions(Math.max, {}) !== Math.max) throw 1;",
};

for (const [entry, use] of Object.entries(USES)) {
  for (const conditions of [["react-server"], ["react-server", "edge-light"]]) {
    test(`${entry} works under ${conditions.join(" and ")}, with all its exports`, () => {
      const exported = exportsOf(entry, conditions, use);
      assert.deepEqual(exported, exportsOf(entry));
      assert.ok(Object.keys(exported).length > 0);
    });
  }
}

test("actionlane/timeline says in Server Components where it works, with all its exports", () => {
  const run = (code) => spawnSync(process.execPath, ["--conditions=react-server", "--input-type=module", "-e", code], { cwd: new URL("..", import.meta.url), encoding: "utf8" });
  for (const name of Object.keys(exportsOf("actionlane/timeline"))) {
    const { status, stderr } = run(`import { ${name} } from "actionlane/timeline"; console.log(${name});`);
    assert.equal(status, 1);
    assert.match(stderr, /Error: actionlane\/timeline: the element works in Client Components only: put "use client"/, name);
  }
});
