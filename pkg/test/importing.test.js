// Importing an entry needs nothing but the language: servers, workers, jsdom and old browsers each lack something
// of the platform.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Evaluates an entry in a realm that has nothing but the language, and prints its exports. */
const BARE = `
  import { readFile } from "node:fs/promises";
  import vm from "node:vm";
  const context = vm.createContext({}, { codeGeneration: { strings: false, wasm: false } });
  vm.runInContext("for (const name of ['WebAssembly', 'console', 'FinalizationRegistry', 'WeakRef']) delete globalThis[name]", context);
  const modules = new Map();
  const load = async (url) => {
    if (!modules.has(url)) {
      const source = await readFile(new URL(url), "utf8");
      modules.set(url, new vm.SourceTextModule(source, { context, identifier: url, initializeImportMeta: (meta) => (meta.url = url) }));
    }
    return modules.get(url);
  };
  const entry = await load(process.argv[1]);
  await entry.link((specifier, { identifier }) => load(new URL(specifier, identifier).href));
  await entry.evaluate();
  console.log(JSON.stringify(Object.keys(entry.namespace)));
`;

const API = ["ActionError", "createDispatcher", "decode", "encode", "init", "isActionError", "ready"];
const SERVER = [
  "IdempotencyError", "correlationId", "decodeRecord", "encodeRecord", "idempotencyKey", "idempotent", "idempotentRoute", "memoryStore", "refs",
  "sqlComment", "traceparent", "withCorrelation",
];
const STORES = {
  "server/redis.js": ["redisStore"],
  "server/postgres.js": ["postgresStore", "retryConflicts"],
  "server/sqlite.js": ["sqliteStore"],
};

for (const [entry, names] of [["index.js", API], ["node.js", API], ["inline.js", API], ["lean.js", API], ["actions.js", ["actions"]], ["server.js", SERVER], ...Object.entries(STORES)]) {
  test(`${entry} can be imported in a realm with nothing but the language`, async () => {
    const flags = ["--experimental-vm-modules", "--no-warnings", "--input-type=module", "--eval", BARE, "--"];
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, new URL(`../${entry}`, import.meta.url).href]);
    assert.deepEqual(JSON.parse(stdout).sort(), names);
  });
}

test("no module declares a name that CommonJS gives to a module", async () => {
  // Transpilers turn a module into the body of a function with these parameters.
  const taken = /^(?:export )?(?:let|const|var|function|class) (?:module|exports|require|__filename|__dirname|jest)\b/m;
  const { readFile, readdir } = await import("node:fs/promises");
  const root = fileURLToPath(new URL("..", import.meta.url));
  const files = (await readdir(root, { recursive: true })).filter((file) => /^(?:[a-z]+|lib\/.*|wasm\/.*)\.js$/.test(file));
  assert(files.length > 30, files.join());
  for (const file of files) assert.doesNotMatch(await readFile(`${root}/${file}`, "utf8"), taken, file);
});
