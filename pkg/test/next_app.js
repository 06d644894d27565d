// Makes directories that look like an app with some Next in it, for the tests of `actionlane/next`. Holds no test.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

const internals = createRequire(import.meta.url)("../next/build/internals.cjs");

export { internals };

/** Texts of the files that the seam leans on, by path. As in Next 16.4; `change(files)` makes it another one. */
function filesOfNext() {
  const files = {};
  const add = (file, text) => (files[file] = `${files[file] ?? ""}\n${text}`);
  for (const { file, name } of Object.values(internals.EXPORTS)) if (!internals.isRequest(file)) add(file, `exports.${name} = null;`);
  add(internals.CALL_SERVER, "exports.callServer = null;");
  add(internals.ACTION_WRAPPER, "exports.createServerReference = exports.callServer = exports.findSourceMapURL = null;");
  const reducer = Object.keys(files).find((file) => file.endsWith("has-interception-route-in-current-tree.js")).replace(/[^/]*$/, "server-action-reducer.js");
  add(reducer, "const { actionId, actionArgs, resolve, reject } = action; fetch(state.canonicalUrl); 'x-action-redirect'; previousNextUrl; getDeploymentId; createDebugChannel;");
  add(internals.ROUTER_QUEUE, `${internals.DISPATCH} actionQueue.dispatch(action, setState); }\nconst [state, setState] = ${internals.ROUTER_STATE}`);
  add("dist/client/components/router-reducer/router-reducer-types.js", [...internals.NAVIGATIONS, ...internals.REFRESHES].map((type) => `const X = '${type}';`).join("\n"));
  add(internals.DEPLOYMENT.file, "getDeploymentId");
  add(internals.DEBUG_CHANNEL.file, "createDebugChannel");
  return { files, reducer };
}

/** Makes an app with this version of Next and returns its directory and that of Next. */
export function appWith(version, change = () => {}) {
  const dir = mkdtempSync(path.join(tmpdir(), "actionlane-next-"));
  const root = path.join(dir, "node_modules/next");
  const { files, reducer } = filesOfNext();
  change(files, reducer);
  files["package.json"] = JSON.stringify({ name: "next", version });
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return { dir, root, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
