// Builds the app of the tests of stores with Next 16.4, unless it is built already: the files of app/, and the actions
// and the route of the documents. Knows no store: the environment of a server says which it has.
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { empty } from "../next/shared/kept.mjs";
import { installNext, installOurs, linkTypes, next } from "../next/shared/packages.mjs";
import { blocksOf } from "./blocks.mjs";

const source = path.dirname(fileURLToPath(import.meta.url));

/** Lets blocks import as the documents do. */
const TSCONFIG = { compilerOptions: { jsx: "react-jsx", paths: { "@/*": ["./*"] } }, include: ["next-env.d.ts"] };

/** Blocks of the documents, by the file of the app that they become. */
const BLOCKS = {
  "blocks/correlation/2.ts": ["correlation", 2],
  "blocks/outbox-server/2.ts": ["outbox-server", 2],
  "app/ship/route.ts": ["outbox-server", 4],
};

/** Options of the scripts that use the app: where Next 16.4 is installed, and `--built` to take the app as it is. */
export const OPTIONS = {
  out: { type: "string", default: path.join(source, "../../target/next") },
  built: { type: "boolean", default: false },
};

/** Returns the directory of the built app. */
export function build({ out, built }) {
  const dir = path.join(path.resolve(out), "16.4/stores");
  if (built) return dir;
  const blocks = Object.entries(BLOCKS).map(([file, [name, number]]) => [file, blocksOf(name)[number - 1].code]);
  empty(dir);
  cpSync(path.join(source, "app"), dir, { recursive: true });
  for (const [file, code] of blocks) put(dir, file, code);
  put(dir, "tsconfig.json", JSON.stringify(TSCONFIG));
  installOurs(dir);
  installNext(dir);
  linkTypes(dir);
  next(dir);
  return dir;
}

function put(dir, name, text) {
  const file = path.join(dir, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
