// Makes an app of the blocks of documents and of the files of `app/`, `pages/` and `given/`, and builds it. Knows no
// check.
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { empty } from "../shared/kept.mjs";
import { installNext, installOurs, linkTypes, next, pkg, run } from "../shared/packages.mjs";

const source = path.dirname(fileURLToPath(import.meta.url));

/** Blocks that need more than the app has, and the reason. */
export const notRun = JSON.parse(readFileSync(path.join(source, "not-run.json"), "utf8"));

/** Types are checked by the part `types` of the tests, with the declarations that are given; Next must not look. */
const TSCONFIG = { compilerOptions: { jsx: "react-jsx", paths: { "@/*": ["./*"] } }, include: ["next-env.d.ts"] };

/**
 * Writes a configuration around that of the documents, which is in a file beside it: without the list of the files that
 * a deployment needs, and without small code for the server. Browsers get the same, in three quarters of the time.
 */
const around = (own) => `import own from "${own}";

const quick = (config) => ({
  ...config,
  outputFileTracingExcludes: { "**": ["**/*"], "next-server": ["**/*"] },
  experimental: { ...config.experimental, serverMinification: false },
});

export default typeof own === "function" ? async (...args) => quick(await own(...args)) : quick(own);
`;

/** Makes the app in `dir`, beside the `node_modules` with Next. */
export function assemble(dir, { roots, documents }) {
  empty(dir);
  const put = (name, text) => {
    const file = path.join(dir, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  install(dir, put);
  cpSync(path.join(source, "app"), dir, { recursive: true });
  cpSync(path.join(source, "given"), path.join(dir, "given"), { recursive: true });
  put("tsconfig.json", JSON.stringify(TSCONFIG));
  for (const { role, code } of roots) put(role, code);
  const servers = documents.filter(({ name }) => existsSync(path.join(dir, `given/${name}.server.js`)));
  put("given/server.js", servers.map(({ name }) => `import "./${name}.server";\n`).join("") || "export {};\n");
  for (const { name, blocks } of documents) {
    // Pages that show the document's blocks.
    const pages = path.join(source, "pages", name);
    if (existsSync(pages)) cpSync(pages, path.join(dir, "app"), { recursive: true });
    for (const block of blocks) {
      if (`${name} ${block.number}` in notRun) continue;
      if (block.role === "file") {
        // It stands for the file of `app/`, also if that has no types.
        rmSync(path.join(dir, block.file.replace(/\.ts(x?)$/, ".js$1")), { force: true });
        put(block.file, block.code);
      }
      if (block.role === "page") put(`public/run/${name}/${block.number}.html`, block.code);
      if (block.role === "outside") putOutside(put, name, block);
      if (isModule(block) && block.module === block.number) putModule(put, dir, name, blocks, block);
    }
  }
  wrapConfig(dir, put);
}

function wrapConfig(dir, put) {
  const end = ["ts", "mjs"].find((end) => existsSync(path.join(dir, `next.config.${end}`)));
  if (end) renameSync(path.join(dir, `next.config.${end}`), path.join(dir, `own.config.${end}`));
  else put("own.config.mjs", "export default {};\n");
  put(`next.config.${end ?? "mjs"}`, around(end === "ts" ? "./own.config" : "./own.config.mjs"));
}

const isModule = ({ role }) => ["module", "actions", "server component", "server"].includes(role);

/** Writes a module, with all blocks that continue it, and the page that runs it. */
function putModule(put, dir, name, blocks, { number, role, language }) {
  const code = blocks.filter((block) => block.module === number && isModule(block)).map(({ code }) => code).join("");
  const exported = role === "module" || role === "server" ? declaredIn(code) : [];
  put(`blocks/${name}/${number}.${language}`, `${code}${exported.length > 0 ? `export { ${exported.join(", ")} };\n` : ""}`);
  const block = JSON.stringify(`@/blocks/${name}/${number}`);
  const at = `app/run/${name}/${number}`;
  if (role === "server component") {
    put(`${at}/page.js`, `export { default } from ${block};\nexport const dynamic = "force-dynamic";\n`);
  } else if (role === "server") {
    // Its statements run in the request that comes first.
    put(`${at}/route.js`, `export const GET = async () => Response.json({ ...(await import(${block})) });\n`);
  } else {
    const given = existsSync(path.join(dir, `given/${name}.js`)) ? `import * as given from "@/given/${name}";` : "const given = {};";
    put(`${at}/run.js`, `"use client";\nimport { Runner } from "@/runner";\n${given}\n\nconst load = () => import(${block});\nexport const Run = (props) => <Runner load={load} given={given} {...props} />;\n`);
    put(`${at}/page.js`, `import { serverData } from "@/server-data";\nimport { Run } from "./run";\n\nexport const dynamic = "force-dynamic";\nexport default () => <Run {...serverData()} />;\n`);
  }
}

/** Writes a module that `bundle` gives to a page of its own, which Next does not build. */
function putOutside(put, name, { number, language, code }) {
  put(`outside/${name}-${number}.${language}`, `${code}export { ${declaredIn(code).join(", ")} };\n`);
  put(`outside/run/${name}/${number}.js`, `window.block = { state: "running" };
import(${JSON.stringify(`../../${name}-${number}`)}).then(
  (module) => Object.assign(window.block, { state: "done", module }),
  (error) => Object.assign(window.block, { state: "failed", error }),
);
`);
  put(`public/run/${name}/${number}.html`, `<!doctype html>\n<script type="module" src="/run/${name}/${number}.js"></script>\n`);
}

/** Returns the names that a module declares and does not export, so that checks can look at them. */
function declaredIn(code) {
  const names = [];
  for (const [, declared] of code.matchAll(/^(?:const|let|(?:async )?function|class) (\w+|[[{][^=]*[\]}])/gm)) {
    names.push(...(declared.match(/\w+(?=\s*(?:[,}\]]|$))/g) ?? []));
  }
  return names;
}

function install(dir, put) {
  installOurs(dir);
  installNext(dir);
  linkTypes(dir);
  // As the documents say: all of `dist/`, for pages without a bundler, and the two files of wasm.
  for (const to of ["public/actionlane", "public/vendor/actionlane"]) cpSync(path.join(pkg, "dist"), path.join(dir, to), { recursive: true });
  for (const [from, to] of [["dispatcher_bg", "actionlane"], ["flight_bg", "flight"]]) cpSync(path.join(pkg, `wasm/${from}.wasm`), path.join(dir, `public/static/${to}.wasm`));
}

/** Builds the app. Throws what was printed if that fails. */
export function build(dir, { documents }) {
  next(dir);
  const outside = documents.flatMap(({ name, blocks }) => blocks.filter(({ role }) => role === "outside").map(({ number }) => `outside/run/${name}/${number}.js`));
  if (outside.length === 0) return;
  for (const [printed, file] of [["names", "actions.json"], ["types", "actions.d.ts"]]) {
    run(process.execPath, ["node_modules/actionlane/bin/actionlane.js", printed, ".next", "--out", `outside/${file}`], dir);
  }
  const options = ["--bundle", "--splitting", "--format=esm", "--outbase=outside", "--outdir=public", "--log-level=warning"];
  run(path.join(pkg, "node_modules/.bin/esbuild"), [...outside, ...options], dir);
}
