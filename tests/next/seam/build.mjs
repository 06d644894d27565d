// Builds the app of this directory with one version of Next and one bundler, and prints its directory:
//
//   node build.mjs VERSION BUNDLER [--seam off|bare|policy] [--dev] [--out DIR]      BUNDLER: turbopack or webpack
//
// `--seam off` builds without withActionlane, `bare` with it and no policy in the app, `policy` (default) with both.
// `--dev` assembles the app for `next dev` and builds nothing.
// The packages of the version must be installed: `node ../build.mjs VERSION` does that.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const source = path.dirname(fileURLToPath(import.meta.url));
const pkg = path.join(source, "../../../pkg");
const { values, positionals: [version, bundler] } = parseArgs({
  allowPositionals: true,
  options: { seam: { type: "string", default: "policy" }, dev: { type: "boolean", default: false }, out: { type: "string", default: path.join(source, "../../../target/next") } },
});
const packages = path.join(path.resolve(values.out), version);
if (!existsSync(path.join(packages, "node_modules/next"))) throw new Error(`no Next in ${packages}`);
const dir = path.join(packages, `seam-${bundler}-${values.dev ? "dev" : values.seam}`);
const [major, minor] = version.split(".").map(Number);

rmSync(dir, { recursive: true, force: true });
mkdirSync(path.join(dir, "node_modules/.bin"), { recursive: true });
for (const name of ["app", "next.config.mjs", "instrumentation-client.js"]) cpSync(path.join(source, name), path.join(dir, name), { recursive: true });
if (values.seam !== "policy") {
  rmSync(path.join(dir, "instrumentation-client.js"));
  writeFileSync(path.join(dir, "app/tools.js"), 'export { Bare as Tools } from "./bare";\n');
}
const files = readdirSync(pkg).filter((name) => !["node_modules", "test", "dist", "script", "package-lock.json"].includes(name));
for (const name of files) cpSync(path.join(pkg, name), path.join(dir, "node_modules/actionlane", name), { recursive: true });
symlinkSync("../../../node_modules/next/dist/bin/next", path.join(dir, "node_modules/.bin/next"));

const flags = major >= 16 ? [`--${bundler}`] : bundler === "turbopack" ? ["--turbopack"] : [];
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", SEAM: values.seam, SEAM_MAJOR: String(major) };
delete env.NODE_ENV;
if (values.dev) {
  console.log(dir);
  process.exit();
}
const { status, stdout, stderr } = spawnSync(process.execPath, ["node_modules/.bin/next", "build", ...flags], { cwd: dir, env, encoding: "utf8", maxBuffer: 64 << 20 });
if (status !== 0) throw new Error(`next build: exit ${status}\n${stdout}${stderr}`);
if (stderr) console.error(stderr);
console.log(dir);
