// Configuration of the examples.
import path from "node:path";
import { withActionlane } from "actionlane/next";
import type { NextConfig } from "next";

const config: NextConfig = {
  // The package is linked from ../../pkg, so Turbopack must be allowed to read above this folder.
  turbopack: { root: path.join(__dirname, "../..") },
  poweredByHeader: false,
};

export default withActionlane(config);
