import type { NextConfig } from "next";

const config: NextConfig = {
  // For forbidden() and unauthorized().
  experimental: { authInterrupts: true },
};

export default config;
