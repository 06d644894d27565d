// Stands in for a bundler, as React sees it: some modules, their manifests, and one module of actions.

// React's builds choose production or development by this.
process.env.NODE_ENV = "production";

function Mod1() {}
function Named() {}
function Mod2Default() {}
function Mod3() {}

/** The modules, by id. `mod3` is loaded asynchronously. */
const MODULES = { mod1: { default: Mod1 }, mod2: { __esModule: true, default: Mod2Default, Named }, mod3: Promise.resolve({ default: Mod3 }) };
const MODULES_LOADED = { ...MODULES, mod3: { default: Mod3 } };
const LONG = "static/chunks/this-is-a-rather-long-chunk-name-0123456789abcdef.js";

globalThis.__webpack_require__ = Object.assign(
  (id) => {
    if (Object.hasOwn(MODULES, id)) return MODULES[id];
    if (id === "actions") return actions;
    throw new Error(`fake webpack: no module ${id}`);
  },
  { u: (chunk) => `${chunk}.js` },
);
globalThis.__webpack_chunk_load__ = () => Promise.resolve();
Object.assign(MODULES.mod3, { status: "fulfilled", value: MODULES_LOADED.mod3 });

/** The members of import rows, by client reference, as a bundler tells the server. */
export const CLIENT_MANIFEST = {
  "mod1#default": { id: "mod1", chunks: [], name: "default" },
  "mod2#Named": { id: "mod2", chunks: ["c1", "c1.js"], name: "Named" },
  "mod3#default": { id: "mod3", chunks: [], name: "default", async: true },
  "long1#default": { id: "mod1", chunks: ["123", LONG, "124", LONG], name: "default" },
  "long2#default": { id: "mod2", chunks: ["123", LONG], name: "" },
};

/** Returns the export that a client reference names. Throws as `__webpack_require__` does. */
export function exportOf(id, name) {
  if (!Object.hasOwn(MODULES_LOADED, id)) throw new Error(`fake webpack: no module ${id}`);
  const exports = MODULES_LOADED[id];
  return name === "*" ? exports : exports[name === "" ? "default" : name];
}

/** True if a function is an export of one of the modules. */
export const isExport = (value) => [Mod1, Mod2Default, Mod3, Named].includes(value);

/** The actions that a server reference may name: all names exist. An action returns its id and arguments. */
const actions = new Proxy(
  {},
  {
    get: (_, id) => (typeof id === "string" && id !== "then" && id !== "__esModule" ? (...args) => ({ id, args }) : undefined),
    getOwnPropertyDescriptor: (target, id) => ({ value: actions[id], configurable: true, enumerable: true, writable: true }),
  },
);
export const SERVER_MANIFEST = new Proxy({}, { get: (_, id) => ({ id: "actions", chunks: [], name: id }) });
