// Defines what React's client expects of a bundler's runtime. Import it before React's client, which looks for it
// when it is loaded.

globalThis.__webpack_require__ = Object.assign(() => new Proxy({}, { get: () => () => null, has: () => true }), { u: String });
globalThis.__webpack_chunk_load__ = () => Promise.resolve();
