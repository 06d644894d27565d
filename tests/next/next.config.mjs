// One configuration for every version of Next. The choices of this build are in fixture.json beside it, which
// build.mjs writes.
import { readFileSync } from "node:fs";

const choices = JSON.parse(readFileSync(new URL("fixture.json", import.meta.url), "utf8"));
const [major, minor] = choices.version.split(".").map(Number);
const at = (wantedMajor, wantedMinor) => major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
const isWebpack = choices.bundler ? choices.bundler === "webpack" : !at(16, 0);

// No list of the files that a deployment needs, no cache of webpack for a build that never follows, no processes for
// the work of one, no small code for the server: that is half of the time of a build, and browsers get the same.
const outputFileTracingExcludes = { "**": ["**/*"], "next-server": ["**/*"] };
const experimental = { webpackBuildWorker: false, serverMinification: false };
// A path is part of nearly all that is compiled: such a build cannot begin with the cache of another (build.mjs).
if (at(16, 0) && choices.basePath) experimental.turbopackFileSystemCacheForBuild = false;
if (at(15, 1)) experimental.authInterrupts = true;
if (at(15, 3) && !choices.cacheComponents) experimental.useCache = true;
if (!at(15, 0)) Object.assign(experimental, { outputFileTracingExcludes });

const config = {
  experimental,
  poweredByHeader: false,
  ...(choices.buildId && { generateBuildId: () => choices.buildId }),
  ...(choices.basePath && { basePath: choices.basePath }),
  ...(choices.assetPrefix && { assetPrefix: choices.assetPrefix }),
  ...(choices.trailingSlash && { trailingSlash: true }),
  ...(choices.deploymentId && { deploymentId: choices.deploymentId }),
  ...(choices.cacheComponents && { cacheComponents: true }),
  ...(at(15, 0) && { outputFileTracingExcludes }),
  ...(isWebpack && { webpack: (config) => ({ ...config, cache: false }) }),
};

/** Returns the configuration with the seam, which only builds with it have installed. */
async function withSeam() {
  const { withActionlane } = await import("actionlane/next");
  return withActionlane(config);
}

export default choices.seam ? await withSeam() : config;
