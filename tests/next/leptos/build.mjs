// Builds the page of `examples/leptos-checkout` and the Next app whose actions it calls. Checks nothing.
import { mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { pkg, run } from "../shared/packages.mjs";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../..");

/** The directory of the example. */
export const example = path.join(root, "examples/leptos-checkout");

/** Compiles the page, and makes its files in a directory. */
export function buildPage(site) {
  const target = path.join(root, "target/dependants");
  const wasm32 = "wasm32-unknown-unknown";
  run("cargo", ["rustc", "--locked", "--target", wasm32, "--target-dir", target, "--", "-D", "warnings"], example);
  mkdirSync(site, { recursive: true });
  const wasm = path.join(target, wasm32, "debug/leptos-checkout.wasm");
  run("wasm-bindgen", ["--target", "web", "--no-typescript", "--out-dir", site, wasm], root);
}

/** Builds the fixture app, and writes the ids of its actions. Returns its directory, which `next start` serves. */
export function buildNext(site, out) {
  const dir = run(process.execPath, ["tests/next/build.mjs", "16.4", "--out", path.resolve(out)], root).trim();
  const names = ["names", path.join(dir, ".next"), "--file", "app/(main)/checkout/actions", "--out", path.join(site, "actions.json")];
  run(process.execPath, [path.join(pkg, "bin/actionlane.js"), ...names], root);
  return dir;
}
