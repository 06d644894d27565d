// Builds the app of examples/next-safe-action with next-safe-action's hooks and with ours, and compares the two in
// Chromium, behaviour by behaviour:
//
//   node run.mjs [name] [--table] [--out DIR]
//
// A name runs the behaviours that contain it; `--table` prints a table of them in markdown. The last lines are `pass N`
// and `fail N`. A run without a check has failed.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const source = path.dirname(fileURLToPath(import.meta.url));
const { values, positionals: [only = ""] } = parseArgs({
  allowPositionals: true,
  options: { table: { type: "boolean" }, out: { type: "string", default: path.join(source, "../../../target/next") } },
});

const built = script("build.mjs", ["--out", values.out], "pipe");
if (built.status !== 0) {
  console.log(`FAIL the builds\n${built.stderr.replace(/^/gm, "    ")}\npass 0\nfail 1`);
  process.exit(1);
}
const { theirs, ours } = JSON.parse(built.stdout);
const { status } = script("drive.mjs", [theirs, ours, only, ...(values.table ? ["--table"] : [])], "inherit");
process.exit(status ?? 1);

/** Runs a script of this directory. `output`: "pipe" returns what it prints. */
function script(name, args, output) {
  const options = { encoding: "utf8", maxBuffer: 64 << 20, stdio: ["ignore", output, output] };
  return spawnSync(process.execPath, [path.join(source, name), ...args], options);
}
