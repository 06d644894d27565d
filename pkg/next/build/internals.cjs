// Names every internal of Next that the seam leans on, and checks that a Next has them. No other file names one: a new
// version of Next is looked at here. Must not run in a browser; the loader writes what is needed there.
"use strict";

const { existsSync, readFileSync } = require("node:fs");
const path = require("node:path");

/** The file behind all calls of actions in the browser: it exports `callServer(id, args)`. */
const CALL_SERVER = "dist/client/app-call-server.js";
/** The file that imported actions are made with: its `createServerReference` is given the name of the action. */
const ACTION_WRAPPER = "dist/build/webpack/loaders/next-flight-loader/action-client-wrapper.js";
/** The file by which everything reaches the router. Navigations are noted in it. */
const ROUTER_QUEUE = "dist/client/components/use-action-queue.js";
/** Beginning of the function there that is given each action of the router. */
const DISPATCH = "function dispatchAppRouterAction(action) {";
/** The hook there that holds the router's state in React, and its line that makes that. */
const ROUTER_STATE = "_react.default.useState(actionQueue.state);";
/** Types of the router's actions with which the user moves on: the router then discards the action that is running. */
const NAVIGATIONS = ["navigate", "restore"];
/** Types with which the router has the page rendered again. */
const REFRESHES = ["refresh"];
const ACTION_REDUCER = "dist/client/components/router-reducer/reducers/server-action-reducer.js";

/**
 * The exports that the seam uses, by the name it has for them. `file`: relative to the package; one without an
 * extension is a request that Next's bundler configuration resolves.
 */
const EXPORTS = {
  // Puts an action into the router's queue.
  dispatch: { file: ROUTER_QUEUE, name: "dispatchAppRouterAction" },
  serverAction: { file: "dist/client/components/router-reducer/router-reducer-types.js", name: "ACTION_SERVER_ACTION" },
  // The router's state. Read of it: `canonicalUrl`, `tree`, `nextUrl`, `previousNextUrl`.
  getState: { file: "dist/client/components/app-router-instance.js", name: "getCurrentAppRouterState" },
  router: { file: "dist/client/components/app-router-instance.js", name: "publicAppRouterInstance" },
  treeHeader: { file: "dist/client/flight-data-helpers.js", name: "prepareFlightRouterStateForRequest" },
  infoOf: { file: "dist/shared/lib/server-reference-info.js", name: "extractInfoFromServerReferenceId" },
  omitUnusedArgs: { file: "dist/shared/lib/server-reference-info.js", name: "omitUnusedArgs" },
  isIntercepted: {
    file: "dist/client/components/router-reducer/reducers/has-interception-route-in-current-tree.js",
    name: "hasInterceptionRouteInCurrentTree",
  },
  assignLocation: { file: "dist/client/assign-location.js", name: "assignLocation" },
  redirectError: { file: "dist/client/components/redirect.js", name: "getRedirectError" },
  UnrecognizedActionError: { file: "dist/client/components/unrecognized-action-error.js", name: "UnrecognizedActionError" },
  findSourceMapURL: { file: "dist/client/app-find-source-map-url.js", name: "findSourceMapURL" },
  // React, as Next bundles it for the browser.
  startTransition: { file: "react", name: "startTransition" },
  // Read of it: `T`, the transition that is running, or null.
  reactInternals: { file: "react", name: "__CLIENT_INTERNALS_DO_NOT_USE_OR_WARN_USERS_THEY_CANNOT_UPGRADE" },
  encodeReply: { file: "react-server-dom-webpack/client", name: "encodeReply" },
  createTemporaryReferenceSet: { file: "react-server-dom-webpack/client", name: "createTemporaryReferenceSet" },
  createFromFetch: { file: "react-server-dom-webpack/client", name: "createFromFetch" },
};

/** Texts without which the file does something else than the seam relies on. */
const TEXTS = [
  // What the reducer reads of the action, and the one request that it makes.
  { file: ACTION_REDUCER, texts: ["actionId", "actionArgs", "resolve", "reject", "state.canonicalUrl", "fetch", "x-action-redirect"] },
  { file: CALL_SERVER, texts: ["callServer"] },
  { file: ROUTER_QUEUE, texts: [DISPATCH, `, setState] = ${ROUTER_STATE}`, "actionQueue.dispatch(action, setState)"] },
  { file: "dist/client/components/router-reducer/router-reducer-types.js", texts: [...NAVIGATIONS, ...REFRESHES].map((type) => `= '${type}'`) },
  { file: ACTION_WRAPPER, texts: ["createServerReference", "callServer", "findSourceMapURL"] },
];

/** Properties that exist in some versions only. True if the file has the text. */
const TRAITS = {
  /** The arguments that a server function does not read are left out; else only those of `'use cache'` functions. */
  omitsUnused: { file: ACTION_REDUCER, lacks: "=== 'use-cache' ?" },
  previousNextUrl: { file: ACTION_REDUCER, text: "previousNextUrl" },
  /** The deployment is in the document; else the bundler writes it into the code. */
  deploymentInDocument: { file: ACTION_REDUCER, text: "getDeploymentId" },
  /** In development, the head of the request names it, for debug data that comes another way. */
  debugChannel: { file: ACTION_REDUCER, text: "createDebugChannel" },
};

const DEPLOYMENT = { file: "dist/shared/lib/deployment-id.js", name: "getDeploymentId" };
const DEBUG_CHANNEL = { file: "dist/client/dev/debug-channel.js", name: "createDebugChannel" };

const isRequest = (file) => !file.startsWith("dist/");

/** Returns the faults of the Next in `root`: a sentence for each internal that is missing. */
function faultsOf(root) {
  const faults = [];
  const used = [...Object.values(EXPORTS).filter(({ file }) => !isRequest(file)).map(({ file, name }) => ({ file, texts: [name] })), ...TEXTS];
  const traits = traitsOf(root);
  if (traits.deploymentInDocument) used.push({ file: DEPLOYMENT.file, texts: [DEPLOYMENT.name] });
  if (traits.debugChannel) used.push({ file: DEBUG_CHANNEL.file, texts: [DEBUG_CHANNEL.name] });
  for (const { file, texts } of used) {
    const source = read(root, file);
    if (source === undefined) faults.push(`next/${file} is missing`);
    else for (const text of texts) if (!source.includes(text)) faults.push(`next/${file} has no ${text}`);
  }
  return [...new Set(faults)];
}

/** Returns the traits of the Next in `root`. */
function traitsOf(root) {
  const entries = Object.entries(TRAITS).map(([trait, { file, text, lacks }]) => {
    const source = read(root, file) ?? "";
    return [trait, text ? source.includes(text) : !source.includes(lacks)];
  });
  return Object.fromEntries(entries);
}

function read(root, file) {
  const full = path.join(root, file);
  return existsSync(full) ? readFileSync(full, "utf8") : undefined;
}

/** The files that the loader runs on. */
const FILES = [CALL_SERVER, ACTION_WRAPPER, ROUTER_QUEUE];

module.exports = { CALL_SERVER, ACTION_WRAPPER, ROUTER_QUEUE, FILES, DISPATCH, ROUTER_STATE, NAVIGATIONS, REFRESHES, EXPORTS, DEPLOYMENT, DEBUG_CHANNEL, isRequest, faultsOf, traitsOf };
