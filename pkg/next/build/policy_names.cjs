// Finds the names of actions that an app's policies may use: all names and texts in the source files that call
// `configureActions`. Must not run a source file.
"use strict";

const fs = require("node:fs/promises");
const path = require("node:path");

const SOURCE = /\.[cm]?[jt]sx?$/;
/** Directories that hold no source of the app, besides those that begin with a dot. */
const OTHERS = new Set(["node_modules", "public", "out", "dist", "build"]);
/** Greatest number of directories and source files that are looked at. */
const MAX_FILES = 50_000;

const WORDS = /"([^"\\\n]+)"|'([^'\\\n]+)'|`([^`\\$\n]+)`|([A-Za-z_$][\w$]*)\s*:/g;

/** Promises the texts and the keys of objects in the files of the app that import `configureActions`. */
async function policyNames(projectDir, skip = []) {
  const words = new Set();
  const dirs = [projectDir];
  let files = 0;
  // `dirs` grows while it is walked. What cannot be read holds no source of the app: data of a server, say.
  for (const dir of dirs) {
    for (const entry of await fs.readdir(dir, { withFileTypes: true }).catch(() => [])) {
      const file = path.join(dir, entry.name);
      const isOther = entry.name.startsWith(".") || OTHERS.has(entry.name) || skip.includes(file);
      if (entry.isDirectory() && !isOther) dirs.push(file);
      if (!entry.isFile() || !SOURCE.test(entry.name)) continue;
      files += 1;
      addWords(await fs.readFile(file, "utf8").catch(() => ""), words);
    }
    if (files + dirs.length > MAX_FILES) {
      console.warn(`actionlane/next: ${projectDir} has more than ${MAX_FILES} files, and not all were searched for policies; list their names in withActionlane(nextConfig, { names })`);
      break;
    }
  }
  return words;
}

function addWords(text, words) {
  if (!text.includes("actionlane/next") || !text.includes("configureActions")) return;
  for (const [, ...found] of text.matchAll(WORDS)) words.add(found.find(Boolean));
}

module.exports = { policyNames };
