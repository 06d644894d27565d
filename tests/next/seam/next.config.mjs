import { fileURLToPath } from "node:url";
import { withActionlane } from "actionlane/next";

const above = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, ""); // the directory of node_modules
const isNew = Number(process.env.SEAM_MAJOR ?? 16) >= 16;

export default withActionlane({
  poweredByHeader: false,
  outputFileTracingRoot: above,
  ...((isNew || process.env.TURBOPACK) && { turbopack: { root: above } }),
}, { enabled: process.env.SEAM !== "off" });
