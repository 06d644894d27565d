// Drives Chromium and `next start` for `drive.mjs`: starts both on free ports and ends what it has started. Knows no
// test.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { readFileSync } from "node:fs";

const options = JSON.parse(readFileSync(new URL("../../../webdriver.json", import.meta.url), "utf8"));

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

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

/** Starts the server of a built app. `dev`: the bundler of `next dev`. */
export async function serve(dir, { dev, env = {}, port } = {}) {
  port ??= await freePort();
  const child = spawn(process.execPath, ["node_modules/.bin/next", ...(dev ? ["dev", ...(dev === "webpack" && isNew(dir) ? ["--webpack"] : dev === "turbopack" ? ["--turbopack"] : [])] : ["start"]), "-p", String(port)], {
    cwd: dir,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", SEAM_MAJOR: isNew(dir) ? "16" : "15", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log = [];
  child.stdout.on("data", (data) => log.push(String(data)));
  child.stderr.on("data", (data) => log.push(String(data)));
  // `next dev` lets only localhost listen for changes.
  const url = `http://${dev ? "localhost" : "127.0.0.1"}:${port}`;
  await until(async () => (await fetch(`${url}/api/state`)).ok, 60_000);
  const api = async (what, name = "") => (await fetch(`${url}/api/${what}?name=${name}`)).json();
  const end = () => new Promise((resolve) => {
    child.once("exit", resolve);
    child.kill("SIGKILL"); // a server that ends by itself waits for connections that are kept alive
  });
  return { url, api, log, end };
}

/** Starts Chromium. */
export async function browse() {
  const port = await freePort();
  const child = spawn("chromedriver", [`--port=${port}`], { stdio: "ignore" });
  const at = `http://127.0.0.1:${port}`;
  await until(async () => (await fetch(`${at}/status`)).ok);
  const send = async (method, path, body) => {
    const answer = await fetch(`${at}${path}`, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (value?.error) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  const capabilities = { alwaysMatch: { ...options, "goog:loggingPrefs": { browser: "ALL" } } };
  const { sessionId } = await send("POST", "/session", { capabilities });
  const session = `/session/${sessionId}`;
  await send("POST", `${session}/timeouts`, { script: 20_000 });
  /** Runs an async function in the page. */
  const run = async (act, ...args) => {
    const script = `const done = arguments[arguments.length - 1]; (${act})(...[...arguments].slice(0, -1)).then((value) => done({ value }), (error) => done({ error: String(error?.stack ?? error) }));`;
    const { value, error } = await send("POST", `${session}/execute/async`, { script, args });
    if (error) throw new Error(`in the page: ${error}`);
    return value;
  };
  const cdp = (cmd, params) => send("POST", `${session}/goog/cdp/execute`, { cmd, params });
  return {
    run,
    cdp,
    open: (url) => send("POST", `${session}/url`, { url }),
    console: () => send("POST", `${session}/se/log`, { type: "browser" }),
    until: (act, ...args) => until(() => run(act, ...args)),
    end: async () => {
      await send("DELETE", session).catch(() => {});
      child.kill();
    },
  };
}

export { until };
