// `withActionlane`: what it adds to a configuration, for which Next and which bundler, and what it refuses.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { realpathSync } from "node:fs";
import { after, afterEach, test } from "node:test";
import { appWith, internals } from "./next_app.js";
import { withActionlane } from "../next/node.js";

const require = createRequire(import.meta.url);
const { bodyLimit } = require("../next/build/body_limit.cjs");
const home = process.cwd();
const apps = [];
after(() => apps.forEach(({ remove }) => remove()));
afterEach(() => {
  process.chdir(home);
  delete process.env.TURBOPACK;
  delete process.env.NODE_ENV;
  delete process.env.ACTIONLANE_SAID;
});

/** Enters an app with this Next. */
function enter(version, { turbopack, change } = {}) {
  const app = appWith(version, change);
  apps.push(app);
  process.chdir(app.dir);
  if (turbopack) process.env.TURBOPACK = "1";
  return { ...app, root: realpathSync(app.root) };
}

/** Returns the rules that a webpack configuration has got. */
function webpackRules(config, { isServer = false, alias = {} } = {}) {
  const given = { resolve: { alias }, module: { rules: [] } };
  return config.webpack(given, { isServer }).module.rules;
}

const KEYS = internals.FILES.map((file) => `**/next/${file}`);

test("Turbopack gets a rule for each file, in the browser alone", () => {
  enter("16.4.6", { turbopack: true });
  const { turbopack, webpack } = withActionlane({ turbopack: { root: "/x", rules: { "*.svg": ["svg"] } } });
  assert.equal(turbopack.root, "/x");
  assert.deepEqual(Object.keys(turbopack.rules), ["*.svg", ...KEYS]);
  for (const key of KEYS) assert.equal(turbopack.rules[key].condition, "browser");
  assert.equal(webpack, undefined);
});

test("Turbopack of Next 15.5 has another form of the condition", () => {
  enter("15.5.29", { turbopack: true });
  const { turbopack } = withActionlane({});
  for (const key of KEYS) assert.deepEqual(Object.keys(turbopack.rules[key]), ["browser"]);
});

test("webpack gets a rule in the browser's bundle, after the configuration's own function", () => {
  const { root } = enter("16.4.6");
  const config = withActionlane({
    webpack(config) {
      config.module.rules.push("own");
      return config;
    },
  });
  const [own, rule] = webpackRules(config);
  assert.equal(own, "own");
  assert.deepEqual(rule.include, internals.FILES.map((file) => path.join(root, file)));
  assert.deepEqual(webpackRules(config, { isServer: true }), ["own"]);
  assert.equal(config.turbopack, undefined);
});

test("a function stays a function, a promise a promise, and other options stay as they are", async () => {
  enter("16.4.6");
  const made = await withActionlane(async (phase, { defaultConfig }) => ({ phase, defaultConfig }))("phase-production-build", { defaultConfig: 1 });
  assert.equal(made.phase, "phase-production-build");
  assert.equal(made.defaultConfig, 1);
  assert.equal(typeof made.webpack, "function");
  assert.equal(typeof (await withActionlane(Promise.resolve({}))).webpack, "function");
  const given = { reactStrictMode: true };
  assert.deepEqual(Object.keys(withActionlane(given)), ["reactStrictMode", "compiler", "webpack"]);
  assert.deepEqual(given, { reactStrictMode: true });
});

test("another wrapper may stand inside or outside", () => {
  enter("16.4.6");
  const withOther = (config) => ({
    ...config,
    other: true,
    webpack(made, context) {
      made.module.rules.push("other");
      return config.webpack ? config.webpack(made, context) : made;
    },
  });
  assert.equal(webpackRules(withOther(withActionlane({}))).length, 2);
  assert.equal(webpackRules(withActionlane(withOther({}))).length, 2);
});

test("a server that only serves needs nothing", async () => {
  enter("14.2.0");
  assert.deepEqual(await withActionlane(() => ({}))("phase-production-server", {}), {});
});

test("an unknown Next fails the build, and the message says how to switch it off", () => {
  enter("17.0.1");
  assert.throws(() => withActionlane({}), /Next 17\.0\.1 is not known.*\{ enabled: false \}/);
  assert.deepEqual(withActionlane({ a: 1 }, { enabled: false }), { a: 1 });
});

