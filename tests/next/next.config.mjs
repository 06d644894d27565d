// One configuration for every version of Next. The choices of this build are in fixture.json beside it, which
// build.mjs writes.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const choices = JSON.parse(readFileSync(new URL("fixture.json", import.meta.url), "utf8"));
const [major, minor] = choices.version.split(".").map(Number);
const at = (wantedMajor, wantedMinor) => major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
const above = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, ""); // the directory of node_modules

// No list of the files that a deployment needs, no cache for a build that never follows, no processes for the work of
// one, no small code for the server: that is half of the time of a build, and browsers get the same.
const outputFileTracingExcludes = { "**": ["**/*"], "next-server": ["**/*"] };
const experimental = { webpackBuildWorker: false, serverMinification: false };
if (at(16, 2)) experimental.turbopackFileSystemCacheForBuild = false;
if (at(15, 1)) experimental.authInterrupts = true;
if (at(15, 3) && !choices.cacheComponents) experimental.useCache = true;
if (!at(15, 0)) Object.assign(experimental, { outputFileTracingRoot: above, outputFileTracingExcludes });

const config = {
  experimental,
  poweredByHeader: false,
  ...(choices.buildId && { generateBuildId: () => choices.buildId }),
  ...(choices.basePath && { basePath: choices.basePath }),
  ...(choices.assetPrefix && { assetPrefix: choices.assetPrefix }),
  ...(choices.trailingSlash && { trailingSlash: true }),
  ...(choices.deploymentId && { deploymentId: choices.deploymentId }),
  ...(choices.cacheComponents && { cacheComponents: true }),
  ...(at(15, 0) && { outputFileTracingRoot: above, outputFileTracingExcludes }),
  ...((at(16, 0) || (at(15, 3) && choices.bundler === "turbopack")) && { turbopack: { root: above } }),
};

/** Returns the configuration with the seam, which only builds with it have installed. */
async function withSeam() {
  const { withActionlane } = await import("actionlane/next");
  return withActionlane(config);
}

export default choices.seam ? await withSeam() : config;
