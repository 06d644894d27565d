import path from "node:path";
import type { NextConfig } from "next";

const config: NextConfig = {
  // The package is linked from ../pkg: Turbopack must be allowed to read above this folder.
  turbopack: { root: path.join(__dirname, "..") },
  experimental: { authInterrupts: true },
  poweredByHeader: false,
};

export default config;
