// The configuration of the demo app.
import path from "node:path";
import { withActionlane } from "actionlane/next";
import type { NextConfig } from "next";

const config: NextConfig = {
  // The package is linked from ../pkg, so Turbopack must be allowed to read above this folder.
  turbopack: { root: path.join(__dirname, "..") },
  // 64 MB, because the end-to-end tests send a large file.
  experimental: { authInterrupts: true, serverActions: { bodySizeLimit: "64mb" } },
  poweredByHeader: false,
};

export default withActionlane(config);
