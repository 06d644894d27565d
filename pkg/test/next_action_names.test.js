// The names that a build writes for policies: from the manifests of both bundlers, never the key.
import assert from "node:assert/strict";
import { mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const { FILE, namesOf, withNames } = createRequire(import.meta.url)("../next/build/action_names.cjs");
const [ADD, SAVE, CLOSURE, EDGE] = ["4", "5", "6", "7"].map((digit) => digit.repeat(42));
// As written by Next 16.4 with Turbopack, whose root is above the app, and by 15.5 with webpack.
const turbopack = {
  node: {
    [ADD]: { workers: {}, filename: "shop/app/cart/actions.ts", exportedName: "add" },
    [SAVE]: { workers: {}, filename: "shop/app/actions.ts", exportedName: "save" },
    [CLOSURE]: { workers: {}, filename: "shop/app/page.tsx", exportedName: "$$RSC_SERVER_ACTION_0" },
  },
  edge: { [EDGE]: { workers: {}, filename: "shop/app/edge/actions.ts", exportedName: "add" } },
  encryptionKey: "secret",
};
const webpack = { node: { [ADD]: { workers: {}, filename: "app/cart/actions.ts", exportedName: "add" } }, edge: {}, encryptionKey: "secret" };

test("an action is named by its file and name, with both bundlers", () => {
  for (const wanted of ["app/cart/actions#add", "app/cart/actions.ts#add", "./app/cart/actions#add"]) {
    assert.deepEqual(namesOf(turbopack, [wanted]), { [ADD]: "shop/app/cart/actions#add" }, wanted);
    assert.deepEqual(namesOf(webpack, [wanted]), { [ADD]: "app/cart/actions#add" }, wanted);
  }
  assert.deepEqual(namesOf(turbopack, ["cart/actions#save", "art/actions#add"]), {});
});

test("a name alone names every action that has it, also of the edge runtime", () => {
  assert.deepEqual(Object.keys(namesOf(turbopack, ["add"])).sort(), [ADD, EDGE]);
});

test("closures, actions that no policy names, and the key are not written", () => {
  assert.deepEqual(namesOf(turbopack, ["$$RSC_SERVER_ACTION_0", "app/page#$$RSC_SERVER_ACTION_0", "gone", "encryptionKey"]), {});
});

test("the file is written after the build, and after a step that the configuration has", async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "actionlane-"));
  t.after(() => rm(dir, { recursive: true }));
  await mkdir(join(dir, ".next/server"), { recursive: true });
  await writeFile(join(dir, ".next/server/server-reference-manifest.json"), JSON.stringify(turbopack));
  const order = [];
  const config = withNames({ compiler: { styledComponents: true, runAfterProductionCompile: async () => order.push("own") } }, ["save"]);
  await config.compiler.runAfterProductionCompile({ projectDir: dir, distDir: ".next" });
  assert.deepEqual([order, config.compiler.styledComponents], [["own"], true]);
  const text = await readFile(join(dir, ".next/static", FILE), "utf8");
  assert.deepEqual(JSON.parse(text), { [SAVE]: "shop/app/actions#save" });
  assert.ok(!text.includes("secret"));
});
