// Drives a browser and the app's server for `drive.mjs`: starts both on free ports and ends what it has started. Knows
// no test.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./ports.mjs";

// `cargo xtask` installs geckodriver and wasm-bindgen there.
const tools = fileURLToPath(new URL("../../../target/tools/bin", import.meta.url));
process.env.PATH = [tools, process.env.PATH].join(path.delimiter);

const options = JSON.parse(readFileSync(new URL("../../../webdriver.json", import.meta.url), "utf8"));

/** Starts Chromium's headless shell, which `cargo xtask` installs: pages are the same, and take half of the time. */
const shell = fileURLToPath(new URL("../../e2e/headless-shell.sh", import.meta.url));

async function until(act, ms = 30_000) {
  for (const end = Date.now() + ms; ;) {
    try {
      const found = await act();
      if (found) return found;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${act}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const isNew = (dir) => Number(JSON.parse(readFileSync(`${dir}/../node_modules/next/package.json`, "utf8")).version.split(".")[0]) >= 16;

/** Returns the command that serves an app, and the directory where it runs. */
function commandOf(dir, port, { dev, server }) {
  if (server === "standalone") return { args: ["server.js"], cwd: path.join(dir, ".next/standalone") };
  const way = dev ? ["dev", ...(dev === "webpack" && !isNew(dir) ? [] : [`--${dev}`])] : ["start"];
  return { args: ["node_modules/.bin/next", ...way, "-p", String(port)], cwd: dir };
}

/**
 * Starts the server of a built app. `dev`: the bundler of `next dev`. `server`: "standalone" or "files", another way of
 * serving it. `base`: the app's `basePath`.
 */
export async function serve(dir, { dev, server, base = "", port } = {}) {
  if (server === "files") return serveFiles(path.join(dir, "out"));
  port ??= await freePort();
  const { args, cwd } = commandOf(dir, port, { dev, server });
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", PORT: String(port), HOSTNAME: "127.0.0.1" };
  const child = spawn(process.execPath, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const log = [];
  child.stdout.on("data", (data) => log.push(String(data)));
  child.stderr.on("data", (data) => log.push(String(data)));
  // `next dev` lets only localhost listen for changes.
  const url = `http://${dev ? "localhost" : "127.0.0.1"}:${port}`;
  const api = async (what, name = "") => {
    const ask = () => fetch(`${url}${base}/api/${what}?name=${name}`);
    // The server closes an idle connection, perhaps just when it is used again. Each of these requests may be repeated.
    return (await ask().catch(ask)).json();
  };
  try {
    await until(async () => (await fetch(`${url}${base}/api/state`)).ok, 60_000);
  } catch (error) {
    child.kill();
    throw new Error(`${args.join(" ")}: ${error.message}\n${log.join("")}`);
  }
  return { url, api, log, end: () => ended(child) };
}

/** Ends a server. One that ends by itself waits for connections that browsers keep open, so it gets 2 s for that. */
function ended(child) {
  const timer = setTimeout(() => child.kill("SIGKILL"), 2000);
  return new Promise((resolve) => {
    child.once("exit", () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill();
  });
}

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".txt": "text/plain" };

/** Serves the files of an exported app. */
async function serveFiles(root) {
  const server = createHttpServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const file = ["", ".html", "/index.html", "index.html"].map((end) => path.join(root, `${pathname}${end}`)).find((file) => existsSync(file) && statSync(file).isFile());
    response.writeHead(file ? 200 : 404, { "Content-Type": TYPES[path.extname(file ?? "")] ?? "application/octet-stream" });
    response.end(file && readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const end = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, api: async () => ({}), log: [], end };
}

/** The browsers: what drives each, and its capabilities. */
const BROWSERS = {
  chromium: { driver: "chromedriver", args: [], capabilities: chromium },
  // Port 0 lets several drivers run at a time.
  firefox: { driver: "geckodriver", args: ["--websocket-port=0"], capabilities: () => ({ "moz:firefoxOptions": { args: ["-headless"] } }) },
  webkit: { driver: "WebKitWebDriver", args: [], screen: true, capabilities: () => ({ "webkitgtk:browserOptions": { args: ["--automation"], binary: miniBrowser() } }) },
};

function chromium(isWhole) {
  const versionOf = (program) => spawnSync(program, ["--version"], { encoding: "utf8" }).stdout?.split(" ")[1]?.trim();
  // The driver may be that of another Chromium.
  const hasShell = !isWhole && versionOf("chromedriver") === versionOf("chromium-headless-shell");
  const own = { ...options["goog:chromeOptions"], ...(hasShell && { binary: shell }) };
  return { "goog:chromeOptions": own, "goog:loggingPrefs": { browser: "ALL" } };
}

/** Returns the newest of WebKitGTK's own browsers, which lie beside its libraries. */
function miniBrowser() {
  const below = (dir) => (existsSync(dir) && statSync(dir).isDirectory() ? readdirSync(dir).map((name) => path.join(dir, name)) : []);
  const parents = [...below("/usr/lib"), "/usr/lib", "/usr/libexec"].flatMap(below);
  const found = parents.filter((dir) => path.basename(dir).startsWith("webkit")).map((dir) => path.join(dir, "MiniBrowser")).filter(existsSync);
  if (found.length === 0) throw new Error("no MiniBrowser of WebKitGTK was found");
  return found.sort().at(-1);
}

/** Starts a screen, and returns what shows a program on it. Xvfb picks a free number, and writes it when ready. */
async function startScreen() {
  const child = spawn("Xvfb", ["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"], { stdio: ["ignore", "pipe", "ignore"] });
  const number = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new Error("Xvfb ended before it was ready")));
    child.stdout.once("data", (data) => resolve(String(data).trim()));
  });
  return { env: { DISPLAY: `:${number}`, LIBGL_ALWAYS_SOFTWARE: "1", WEBKIT_DISABLE_COMPOSITING_MODE: "1", GDK_BACKEND: "x11" }, end: () => child.kill() };
}

