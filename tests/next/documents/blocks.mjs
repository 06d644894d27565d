// Reads the blocks of code of the documents, and says which role each has in an app. Knows no check.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * Returns the documents, `{ name, blocks }`: `README`, `errors`, … A block has its `number` in the document, from 1,
 * that of the first block of its module as `module`, and a `role`. Blocks that name a file of an app of `examples/` are
 * left out: those apps run on their own.
 */
export function read(file) {
  const text = file ? readFileSync(file, "utf8") : printed();
  return JSON.parse(text).map(({ name, built, blocks }) => ({
    name: name.replace(/^docs\//, "").replace(/\.md$/, ""),
    blocks: blocks
      .map((block, index) => ({ ...block, number: index + 1, module: block.module + 1, role: roleOf(block) }))
      .filter(({ file }) => !(file && built)),
  })).filter(({ blocks }) => blocks.length > 0);
}

/** The document that says when the dispatcher is loaded: a page with policies loads it anyway. */
const BARE = "loading";

/**
 * Returns the apps: one with the configuration and the policies of README.md for most documents, one without policies,
 * and one for each document that has others.
 */
export function appsOf(documents) {
  const isConfig = ({ role }) => role.startsWith("next.config.");
  const rootsOf = ({ blocks }) => blocks.filter(({ role }) => role.includes("."));
  const [readme] = documents;
  const known = rootsOf(readme).map(({ code }) => code);
  const apps = new Map();
  for (const document of documents) {
    const own = document === readme || (document.blocks.some(isConfig) && rootsOf(document).some(({ code }) => !known.includes(code)));
    const name = own || document.name === BARE ? document.name : readme.name;
    const roots = own ? rootsOf(document) : rootsOf(readme).filter(isConfig);
    if (!apps.has(name)) apps.set(name, { name, roots, documents: [] });
    apps.get(name).documents.push(document);
  }
  return [...apps.values()];
}

/**
 * Returns what a block is: "page" of HTML, "statements" of SQL, "file" of the app; a "server component", "actions",
 * "server" code and code for pages "outside" of Next by what is in it; else a "module" of the browser. A block that is
 * a file beside `app/` has the file's name as its role.
 */
function roleOf({ language, code, file }) {
  if (language === "html" && !file) return "page";
  if (language === "sql") return "statements";
  if (file) return "file";
  const [, name] = /^\/\/ ((?:next\.config|instrumentation-client)\.\w+)\b/.exec(code) ?? [];
  if (name) return name;
  if (/^"use server"/.test(code)) return "actions";
  if (/^export default /m.test(code)) return "server component";
  if (/ from "next\/headers"/.test(code)) return "server";
  if (code.includes(' from "./actions.json"')) return "outside";
  return "module";
}

function printed() {
  const { status, stdout, stderr } = spawnSync("cargo", ["xtask", "documents"], { cwd: root, encoding: "utf8", maxBuffer: 64 << 20 });
  if (status !== 0) throw new Error(`cargo xtask documents: exit ${status}\n${stderr}`);
  return stdout;
}
