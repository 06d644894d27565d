// The options of the app that every configuration has.
import { fileURLToPath } from "node:url";

const above = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, ""); // the directory of node_modules
const isNew = Number(process.env.SEAM_MAJOR ?? 16) >= 16;

export const plain = {
  poweredByHeader: false,
  // A page that forbids wasm, with `?csp=1`.
  headers: async () => [{ source: "/:path*", has: [{ type: "query", key: "csp" }], headers: [{ key: "Content-Security-Policy", value: "script-src 'self' 'unsafe-inline'" }] }],
  outputFileTracingRoot: above,
  ...((isNew || process.env.TURBOPACK) && { turbopack: { root: above } }),
};
