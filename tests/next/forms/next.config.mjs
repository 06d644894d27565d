// One configuration for every version of Next, which build.mjs writes into fixture.json.
import { readFileSync } from "node:fs";

const { version } = JSON.parse(readFileSync(new URL("fixture.json", import.meta.url), "utf8"));
const major = Number(version.split(".")[0]);

// No list of the files that a deployment needs: making it takes a third of the time of a build. No cache of webpack for
// a build that never follows.
const tracing = { outputFileTracingExcludes: { "**": ["**/*"], "next-server": ["**/*"] } };

export default {
  poweredByHeader: false,
  ...(major >= 15 ? tracing : { experimental: tracing }),
  ...(major < 16 && { webpack: (config) => ({ ...config, cache: false }) }),
};
