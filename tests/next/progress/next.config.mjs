import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, ""); // the directory of node_modules

export default {
  poweredByHeader: false,
  outputFileTracingRoot: root,
  turbopack: { root },
  experimental: { serverActions: { bodySizeLimit: "64mb" } },
};
