// Builds the small examples, and makes the first call of each in Chromium: `examples/checkout/`, and beside it the
// pages of `examples/html/`, `examples/worker/` and `examples/astro/`.
//
//   node run.mjs [--out DIR] [--apps DIR]
//
// `--apps`: the directory of `cargo xtask apps`, whose packages have Astro. The last lines are `pass N` and `fail N`.
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { browse, serve } from "../shared/browser.mjs";
import { empty } from "../shared/kept.mjs";
import { installNext, installOurs, next, pkg, run } from "../shared/packages.mjs";
import { consoleOf, finish, judge, perform } from "../shared/tally.mjs";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../..");
const source = path.join(root, "examples");
const { values } = parseArgs({
  options: {
    out: { type: "string", default: path.join(root, "target/next") },
    apps: { type: "string", default: path.join(root, "target/xtask/apps") },
  },
});
/** Most lines of code of an example, for people who read it at once. */
const LINES = 60;
const CODE = [".js", ".mjs", ".html", ".astro"];
const dir = path.join(path.resolve(values.out), "16.4/examples");
const made = path.join(path.resolve(values.apps), "example-astro");

for (const name of ["checkout", "html", "worker", "astro"]) {
  const lines = codeOf(path.join(source, name)).reduce((sum, file) => sum + readFileSync(file, "utf8").trimEnd().split("\n").length, 0);
  judge(`${name} has at most ${LINES} lines of its own`, lines > LINES && `${lines} lines`);
}
// Turbopack follows no link that leads out of the app. The copy that is built below has the packed file.
const installs = run("npm", ["config", "get", "install-links"], path.join(source, "checkout")).trim();
judge("checkout: npm copies the package", installs !== "true" && `install-links is ${installs}`);
const ends = [];
try {
  build();
  const server = await serve(dir);
  ends.push(server.end);
  const tab = await browse();
  ends.unshift(tab.end);
  const check = (name, act) => perform(name, act, () => consoleOf(tab));
  const pay = async (page, isReady) => {
    await tab.open(`${server.url}${page}`);
    await tab.until(isReady);
    await tab.run(async () => document.querySelector("button").click());
    await tab.until(async () => document.querySelector("button").textContent.startsWith("Paid in cs_4200"));
  };
  const loaded = async () => document.readyState === "complete";
  const hydrated = async () => Object.keys(document.querySelector("button")).some((key) => key.startsWith("__reactProps"));

  await check("checkout: the session does not wait for the tokens", async () => {
    await pay("/", hydrated);
    await tab.until(async () => document.querySelector("button").textContent.endsWith("tokens saved"));
    const [tokens, session] = await tab.run(async () => {
      const posts = performance.getEntriesByType("resource").filter(({ initiatorType, name }) => initiatorType === "fetch" && new URL(name).pathname === "/");
      return posts.map(({ startTime, responseEnd }) => ({ startTime, responseEnd })).sort((a, b) => a.startTime - b.startTime);
    });
    assert.ok(session.startTime < tokens.responseEnd, "the second was sent before the answer to the first");
  });
  await check("html: a plain page pays", () => pay("/pay.html", loaded));
  await check("worker: the page pays by its worker", () => pay("/worker/index.html", loaded));
  await check("astro: the page of Astro pays", () => pay("/shop/index.html", loaded));
} catch (error) {
  judge("the run", error.stack);
} finally {
  for (const end of ends) await end();
}
finish();

/** Builds the Next app, with the pages beside it among its static files. */
function build() {
  empty(dir);
  cpSync(path.join(source, "checkout"), dir, { recursive: true, filter: (file) => !/node_modules|\.next|package/.test(path.relative(source, file)) });
  // The address by which `serve` sees that the server is up.
  mkdirSync(path.join(dir, "app/api/state"), { recursive: true });
  writeFileSync(path.join(dir, "app/api/state/route.js"), "export const GET = () => Response.json({});\n");
  installOurs(dir);
  installNext(dir);
  const beside = path.join(dir, "public");
  cpSync(path.join(pkg, "dist"), path.join(beside, "actionlane"), { recursive: true });
  cpSync(path.join(source, "html/pay.html"), path.join(beside, "pay.html"));
  const worker = path.join(dir, "worker");
  cpSync(path.join(source, "worker"), worker, { recursive: true, filter: (file) => !file.includes("node_modules") });
  const [program, ...args] = JSON.parse(readFileSync(path.join(worker, "package.json"), "utf8")).scripts.build.split(" ");
  run(path.join(pkg, "node_modules/.bin", program), args, worker);
  cpSync(worker, path.join(beside, "worker"), { recursive: true });
  rmSync(worker, { recursive: true });
  astro();
  cpSync(path.join(made, "dist"), path.join(beside, "shop"), { recursive: true });
  next(dir);
}

/** Builds the page of Astro, beside the packages of `cargo xtask apps`, which have a Node.js that Astro runs in. */
function astro() {
  const packages = path.join(path.resolve(values.apps), "node_modules");
  if (!existsSync(path.join(packages, "astro"))) throw new Error(`no Astro in ${packages}: cargo xtask apps --row astro installs it`);
  rmSync(made, { recursive: true, force: true });
  mkdirSync(made, { recursive: true });
  cpSync(path.join(source, "astro"), made, { recursive: true, filter: (file) => !file.includes("node_modules") });
  const own = path.join(packages, "node24/bin/node");
  const node = Number(process.versions.node.split(".")[0]) >= 22 ? process.execPath : own;
  run(node, [path.join(packages, "astro/bin/astro.mjs"), "build"], made);
}

/** Returns the files of code of an example. */
function codeOf(at) {
  return readdirSync(at).filter((name) => name !== "node_modules" && !name.startsWith(".")).flatMap((name) => {
    const file = path.join(at, name);
    if (statSync(file).isDirectory()) return codeOf(file);
    return CODE.includes(path.extname(name)) ? [file] : [];
  });
}
