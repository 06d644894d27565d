// Does what a new user does with README.md and `docs/getting-started.md`, and nothing else: copies their blocks, in
// order, into a clean folder with the packed file, for each way in, and makes the first call.
//
//   node run.mjs [--blocks FILE] [--out DIR]
//
// `--blocks`: what `cargo xtask documents` prints; without it, that command runs. `app/` is the user's own app: it does
// not know the package. Next must be installed: `node ../build.mjs 16.4 --install`. The last lines are `pass N` and
// `fail N`.
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { read } from "../documents/blocks.mjs";
import { browse, serve } from "../shared/browser.mjs";
import { empty } from "../shared/kept.mjs";
import { installNext, linkTypes, next, pkg, run } from "../shared/packages.mjs";
import { consoleOf, finish, judge, perform } from "../shared/tally.mjs";

const source = path.dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: { blocks: { type: "string" }, out: { type: "string", default: path.join(source, "../../../target/next") } },
});
const beside = path.join(path.resolve(values.out), "16.4"); // of the packages of Next
const root = clean(path.join(beside, "first-hour"));
const [{ filename }] = JSON.parse(run("npm", ["pack", "--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", root], pkg));
const documents = read(values.blocks);

const tab = await browse();
try {
  for (const name of ["README", "getting-started"]) {
    try {
      await follow(documents.find((document) => document.name === name));
    } catch (error) {
      judge(`${name}: its blocks make an app`, error.stack);
    }
  }
} finally {
  await tab.end();
}
finish();

/** Copies the blocks of a document into a copy of the user's app, and makes the first call in each way. */
async function follow({ name, blocks }) {
  const dir = path.join(beside, `first-hour-${name}`);
  empty(dir);
  cpSync(path.join(source, "app"), dir, { recursive: true });
  install(dir);
  installNext(dir);
  linkTypes(dir);
  const put = (file, text) => {
    mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    writeFileSync(path.join(dir, file), text);
  };
  for (const { role, file, code } of blocks) {
    if (role === "file") put(file, code);
    else if (role.includes(".")) put(role, code);
  }
  // README.md leaves the route handler and the page that uses the action to the guide that it links.
  for (const { role, file, code } of documents.find((document) => document.name === "getting-started").blocks) {
    if (role === "file" && !existsSync(path.join(dir, file))) put(file, code);
  }
  cpSync(path.join(dir, "node_modules/actionlane/dist"), path.join(dir, "public/actionlane"), { recursive: true });
  const bundled = blocks.filter(({ role }) => role === "module");
  for (const { number, code } of bundled) bundle(`${name}-${number}`, code, path.join(dir, "public/bundled"));
  next(dir);
  const server = await serve(dir);
  const check = (way, act) => perform(`${name}: ${way}`, act, () => consoleOf(tab));
  const pay = async (page, isReady) => {
    await tab.open(`${server.url}${page}`);
    await tab.until(isReady);
    await tab.run(async () => document.querySelector("button").click());
    await tab.until(async () => document.body.innerText.includes("Paid in cs_"));
  };
  const hydrated = async () => Object.keys(document.querySelector("button")).some((key) => key.startsWith("__reactProps"));
  const loaded = async () => document.readyState === "complete";
  try {
    await check("an imported action does not wait for another", async () => {
      await tab.open(`${server.url}/own`);
      await tab.until(async () => window.own !== undefined);
      const order = await tab.run(async () => {
        const over = [];
        const saved = window.own.saveTokens("a", "b").then(() => over.push("tokens"));
        await window.own.createPaymentSession(4200, "a").then(() => over.push("session"));
        await fetch("/api/state?name=open");
        await saved;
        return over;
      });
      assert.deepEqual(order, ["session", "tokens"]);
    });
    if (blocks.some(({ file }) => file === "app/checkout/checkout.tsx")) await check("a dispatcher of the app pays", () => pay("/checkout", hydrated));
    await check("a page with one script pays", () => pay("/pay.html", loaded));
    for (const { number } of bundled) {
      await check(`the code by hand (block ${number}) gets the session`, async () => {
        await tab.open(`${server.url}/bundled/${name}-${number}.html`);
        await tab.until(async () => window.printed.length > 0);
        const [text] = await tab.run(async () => window.printed);
        assert.match(text, /"sessionId":"cs_\d+"/);
      });
    }
  } finally {
    await server.end();
  }
}

function clean(dir) {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  return dir;
}

/** Installs the packed file, and nothing else, as the first command of README.md does. */
function install(dir) {
  run("npm", ["install", path.join(root, filename), "--offline", "--no-audit", "--no-fund", "--loglevel=error", "--legacy-peer-deps"], dir);
}

/** Bundles code for a page of its own, in a clean folder. The text leaves the id and the printing to the reader. */
function bundle(name, code, out) {
  const dir = clean(path.join(root, name));
  writeFileSync(path.join(dir, "package.json"), '{ "type": "module" }');
  install(dir);
  const given = code.includes("/api/ids") ? "" : 'const { createPaymentSession: { id } } = await (await fetch("/api/ids")).json();\n';
  const shown = code.includes("const session = ") ? "console.log(session);\n" : "";
  writeFileSync(path.join(dir, `${name}.js`), code.replace(/\n\n/, `\n\n${given}`) + shown);
  run(path.join(pkg, "node_modules/.bin/esbuild"), [`${name}.js`, "--bundle", "--splitting", "--format=esm", "--log-level=error", `--outdir=${out}`], dir);
  writeFileSync(path.join(out, `${name}.html`), `<!doctype html>
<script>window.printed = []; for (const to of ["log", "error"]) console[to] = (...values) => window.printed.push(JSON.stringify(values));</script>
<script type="module" src="${name}.js"></script>
`);
}