for (const version of ["14.2.35", "15.0.4", "15.4.11"]) {
  test(`Next ${version} fails the build, and the message names d.call`, () => {
    enter(version);
    assert.throws(() => withActionlane({}), new RegExp(`Next ${version.replaceAll(".", "\\.")} is older than 15\\.5.*d\\.call`));
  });
}

test("a Next without one of the internals fails the build, and the message names it", () => {
  enter("16.9.0", { change: (files) => delete files["dist/client/flight-data-helpers.js"] });
  assert.throws(() => withActionlane({}), /Next 16\.9\.0 is not as .*next\/dist\/client\/flight-data-helpers\.js is missing/);
  enter("16.9.0", { change: (files) => (files["dist/client/components/use-action-queue.js"] = "exports.other = 1;") });
  assert.throws(() => withActionlane({}), /use-action-queue\.js has no dispatchAppRouterAction/);
});

test("the traits of a version come from its files", () => {
  const traits = (config) => webpackRules(config)[0].use[0].options.traits;
  enter("16.4.6");
  assert.deepEqual(traits(withActionlane({})), { omitsUnused: true, previousNextUrl: true, deploymentInDocument: true, debugChannel: true });
  enter("15.5.29", {
    change(files, reducer) {
      const old = files[reducer].replace("previousNextUrl; getDeploymentId; createDebugChannel;", "");
      files[reducer] = `${old} const usedArgs = info.type === 'use-cache' ? omit() : actionArgs;`;
    },
  });
  assert.deepEqual(traits(withActionlane({})), { omitsUnused: false, previousNextUrl: false, deploymentInDocument: false, debugChannel: false });
});

test("an alias or a rule of somebody else for one of the files is an error that names both", () => {
  const { root } = enter("16.4.6", { turbopack: true });
  const turbopack = (turbopack) => () => withActionlane({ turbopack });
  const both = /turbopack\..*"\.\/mine\.js".*next\/dist\/client\/app-call-server\.js.*withActionlane/;
  assert.throws(turbopack({ resolveAlias: { "next/dist/client/app-call-server": "./mine.js" } }), both);
  assert.throws(turbopack({ resolveAlias: { "next/dist/client/app-call-server.js": "./mine.js" } }), both);
  assert.throws(turbopack({ rules: { [KEYS[0]]: ["x"] } }), /turbopack\.rules.*app-call-server.*withActionlane/);
  assert.throws(turbopack({ resolveAlias: { "private-next-rsc-action-client-wrapper": "./mine.js" } }), /mine\.js.*withActionlane/);
  assert.doesNotThrow(turbopack({ resolveAlias: { "./app-call-server": "./mine.js" } }));
  delete process.env.TURBOPACK;
  for (const name of [path.join(root, "dist/client/app-call-server"), `${path.join(root, "dist/client/app-call-server.js")}$`, "next/dist/client/app-call-server$"]) {
    const config = withActionlane({
      webpack(config) {
        config.resolve.alias[name] = "./mine.js";
        return config;
      },
    });
    assert.throws(() => webpackRules(config), /resolve\.alias.*"\.\/mine\.js".*app-call-server.*withActionlane/);
  }
  // By a wrapper outside, which runs later.
  const outside = { resolve: { alias: {} }, module: { rules: [] } };
  withActionlane({}).webpack(outside, { isServer: false });
  let last;
  outside.plugins[0].apply({ hooks: { afterEnvironment: { tap: (_, run) => (last = run) } }, options: outside });
  assert.doesNotThrow(last);
  outside.resolve.alias["next/dist/client/app-call-server"] = "./mine.js";
  assert.throws(last, /mine\.js/);
  // Next's own alias is not somebody else's.
  const name = "private-next-rsc-action-client-wrapper";
  assert.doesNotThrow(() => webpackRules(withActionlane({}), { alias: { [name]: "next/dist/build/webpack/loaders/next-flight-loader/action-client-wrapper" } }));
});

