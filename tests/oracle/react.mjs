// Loads React's releases, side by side in one process.
//
// A server build of React needs `react` under the condition `react-server`, a client build needs the plain one, and
// each needs the release that it was made with. All of them call `require("react")`: the caller's path decides
// which one it gets.

import { createRequire, Module } from "node:module";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

import "./webpack.mjs";

const modules = join(dirname(fileURLToPath(import.meta.url)), "node_modules");
const require = createRequire(import.meta.url);

/**
 * The releases: the newest patch of each line, which all use today's wire format, and one before each change of it.
 * `next` is a Next.js version with the same wire format; releases without it use today's.
 */
export const RELEASES = [
  { name: "19.0" },
  { name: "19.1" },
  { name: "19.2" },
  { name: "19.3" },
  { name: "19.2.1", react: "19.2", next: "15.4.8" },
  { name: "19.2.5", react: "19.2", next: "16.1.0" },
  { name: "19.2.8", react: "19.2", next: "16.3.0" },
];

/** The release that the vectors are made with. */
export const CURRENT = "19.3";

const loaded = new Map();

/**
 * Loads a release: its servers (`edge` for streams, `node` for busboy), its browser client, and the React that each
 * was made with.
 */
export function load(name) {
  if (!loaded.has(name)) loaded.set(name, read(name));
  return loaded.get(name);
}

function read(name) {
  const { react = name, next } = RELEASES.find((release) => release.name === name);
  // One React serves one server build: each release gets a React of its own, also if two were made with the same
  // version.
  for (const file of Object.keys(require.cache)) if (file.startsWith(modules) && file.includes(`-${react}${sep}`)) delete require.cache[file];
  const dom = (file) => require(join(modules, `react-server-dom-webpack-${name}`, file));
  return {
    name,
    next,
    edge: dom("server.edge.js"),
    node: dom("server.node.js"),
    client: dom("client.browser.js"),
    serverReact: require(join(modules, `react-${react}`, "react.react-server.js")),
    serverReactDom: require(join(modules, `react-dom-${react}`, "react-dom.react-server.js")),
    clientReact: require(join(modules, `react-${react}`, "index.js")),
  };
}

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
  const from = parent?.filename ?? "";
  const place = from.startsWith(modules) && from.slice(modules.length + 1).match(/^react[a-z-]*?-(19\.\d+)[^/\\]*/);
  if (!place || (request !== "react" && request !== "react-dom")) return resolve.call(this, request, parent, ...rest);
  const isServer = /server(\.|$)/.test(from.slice(from.lastIndexOf(sep)).replace("react-server-dom-webpack", ""));
  const file = isServer ? `${request}.react-server.js` : "index.js";
  return join(modules, `${request}-${place[1]}`, file);
};
