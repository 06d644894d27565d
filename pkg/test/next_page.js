// Puts a page, a network, a router and a React in place that do what Next's do with an action, for tests of the seam at
// run time. Holds no test. `tests/next/seam` runs the seam in real apps.
import { afterEach, beforeEach } from "node:test";
import { configureActions } from "../next/run/policies.js";
import { page } from "../next/run/page.js";
import { standIn } from "../next/run/stand_in.js";
import { until } from "./server.js";

export const ID = "7f".padEnd(42, "0");
export const NAMED = "60".padEnd(42, "1");
const native = globalThis.fetch;
const nativeWarn = console.warn;
/** The page of the test that runs. */
export let app;

/** Gives each test of a file a page of its own. */
export function useSeam() {
  beforeEach(() => (app = start()));
  afterEach(end);
}

async function end() {
  (await page().loading)?.dispatcher.close();
  delete globalThis[Symbol.for("actionlane.next")];
  globalThis.fetch = native;
  console.warn = nativeWarn;
  delete globalThis.document;
  delete globalThis.location;
}

/** Puts a page, a server and a router in place. */
function start() {
  const app = { sent: [], reducer: [], refreshes: 0, own: [], state: { canonicalUrl: "/shop", tree: ["", {}], nextUrl: "/from" }, queue: Promise.resolve() };
  globalThis.document = { baseURI: "https://app.example/" };
  /** The network: `head`, `chunk` and `end` answer. */
  app.network = globalThis.fetch = (input, init) => new Promise((resolve, reject) => {
    const request = { url: String(input), init, headers: new Headers(init.headers), reject };
    const body = new ReadableStream({ start: (stream) => (request.stream = stream) }, { highWaterMark: 0 });
    request.head = (headers = {}, status = 200) => resolve(new Response(body, { status, headers: { "content-type": "text/x-component", ...headers } }));
    request.chunk = (text) => request.stream.enqueue(new TextEncoder().encode(text));
    request.answer = (value, headers, page = "") => {
      request.head(headers);
      request.chunk(`0:{"a":"$@1","f":${JSON.stringify(page)},"b":"build"}\n1:${JSON.stringify(value)}\n`);
      request.stream.close();
    };
    init.signal?.addEventListener("abort", () => {
      reject(init.signal.reason);
      try {
        request.stream.error(init.signal.reason);
      } catch {
        // over
      }
    });
    app.sent.push(request);
  });
  const react = {
    startTransition: (act) => act(),
    encodeReply: async (args) => JSON.stringify(args),
    createTemporaryReferenceSet: () => new Map(),
    createFromFetch: read,
    findSourceMapURL: undefined,
  };
  class UnrecognizedActionError extends Error {}
  app.internals = {
    ...react,
    serverAction: "server-action",
    UnrecognizedActionError,
    dispatch: (action) => (app.queue = app.queue.then(() => reduce(app, react, action))),
    getState: () => app.state,
    router: { refresh: () => (app.refreshes += 1) },
    treeHeader: JSON.stringify,
    infoOf: (id) => ({ type: "server-action", id }),
    omitUnusedArgs: (args) => args.slice(0, 1),
    isIntercepted: () => app.isIntercepted,
    assignLocation: (to, base) => new URL(to, base),
    redirectError: (url, type) => Object.assign(new Error("NEXT_REDIRECT"), { digest: `NEXT_REDIRECT;${type};${url};307;` }),
    getDeploymentId: () => app.deployment,
    isDevServer: false,
    traits: { omitsUnused: false, previousNextUrl: false },
    settings: { maxBodyBytes: 1000 },
  };
  const next = (id, args) => {
    app.own.push([id, args]);
    return Promise.resolve("next's own");
  };
  app.call = standIn(next, () => {}, app.internals);
  return app;
}

/** Does what Next's reducer does with an action: writes the arguments, sends, decodes, resolves. */
async function reduce(app, { encodeReply }, { actionId, actionArgs, resolve, reject }) {
  app.reducer.push({ actionId, actionArgs });
  try {
    const headers = { Accept: "text/x-component", "next-action": actionId };
    const response = await fetch(app.state.canonicalUrl, { method: "POST", headers, body: await encodeReply(actionArgs) });
    const answer = await read(Promise.resolve(response));
    resolve(answer.a);
    await answer.end;
  } catch (error) {
    reject(error);
  }
}

/** Reads rows as React does: resolves with row 0, whose `a` is a promise of row 1. */
async function read(promise) {
  const reader = (await promise).body.getReader();
  const rows = new Map();
  let text = "";
  const more = async () => {
    const { done, value } = await reader.read();
    if (done) throw new Error("Connection closed.");
    text += new TextDecoder().decode(value);
    for (let end; (end = text.indexOf("\n")) >= 0; text = text.slice(end + 1)) {
      const colon = text.indexOf(":");
      rows.set(text.slice(0, colon), JSON.parse(text.slice(colon + 1, end)));
    }
  };
  while (!rows.has("0")) await more();
  const value = (async () => {
    while (!rows.has("1")) await more();
    return rows.get("1");
  })();
  value.catch(() => {});
  return { ...rows.get("0"), a: value, end: value.catch(() => {}) };
}

export const REVALIDATED = { "x-action-revalidated": "1" };
export const TOKEN = /^7f-actionlane-/;
export const all = (options = {}) => configureActions({ default: { lane: "parallel", ...options } });
export const codeOf = (promise) => promise.then(() => "resolved", (error) => error.code ?? error.message);

/** Calls an action and waits until it was sent. */
export async function sent(args = [1], id = ID) {
  const before = app.sent.length;
  const promise = app.call(id, args);
  promise.catch(() => {});
  await until(() => app.sent.length > before);
  return { promise, request: app.sent.at(-1) };
}
