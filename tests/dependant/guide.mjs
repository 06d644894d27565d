// Follows docs/rust.md as a reader does: copies its blocks, in order, into an app of Next and into clean crates, builds
// them, and makes the first call of the real server: in Chromium, and outside a browser. Installs nothing.
//
//   node guide.mjs [--out DIR]      DIR: cargo's target directory, with Next 16.4 in next/16.4
//
// A block of `toml` with a [package] begins a crate, and a block whose first line is a path is a file of it. Three
// things are not as in the text: the id of the action and the URL of the back end are those of this run, and actionlane
// comes from this checkout. The last lines are `pass N` and `fail N`.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { browse, serve } from "../next/shared/browser.mjs";
import { empty } from "../next/shared/kept.mjs";
import { installNext, linkTypes, next, run } from "../next/shared/packages.mjs";
import { consoleOf, finish, perform } from "../next/shared/tally.mjs";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "../..");
const { values } = parseArgs({ options: { out: { type: "string", default: path.join(root, "target") } } });
const target = path.resolve(values.out);
const guide = readFileSync(path.join(root, "docs/rust.md"), "utf8");
const ID = "60aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const URL_OF_BACK_END = "http://localhost:3000/";
const NEXT_APP = path.join(target, "next/16.4/guide");

/** The page of the app: it imports the action, so that the build has it, and loads the program in Rust. */
const PAGE = `import { pay } from "./actions";

export default function Page() {
  return <main><form action={pay.bind(null, { sku: "form" }, 1)} /><script type="module" src="/start.js" /></main>;
}
`;
const FILES = {
  "app/page.js": PAGE,
  "app/layout.js": `export default ({ children }) => <html><body>{children}</body></html>;\n`,
  "app/api/state/route.js": "export const GET = () => Response.json({});\n",
  "public/start.js": `import init from "./shop.js";\ninit({ module_or_path: "/shop_bg.wasm" });\n`,
};

const { app, crates } = blocksOf(guide);
let server;
let tab;
try {
  await perform("the guide has an action and two crates", async () => {
    assert.deepEqual([Object.keys(app), crates.map(({ name }) => name)], [["app/actions.ts"], ["shop", "pay"]]);
    for (const { name, files } of crates) assert.ok(files["src/main.rs"], `${name} has a program`);
  });
  await perform("its parts for reqwest and tokio are those of examples/load", async () => {
    assert.equal(crates[1]?.files["src/http.rs"], readFileSync(path.join(root, "examples/load/src/http.rs"), "utf8"));
  });
  const id = await performed("its back end is built, and its action has an id", buildApp);
  const wasm = await performed("its front end is built for wasm", () => buildForBrowser(crates[0], id));
  server = await serve(NEXT_APP);
  // At once: builds below hold the event loop up, and connections die unseen meanwhile.
  const page = Buffer.from(await (await fetch(`${server.url}/`, { headers: { RSC: "1" } })).arrayBuffer());
  tab = await browse();
  const inPage = async () => {
    assert.ok(wasm, "there is no front end");
    await tab.open(`${server.url}/`);
    await tab.until(async () => document.title !== "");
    assert.equal(await tab.run(async () => document.title), "receipt 7: 12 of book");
  };
  await perform("its first call in Chromium has the answer", inPage, () => consoleOf(tab));
  await perform("the same outside a browser has the answer", async () => {
    const program = buildNatively(crates[1], id);
    assert.equal(run(program, [], path.dirname(program)), "receipt 7\n");
  });
  await perform("its page is read outside React", async () => {
    const file = path.join(NEXT_APP, "page.rsc");
    writeFileSync(file, page);
    const outline = run("cargo", ["run", "--quiet", "--package", "actionlane", "--example", "rsc_page", "--", file], root);
    assert.match(outline, /<main>\n +<form>\n +<script>/);
  });
} finally {
  await tab?.end();
  await server?.end();
}
finish();

/** Runs a check, and returns what it returns. */
async function performed(name, act) {
  let made;
  await perform(name, async () => {
    made = await act();
  });
  return made;
}

/** Returns the files of the app, and the crates with theirs. */
function blocksOf(text) {
  const [app, crates] = [{}, []];
  for (const [, language, code] of text.matchAll(/^```(\S+).*\n([^]*?)^```$/gm)) {
    const [, file, rest] = /^\/\/ (\S+\/\S+)\n([^]*)$/.exec(code) ?? [];
    if (language === "toml") crates.push({ name: /^name = "(.*)"$/m.exec(code)[1], files: { "Cargo.toml": code } });
    else if (language === "ts") app[file] = rest;
    else if (language === "rust,ignore") crates.at(-1).files[file ?? assert.fail(`no file is named by the block:\n${code}`)] = rest;
  }
  return { app, crates };
}

function write(dir, files) {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    writeFileSync(path.join(dir, file), text);
  }
}

/** Builds the app of Next. Returns the id of its action, as the guide reads it. */
function buildApp() {
  empty(NEXT_APP);
  write(NEXT_APP, { ...FILES, ...app });
  installNext(NEXT_APP);
  linkTypes(NEXT_APP);
  next(NEXT_APP);
  const names = JSON.parse(run(process.execPath, [path.join(root, "pkg/bin/actionlane.js"), "names", ".next"], NEXT_APP));
  return names.pay ?? assert.fail(`no action is named pay: ${Object.keys(names)}`);
}

/** Makes a clean crate of the guide's blocks. Returns its directory. */
function assemble({ name, files }, id) {
  const dir = path.join(target, "xtask/rust/guide", name);
  rmSync(dir, { recursive: true, force: true });
  const here = `\n[workspace]\n\n[patch.crates-io]\nactionlane = { path = ${JSON.stringify(root)} }\n`;
  const ours = Object.entries(files).map(([file, text]) => {
    const own = text.replaceAll(ID, id ?? "no id").replaceAll(URL_OF_BACK_END, `${server?.url}/`);
    return [file, file === "Cargo.toml" ? `${text}${here}` : own];
  });
  write(dir, Object.fromEntries(ours));
  return dir;
}

function cargo(dir, ...args) {
  // The programs run once, so the time of the compiler counts: what the workspace has compiled is used again.
  const quick = { CARGO_PROFILE_DEV_DEBUG: "false", CARGO_BUILD_BUILD_DIR: target };
  const env = { ...process.env, ...quick, CARGO_TARGET_DIR: path.join(target, "dependants") };
  const { status, stderr } = spawnSync("cargo", args, { cwd: dir, env, encoding: "utf8" });
  assert.equal(status, 0, stderr);
}

/** Builds the front end by the guide's commands, but without `--release`, into the app's public files. */
function buildForBrowser(crate, id) {
  const dir = assemble(crate, id);
  cargo(dir, "build", "--target", "wasm32-unknown-unknown");
  const wasm = path.join(target, "dependants/wasm32-unknown-unknown/debug/shop.wasm");
  run("wasm-bindgen", ["--target", "web", "--out-dir", path.join(NEXT_APP, "public"), wasm], dir);
  return existsSync(path.join(NEXT_APP, "public/shop_bg.wasm"));
}

/** Builds the program for this machine. Returns its path. */
function buildNatively(crate, id) {
  cargo(assemble(crate, id), "build");
  return path.join(target, "dependants/debug/pay");
}