for (const name of ["concurrentRouterQueue", "useOffline"]) {
  test(`it steps back for experimental.${name}, and says so once`, (t) => {
    enter("16.4.6");
    const warn = t.mock.method(console, "warn", () => {});
    const config = { experimental: { [name]: true } };
    assert.equal(withActionlane(config), config);
    assert.equal(withActionlane(config), config);
    assert.equal(warn.mock.callCount(), 1);
    assert.match(warn.mock.calls[0].arguments[0], new RegExp(name));
    // webpack's bundles are made in processes of their own.
    const script = `require(${JSON.stringify(require.resolve("../next/config.cjs"))}).withActionlane(${JSON.stringify(config)})`;
    const { status, stderr } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  });
}

test("in development alone, React's debug channel is off", async () => {
  enter("16.4.6");
  const config = withActionlane(() => ({ experimental: { x: 1 } }));
  assert.deepEqual((await config("phase-development-server", {})).experimental, { x: 1, reactDebugChannel: false });
  assert.deepEqual((await config("phase-production-build", {})).experimental, { x: 1 });
  process.env.NODE_ENV = "development";
  assert.deepEqual(withActionlane({}).experimental, { reactDebugChannel: false });
});

test("maxBodyBytes is serverActions.bodySizeLimit", () => {
  enter("16.4.6");
  const limit = (bodySizeLimit) => webpackRules(withActionlane({ experimental: { serverActions: { bodySizeLimit } } }))[0].use[0].options.settings.maxBodyBytes;
  assert.equal(limit(undefined), 1 << 20);
  assert.equal(limit("2mb"), 2 << 20);
  assert.equal(limit(500), 500);
  assert.equal(bodyLimit("1.5 KB"), 1536);
  assert.equal(bodyLimit("10"), 10);
  assert.equal(bodyLimit("much"), 1 << 20);
});

test("a production build writes names of actions after its compilation, and tells the page where", async () => {
  enter("16.4.6");
  const of = async (config, phase) => {
    const made = await withActionlane(() => config, { names: ["save"] })(phase, {});
    return [typeof made.compiler?.runAfterProductionCompile, webpackRules(made)[0].use[0].options.settings.names];
  };
  assert.deepEqual(await of({ basePath: "/shop" }, "phase-production-build"), ["function", "/shop/_next/static/actionlane/names.json"]);
  assert.deepEqual(await of({}, "phase-development-server"), ["undefined", undefined]);
  assert.deepEqual(await of({ output: "export" }, "phase-production-build"), ["undefined", undefined]);
});

test("the options of the loader are the same when they are written as JSON, as Turbopack needs it", async () => {
  enter("16.4.6", { turbopack: true });
  for (const phase of ["phase-development-server", "phase-production-build"]) {
    for (const config of [{}, { output: "export" }]) {
      const { turbopack } = await withActionlane(() => config)(phase, {});
      for (const key of KEYS) assert.deepStrictEqual(JSON.parse(JSON.stringify(turbopack.rules[key])), turbopack.rules[key]);
    }
  }
});

test("a value that is no configuration is refused, or left to Next", async () => {
  enter("16.4.6");
  for (const wrong of [null, 42]) assert.throws(() => withActionlane(wrong), /expected a configuration/);
  assert.equal(await withActionlane(() => undefined)("phase-production-build", {}), undefined);
  assert.equal(withActionlane({ webpack() {} }).webpack({}, { isServer: false }), undefined);
});

test("an option that does not exist is refused", () => {
  enter("16.4.6");
  assert.throws(() => withActionlane({}, { enabeld: false }), /no option "enabeld"/);
  for (const names of ["save", [1], {}]) assert.throws(() => withActionlane({}, { names }), /names: expected an array of texts/);
  assert.throws(() => withActionlane({}, { enabled: "no" }), /enabled: expected true or false/);
  assert.throws(() => withActionlane({}, null), /no object/);
});

test("an error that a unit test makes is known in Node.js, where no action is sent", async () => {
  const { ActionError } = await import("../lib/error.js");
  for (const file of ["../next/node.js", "../next/inert.js", "../next/config.cjs"]) {
    const module = await import(file);
    const { isActionError } = module.default ?? module;
    const answers = [new ActionError("TIMEOUT", "late"), new Error("late"), null, undefined, "TIMEOUT"].map(isActionError);
    assert.deepEqual(answers, [true, false, false, false, false], file);
  }
});
