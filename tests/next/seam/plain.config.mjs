// The options of the app that every configuration has.
export const plain = {
  poweredByHeader: false,
  // The configurations differ in options that are part of nearly all that is compiled: no build can begin with the
  // cache of another.
  ...(process.env.SEAM_MAJOR >= 16 && { experimental: { turbopackFileSystemCacheForBuild: false } }),
  // A page that forbids wasm, with `?csp=1`.
  headers: async () => [{ source: "/:path*", has: [{ type: "query", key: "csp" }], headers: [{ key: "Content-Security-Policy", value: "script-src 'self' 'unsafe-inline'" }] }],
};
