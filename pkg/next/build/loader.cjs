// Puts the seam around one of three files of Next's client: the one that calls actions, the one that imported actions
// are made with, or the one by which everything reaches the router. The file itself stays whole, so that Next's own way
// is Next's own code. Must not decide anything: it writes a module.
"use strict";

const path = require("node:path");
const { ACTION_WRAPPER, CALL_SERVER, DEBUG_CHANNEL, DEPLOYMENT, DISPATCH, EXPORTS, NAVIGATIONS, REFRESHES, ROUTER_QUEUE, ROUTER_STATE, isRequest } = require("./internals.cjs");
const { refuseDetour } = require("./foreign.cjs");

/** Returns the module, or promises it. `options`: `{ traits, settings }`: see `traitsOf`; `settings` are for the run time. */
module.exports = function loader(source) {
  const options = this.getOptions();
  const from = path.dirname(this.resourcePath);
  const file = posix(this.resourcePath);
  if (file.endsWith(`/${CALL_SERVER}`)) return callServer(source, from, options);
  if (file.endsWith(`/${ACTION_WRAPPER}`)) return refuseDetour(this.getResolve?.({}), from).then(() => wrapper(source, from));
  if (file.endsWith(`/${ROUTER_QUEUE}`)) return routerQueue(source, from);
  throw new Error(`actionlane/next: ${this.resourcePath} is no file that it stands in for`);
};

/** Names the symbol that says that Next's client of actions is in the page, and where names are: see `run/page.js`. */
const MARK = "actionlane.next.seam";

const posix = (file) => file.split(path.sep).join("/");

/** Returns the request by which the module in `from` finds a file. */
function requestOf(from, to) {
  const request = posix(path.relative(from, to));
  return JSON.stringify(request.startsWith(".") ? request : `./${request}`);
}

const runtime = (from, file) => requestOf(from, path.join(__dirname, "../run", file));

/**
 * Returns the module's head. Its exports are there before it requires anything: it is part of a cycle. They go through
 * a variable, so that webpack does not see their names and shorten them, as it does not with Next's own file: names of
 * actions are found in scripts by the name of the function `createServerReference`.
 */
function head(names) {
  const exported = names.map((name) => `Object.defineProperty(api, "${name}", { enumerable: true, get: function () { return ${name}; } });`);
  return ['"use strict";', 'Object.defineProperty(exports, "__esModule", { value: true });', "var api = exports;", ...exported, "var own = { exports: {} };"].join("\n");
}

/** Returns Next's file as a function that fills `own.exports`. */
const inside = (source) => `(function (module, exports) {\n${source.replace(/\/\/# sourceMappingURL=\S*\s*$/, "")}\n})(own, own.exports);\n`;

function callServer(source, from, { traits, settings }) {
  const root = path.resolve(from, "../..");
  const file = (name) => (isRequest(name) ? JSON.stringify(name) : requestOf(from, path.join(root, name)));
  const getter = (as, { file: name, name: member }) => `get ${as}() { return require(${file(name)}).${member}; },`;
  const lines = Object.entries(EXPORTS).map(([as, from]) => getter(as, from));
  lines.push(traits.deploymentInDocument ? getter("getDeploymentId", DEPLOYMENT) : "getDeploymentId: function () { return process.env.NEXT_DEPLOYMENT_ID; },");
  const debug = traits.debugChannel
    ? `if (process.env.__NEXT_DEV_SERVER && process.env.__NEXT_REACT_DEBUG_CHANNEL) internals.createDebugChannel = require(${file(DEBUG_CHANNEL.file)}).${DEBUG_CHANNEL.name};`
    : "";
  return `${head(["callServer"])}
globalThis[Symbol.for("${MARK}")] = ${JSON.stringify(settings.names ?? true)};
var call;
function callServer(id, args) {
  if (!call) {
    ${debug}
    call = require(${runtime(from, "stand_in.js")}).standIn(function (id, args) { return own.exports.callServer(id, args); }, callServer, internals);
  }
  return call(id, args);
}
var internals = {
  ${lines.join("\n  ")}
  isDevServer: Boolean(process.env.__NEXT_DEV_SERVER),
  traits: ${JSON.stringify(traits)},
  settings: ${JSON.stringify(settings)},
};
${inside(source)}`;
}

function wrapper(source, from) {
  return `${head(["callServer", "createServerReference", "findSourceMapURL"])}
${inside(source)}
var callServer = own.exports.callServer;
var findSourceMapURL = own.exports.findSourceMapURL;
function createServerReference(id) {
  var action = own.exports.createServerReference.apply(this, arguments);
  require(${runtime(from, "names.js")}).note(id, arguments[arguments.length - 1], action);
  return action;
}
`;
}

/** Has navigations and refreshes noted before they are dispatched, and the setter of the router's state. */
function routerQueue(source, from) {
  const is = (types) => types.map((type) => `action.type === "${type}"`).join(" || ");
  const moves = `require(${runtime(from, "moves.js")})`;
  source = source.replace(ROUTER_STATE, `${ROUTER_STATE} if (typeof window !== "undefined") ${moves}.rendered(actionQueue, setState);`);
  return source.replace(DISPATCH, `${DISPATCH} if (${is(NAVIGATIONS)}) ${moves}.moved(); else if (${is(REFRESHES)}) ${moves}.refreshed();`);
}
