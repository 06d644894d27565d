// Lets a build of Turbopack begin with what was computed for an app before, most of which is Next itself. Builds
// nothing, and knows no app.
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";

/**
 * Runs `act`, which builds the app of a directory with the variables that it gets. The first app of a kind leaves
 * Turbopack's cache to all that follow. The cache holds paths from the app's directory on, so it fits every app that
 * has its packages inside. `kind`: apps whose configurations are alike.
 */
export function seeded(dir, kind, act) {
  // `npm ci` of another Next removes it.
  const seed = path.join(dir, "../node_modules/.cache/turbopack", kind);
  const own = path.join(dir, ".next/cache/turbopack");
  const isFirst = !existsSync(seed);
  if (!isFirst) cpSync(seed, own, { recursive: true });
  // To write the cache of an app that is not built again would take a third of the time.
  const result = act(isFirst ? {} : { TURBO_ENGINE_READ_ONLY: "1" });
  if (isFirst && existsSync(own)) leave(own, seed);
  rmSync(own, { recursive: true, force: true });
  return result;
}

/** Moves a cache to its place, unless another build was faster. */
function leave(own, seed) {
  mkdirSync(path.dirname(seed), { recursive: true });
  try {
    renameSync(own, seed);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST"].includes(error.code)) throw error;
  }
}
