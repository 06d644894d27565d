// Checks of references in a real app: typed ones that the server makes, imported actions, names, and the names that the
// command prints of the build.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";

export default function ({ check, tab, fresh, runs, dev, dir }) {
  check("a reference that the server made is called, and a closure is refused there", async () => {
    await fresh(undefined);
    const [value, keys, refused] = await tab.run(async () => {
      const { getDispatcher, references, refused } = window.fixture;
      const value = await (await getDispatcher()).call(references.add, [1, 2, "k"]);
      return [value, Object.entries(references).map(([key, ref]) => `${key} ${Object.keys(ref)} ${ref.name} ${ref.id.length}`), refused];
    });
    assert.equal(value, 3);
    assert.deepEqual(keys, ["add id,name add 42", "remove id,name remove 42"]);
    assert.match(refused, /^refs: closure has bound arguments/);
    assert.deepEqual(await runs(), { k: 1 });
  });

  check("an imported action is called by itself and by its name", async () => {
    await fresh(undefined);
    const values = await tab.run(async () => {
      const { getDispatcher, actions, byName } = window.fixture;
      const d = await getDispatcher();
      const call = d.call(actions.add, [1, 2, "a"]);
      const [{ name }] = d.snapshot();
      const others = [d.call({ name: "add" }, [3, 4, "b"]), d.bind(actions.add)(5, 6, "c"), byName(d).add(7, 8, "d")];
      return [name, await call, ...(await Promise.all(others))];
    });
    assert.deepEqual(values, ["add", 3, 7, 11, 15]);
    assert.deepEqual(await runs(), { a: 1, b: 1, c: 1, d: 1 });
  });

  check("an action that is passed as a prop, a bound copy, and an unknown name are refused", async () => {
    await fresh(undefined);
    const messages = await tab.run(async () => {
      const { getDispatcher, actions } = window.fixture;
      const d = await getDispatcher();
      const refusal = (ref) => d.call(ref, ["k"]).then(() => "sent", ({ code, message }) => `${code} ${message}`);
      const refs = [actions.passed, actions.closure, actions.add.bind(null, 1), { name: "remove" }, { name: "touhc" }];
      return Promise.all(refs.map(refusal));
    });
    const unknown = /^INVALID_OPTION action: this page imports no such action/;
    for (const message of messages.slice(0, 3)) assert.match(message, unknown);
    assert.match(messages[3], /^INVALID_OPTION action: this page imports no action called "remove"/);
    assert.match(messages[4], /called "touhc"; did you mean "touch"\?$/);
    assert.deepEqual(await runs(), {});
  });

  if (dev) return;

  check("the command prints the ids that the page has, and no key", async () => {
    await fresh(undefined);
    const references = await tab.run(async () => window.fixture.references);
    const bin = "node_modules/actionlane/bin/actionlane.js";
    const command = (...args) => spawnSync(process.execPath, [bin, ...args], { cwd: dir, encoding: "utf8" }).stdout;
    const names = command("names", ".next");
    const { add, remove, ...others } = JSON.parse(names);
    assert.deepEqual([add, remove], [references.add.id, references.remove.id]);
    assert.ok(others.touch && Object.keys(others).every((name) => !name.includes("$$")), names);
    const types = command("types", ".next");
    assert.match(types, /readonly "remove": \(typeof import\("\.\/app\/cart\/actions\.js"\)\)\["remove"\];/);
    const { encryptionKey } = JSON.parse(readFileSync(path.join(dir, ".next/server/server-reference-manifest.json"), "utf8"));
    assert.ok(encryptionKey.length > 20 && !(names + types).includes(encryptionKey));
  });
}