/** Promises what a page is at, for the message of a check that waits for it in vain. */
const shown = async () => {
  const loaded = performance.getEntries().map(({ name, responseEnd }) => `${name} ${responseEnd}`);
  return { at: location.href, state: document.readyState, length: document.documentElement?.outerHTML.length, loaded: loaded.slice(0, 20) };
};

/**
 * Starts a browser, Chromium unless named otherwise. Only Chromium has `cdp` and `console`. `whole`: not its headless
 * shell.
 */
export async function browse(name = "chromium", { whole = false } = {}) {
  const port = await freePort();
  const { driver, args, screen, capabilities: own } = BROWSERS[name];
  const shown = screen ? await startScreen() : undefined;
  const child = spawn(driver, [`--port=${port}`, ...args], { stdio: "ignore", env: { ...process.env, ...shown?.env } });
  const at = `http://127.0.0.1:${port}`;
  await until(async () => (await fetch(`${at}/status`)).ok);
  const send = async (method, path, body) => {
    const answer = await fetch(`${at}${path}`, { method, headers: { "Content-Type": "application/json" }, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (value?.error) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  const capabilities = { alwaysMatch: own(whole) };
  const { sessionId } = await send("POST", "/session", { capabilities });
  const session = `/session/${sessionId}`;
  await send("POST", `${session}/timeouts`, { script: 20_000 });
  /** Runs an async function in the page. */
  const run = async (act, ...args) => {
    // Firefox runs scripts beside the page's own global object.
    const inPage = name === "firefox" ? `window.eval(${JSON.stringify(`(${act})`)})` : `(${act})`;
    const script = `const done = arguments[arguments.length - 1]; ${inPage}(...[...arguments].slice(0, -1)).then((value) => done({ value }), (error) => done({ error: String(error?.stack ?? error) }));`;
    // Firefox answers with nothing if the page goes away meanwhile, as after a click on the button of a form.
    const { value, error } = (await send("POST", `${session}/execute/async`, { script, args })) ?? {};
    if (error) throw new Error(`in the page: ${error}`);
    return value;
  };
  /** Opens a page. WebKit and Chromium report success where they show why a page could not be loaded. */
  const open = async (url, isAgain = false) => {
    await send("POST", `${session}/url`, { url });
    const { at, text } = (await run(async () => ({ at: location.href, text: document.body?.innerText })).catch(() => undefined)) ?? {};
    if (!/^(about:blank$|chrome-error:)/.test(at) || at === url) return;
    const why = `${url} was not loaded: ${text}`;
    if (isAgain) throw new Error(why);
    console.log(`note ${why}; loading it again`);
    await open(url, true);
  };
  const cdp = (cmd, params) => send("POST", `${session}/goog/cdp/execute`, { cmd, params });
  return {
    run,
    cdp,
    open: (url) => open(url),
    console: () => send("POST", `${session}/se/log`, { type: "browser" }),
    until: (act, ...args) => until(() => run(act, ...args)).catch(async (error) => {
      throw new Error(`${error.message}; the page: ${JSON.stringify(await run(shown).catch(String))}`);
    }),
    /** Types into the element as a user does. */
    type: async (selector, text) => {
      const found = await send("POST", `${session}/element`, { using: "css selector", value: selector });
      await send("POST", `${session}/element/${Object.values(found)[0]}/value`, { text });
    },
    end: async () => {
      await send("DELETE", session).catch(() => {});
      child.kill();
      shown?.end();
    },
  };
}

export { until };
