// Loads the drivers of databases from where `tests/stores/package.json` has installed them, past the bundler: they are
// not beside the app, which is built once for all stores. Knows no store.
const { createRequire } = process.getBuiltinModule("node:module");

export const driver = (name) => createRequire(process.env.DRIVERS)(name);
