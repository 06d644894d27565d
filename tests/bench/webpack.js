// A bundler's runtime, as far as React's client looks at it. Imported before it: it looks at once.

globalThis.__webpack_require__ = Object.assign(() => new Proxy({}, { get: () => () => null, has: () => true }), { u: String });
globalThis.__webpack_chunk_load__ = () => Promise.resolve();
