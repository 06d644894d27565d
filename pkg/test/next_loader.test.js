// The modules that the loader writes around two files of Next's client, run with a `require` of the test's own; and the
// files that `actionlane/next` is in each place.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";
import { internals } from "./next_app.js";

const loader = createRequire(import.meta.url)("../next/build/loader.cjs");
const ROOT = "/app/node_modules/next";
const TRAITS = { omitsUnused: true, previousNextUrl: true, deploymentInDocument: true, debugChannel: true };

/** Returns the module that the loader writes for a file of Next's. */
function written(file, source, { getResolve, ...options } = {}) {
  const context = { resourcePath: path.join(ROOT, file), getResolve, getOptions: () => ({ traits: TRAITS, settings: { maxBodyBytes: 5 }, ...options }) };
  return loader.call(context, source);
}

/** Runs a module. `require(request, exports)` has what the module has exported so far, as in a cycle. */
function run(text, require) {
  const module = { exports: {} };
  const env = { NODE_ENV: "production", NEXT_DEPLOYMENT_ID: "dpl_2" };
  new Function("module", "exports", "require", "process", text)(module, module.exports, (request) => require(request, module.exports), { env });
  return module.exports;
}

const CALLS = `"use strict";
Object.defineProperty(exports, "callServer", { enumerable: true, get: function () { return callServer; } });
require("./other");
async function callServer(id, args) { return ["own", id, args]; }
//# sourceMappingURL=app-call-server.js.map`;

test("callServer is the seam's, also for a module in a cycle, and Next's own function is whole inside", async () => {
  const requests = [];
  let inCycle;
  const made = run(written(internals.CALL_SERVER, CALLS), (request, exports) => {
    requests.push(request);
    if (request === "./other") inCycle = exports.callServer;
    if (request.endsWith("/next/run/stand_in.js")) return { standIn: (next, self, internals) => (id, args) => ({ next, self, internals, id, args }) };
    return { dispatchAppRouterAction: "dispatch", getDeploymentId: () => "dpl_1" };
  });
  assert.equal(globalThis[Symbol.for("actionlane.next.seam")], true, "the page can tell that it is there");
  assert.deepEqual(requests, ["./other"], "nothing of Next's is required before a call");
  assert.equal(inCycle, made.callServer);
  const { next, self, internals: given, id, args } = made.callServer("id", [1]);
  assert.deepEqual([id, args, self], ["id", [1], made.callServer]);
  assert.deepEqual(await next("a", "b"), ["own", "a", "b"]);
  assert.equal(given.dispatch, "dispatch");
  assert.equal(given.settings.maxBodyBytes, 5);
  assert.equal(given.getDeploymentId(), "dpl_1");
  assert.ok(requests.includes("./components/use-action-queue.js"));
});

test("a deployment that the bundler writes into the code is read from there", () => {
  const text = written(internals.CALL_SERVER, CALLS, { traits: { ...TRAITS, deploymentInDocument: false } });
  const made = run(text, (request) => (request.endsWith("stand_in.js") ? { standIn: (next, self, internals) => () => internals } : {}));
  assert.equal(made.callServer().getDeploymentId(), "dpl_2");
});

test("an imported action is made by Next's function, and its name and id are noted", async () => {
  const source = `exports.callServer = "call"; exports.findSourceMapURL = undefined;
exports.createServerReference = function () { return [...arguments]; };
//# sourceMappingURL=x.map`;
  const noted = [];
  const made = run(await written(internals.ACTION_WRAPPER, source), () => ({ note: (...args) => noted.push(args) }));
  assert.deepEqual(Object.keys(made), ["callServer", "createServerReference", "findSourceMapURL"]);
  const action = made.createServerReference("id", made.callServer, undefined, undefined, "save");
  assert.deepEqual(action, ["id", "call", undefined, undefined, "save"]);
  assert.deepEqual(noted, [["id", "save", action]]);
  assert.equal(noted[0][2], action, "the page can tell the function's id");
});

test("an alias of somebody else for the file behind all calls is an error that names both, in any place", async () => {
  const madeWith = (to) => written(internals.ACTION_WRAPPER, "", { getResolve: () => async (from, request) => to(from, request) });
  const requests = [];
  await madeWith((from, request) => {
    requests.push(from, request);
    return path.join(ROOT, internals.CALL_SERVER);
  });
  assert.deepEqual(requests, [path.join(ROOT, path.dirname(internals.ACTION_WRAPPER)), "next/dist/client/app-call-server"]);
  await madeWith(() => Promise.reject(new Error("not found")));
  await assert.rejects(madeWith(() => "/app/mine.js"), /an alias to "\/app\/mine\.js" stands in for next\/dist\/client\/app-call-server\.js, and so does withActionlane/);
});

test("another file is an error", () => {
  assert.throws(() => written("dist/client/other.js", ""), /other\.js is no file/);
});

for (const [place, flags, code, expected] of [
  ["a module", [], "const m = await import('actionlane/next')", "undefined"],
  ["Server Components", ["--conditions=react-server"], "const m = await import('actionlane/next')", "withActionlane() belongs in next.config"],
  ["edge functions", ["--conditions=edge-light"], "const m = await import('actionlane/next')", "withActionlane() belongs in next.config"],
  ["CommonJS", [], "const m = (await import('node:module')).createRequire(process.cwd() + '/x.js')('actionlane/next')", "undefined"],
]) {
  test(`actionlane/next in ${place} has all its functions`, () => {
    const text = `${code}; let failure; try { m.withActionlane({}, { enabled: false }) } catch (error) { failure = error.message }
      console.log(failure, m.withOptions(Math.max, {}) === Math.max, m.configureActions({}), await m.getDispatcher())`;
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, "--input-type=module", "-e", text], { cwd: new URL("..", import.meta.url), encoding: "utf8" });
    assert.equal(stdout.trim(), `${expected} true undefined undefined`, stderr);
  });
}
