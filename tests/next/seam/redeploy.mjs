// Checks an open page after a deployment:
//
//   node redeploy.mjs DIR      DIR: as build.mjs prints it
//
// The second deployment is a copy of the build in which every action has another id.
import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { browse, serve } from "../shared/browser.mjs";

const [dir] = process.argv.slice(2);
const copy = `${dir}-redeployed`;
const manifest = JSON.parse(readFileSync(path.join(dir, ".next/server/server-reference-manifest.json"), "utf8"));
const ids = new Map(Object.keys({ ...manifest.node, ...manifest.edge }).map((id) => [id, id.slice(0, 2) + [...id.slice(2)].reverse().join("")]));

rmSync(copy, { recursive: true, force: true });
cpSync(dir, copy, { recursive: true, filter: (file) => ![`${dir}/node_modules`, `${dir}/.next/cache`].includes(file) });
symlinkSync(path.join(dir, "node_modules"), path.join(copy, "node_modules"));
for (const entry of readdirSync(path.join(copy, ".next"), { recursive: true, withFileTypes: true })) {
  const file = path.join(entry.parentPath, entry.name);
  if (!entry.isFile() || !/\.(js|json|html|rsc|body|meta)$/.test(file)) continue;
  const text = readFileSync(file, "utf8");
  const changed = text.replace(/(?<![\da-f])[\da-f]{42}(?![\da-f])/g, (id) => ids.get(id) ?? id);
  if (changed !== text) writeFileSync(file, changed);
}

const tab = await browse();
// The scripts of the copy have the names that those of the first build have, which a real deployment changes.
await tab.cdp("Network.enable", {});
await tab.cdp("Network.setCacheDisabled", { cacheDisabled: true });
let server = await serve(dir);
const port = new URL(server.url).port;
try {
  const open = async (policies) => {
    await tab.open(`${server.url}/?policies=${encodeURIComponent(JSON.stringify(policies))}`);
    await tab.until(async () => window.hydrated && window.fixture !== undefined);
    assert.equal(await tab.run(async () => window.fixture.actions.add(1, 2, "before")), 3);
  };
  const deploy = async (to) => {
    await server.end();
    server = await serve(to, { port });
  };
  const call = (name, ...args) => tab.run(async (name, args) => window.fixture.actions[name](...args).then((value) => value, (error) => `${error.name}: ${error.message} ${error.digest ?? ""}`), name, args);
  const runs = async () => (await server.api("state")).runs;

  await open({ default: { lane: "main" }, echo: { skew: "fail" } });
  await deploy(copy);
  assert.equal(await call("add", 2, 3, "k"), 5, "found by its name");
  assert.equal(await call("add", 3, 3, "k2"), 6, "and remembered");
  assert.match(await call("closure", "k"), /UnrecognizedActionError/, "no name");
  assert.match(await call("echo", "k"), /UnrecognizedActionError/, "told not to look");
  assert.deepEqual(await runs(), { k: 1, k2: 1 });
  assert.equal(await call("touch", "t"), 1, "revalidates");
  await tab.until(async () => document.getElementById("data")?.textContent === "1");

  await deploy(dir);
  await open({ default: { lane: "main" } });
  await deploy(copy);
  assert.match(await call("leave", "k"), /NEXT_REDIRECT/);
  await tab.until(async () => document.querySelector("h1")?.textContent === "target" && location.pathname === "/target");
  assert.deepEqual(await runs(), { k: 1 });
  console.log("an open page goes on after a deployment");
} finally {
  await tab.end();
  server.end();
  rmSync(copy, { recursive: true, force: true });
}
