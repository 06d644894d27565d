// Runs after `next build`: writes public/actions.json (name → id) and copies the drop-in script with its files
// to public/actionlane/, both for public/plain.html.
//
// The build's manifest also holds the key that encrypts the actions' bound values. That key must never leave the
// server, so only names and ids are copied.
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";

const app = new URL("../", import.meta.url);
const manifest = new URL(".next/server/server-reference-manifest.json", app);
const dist = new URL("../pkg/dist/", app);

await writeFile(new URL("public/actions.json", app), `${JSON.stringify(await actionIds(), null, 2)}\n`);
const files = await readdir(dist).catch((error) => {
  stop(`pkg/dist/: ${error.code === "ENOENT" ? "it does not exist; run `cargo xtask build`" : error.message}`);
});
const to = new URL("public/actionlane/", app);
await rm(to, { recursive: true, force: true });
await mkdir(to);
for (const file of files) await copyFile(new URL(file, dist), new URL(file, to));

async function actionIds() {
  const text = await readFile(manifest, "utf8").catch(() => stop("no manifest of Server Actions: run `next build` first"));
  const entries = Object.entries(JSON.parse(text).node ?? {});
  if (entries.length === 0) stop("the manifest names no Server Action");

  const ids = new Map();
  for (const [id, { exportedName: name } = {}] of entries) {
    if (!/^[0-9a-f]{40}(?:[0-9a-f]{2})?$/.test(id)) stop(`"${id}" is not the id of a Server Action`);
    if (typeof name !== "string" || name === "") stop(`action ${id} has no name`);
    if (ids.has(name)) stop(`two Server Actions are called ${name}`);
    ids.set(name, id);
  }
  return Object.fromEntries([...ids].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function stop(message) {
  console.error(`scripts/actions.mjs: ${message}`);
  process.exit(1);
}
