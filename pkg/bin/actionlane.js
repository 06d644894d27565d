#!/usr/bin/env node
// The command `actionlane`: prints names and types of a build's Server Actions. Exits with 0, with 1 if the build
// cannot be read, and with 2 for wrong arguments. Must not change the build.

import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { didYouMean } from "../lib/options/did_you_mean.js";
import { BuildError, readActions } from "./build.js";
import { declarationsOf } from "./declarations.js";

const HELP = `Usage: actionlane names|types [BUILD] [--file FILE] [--out FILE]

Reads the Server Actions of a build of Next.js, 15.5 or 16, for pages that are not built with withActionlane.

  names        prints their ids by name as JSON: the manifest of actions(d, manifest)
  types        prints their types as TypeScript: the type of actions<Actions>(d, manifest)

  BUILD        directory that next build has written; default: .next
  --file FILE  only actions of this file, by its path from the app: app/cart/actions
  --out FILE   writes to this file; paths in types are relative to it, else to the current directory
  --help       prints this
  --version    prints the version of the package

If several actions have a name, each is under its file and name: "app/cart/actions#add". Closures and cached functions
are left out. Ids change with each build: make both files again after next build.
`;

const COMMANDS = {
  names: (actions) => `${JSON.stringify(Object.fromEntries(actions.map(({ key, id }) => [key, id])), null, 2)}\n`,
  types: declarationsOf,
};

class UsageError extends Error {}

function main(args) {
  const { values, positionals } = parsed(args);
  if (values.help) return print(HELP);
  if (values.version) return print(`${JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version}\n`);
  const [command, build = ".next", ...more] = positionals;
  if (command === undefined) throw new UsageError("expected names or types");
  if (!Object.hasOwn(COMMANDS, command)) {
    throw new UsageError(`there is no command ${JSON.stringify(command)}${didYouMean(command, Object.keys(COMMANDS))}`);
  }
  if (more.length > 0) throw new UsageError(`expected one build, not also ${more.join(" ")}`);
  const from = path.dirname(path.resolve(values.out ?? "x"));
  const text = COMMANDS[command](readActions(build, values.file), from);
  if (values.out === undefined) print(text);
  else write(values.out, text);
}

/** Writes a file, and the directories above it. */
function write(file, text) {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new UsageError(`--out: ${file} is a directory; name a file in it`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function parsed(args) {
  const text = { type: "string" };
  const flag = { type: "boolean" };
  const options = { file: text, out: text, help: { ...flag, short: "h" }, version: flag };
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch ({ code, message }) {
    const unknown = code === "ERR_PARSE_ARGS_UNKNOWN_OPTION" && /'(--?[^']*)'/.exec(message)?.[1];
    if (!unknown) throw new UsageError(message);
    throw new UsageError(`there is no option ${unknown}${didYouMean(unknown, Object.keys(options).map((name) => `--${name}`))}`);
  }
}

function print(text) {
  process.stdout.write(text);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError;
  if (!isUsage && !(error instanceof BuildError) && error.syscall === undefined) throw error;
  console.error(`actionlane: ${error.message}${isUsage ? "\nactionlane --help says what there is" : ""}`);
  process.exitCode = isUsage ? 2 : 1;
}
