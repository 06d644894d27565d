// Shadows every name it can in this page, loads Actionlane before or after that, and makes calls. `args`: the way to
// load it ("script", "module"), and when the names are shadowed ("before", "after" it is loaded).
const [load, when] = args;

/** Properties of the document that elements with these names replace. */
const NAMED = `URL addEventListener baseURI body createElement createEvent currentScript defaultView dispatchEvent documentElement documentURI
  forms head hidden implementation readyState removeEventListener scripts styleSheets visibilityState`.split(/\s+/);
/** Globals that elements with these ids become, if no other global has the name. */
const IDS = ["next", "NEXT_DEPLOYMENT_ID", "__next_f"];
/** Properties of the window that `var` replaces. */
const BY_VAR = `var origin = "BER", performance = { now: "soon" }, navigation = ["a", "b"], URL = "/api", status = "new", name = "Ann";`;
/** Names that `const`, `let` and `class` of a script shadow, without changing the window. */
const BY_CONST = `const crypto = "AES", navigator = "Ann", addEventListener = 1, removeEventListener = 1, fetch = 1, setTimeout = 1,
  clearTimeout = 1, queueMicrotask = 1, history = [], self = 1;
class Map {} class Set {} class WeakMap {} class Headers {} class Request {} class Response {} class FormData {} class Blob {} class File {}
class AbortController {} class AbortSignal {} class CustomEvent {} class Event {} class ReadableStream {} class TextDecoder {}
class TextEncoder {} class WebAssembly {} class URLSearchParams {}`;

const { createElement, documentElement, body, head } = document;
const make = (tag, properties) => Object.assign(createElement.call(document, tag), properties);
const real = { Headers, FormData, File, fetch: fetch.bind(window) };

/** Shadows all names. Returns a function that removes the elements again: the browser's driver needs the properties. */
function inTheWay() {
  head.append(make("script", { textContent: BY_VAR }), make("script", { textContent: BY_CONST }));
  const named = NAMED.flatMap((name) => [make("form", { name }), make("img", { name })]);
  const ids = IDS.map((id) => make("form", { id, innerHTML: `<input name="router"><input name="version"><input name="appDir">` }));
  const elements = [...named, ...ids];
  body.append(...elements);
  const missed = [document.scripts, document.readyState, document.documentElement].filter((found) => !(found instanceof HTMLCollection));
  if (missed.length > 0 || origin !== "BER" || window.next instanceof Element === false) throw new Error("not everything is in the way");
  return () => elements.forEach((element) => element.remove());
}

async function actionlane() {
  if (load === "module") return import("/pkg/index.js");
  await new Promise((resolve, reject) => head.append(make("script", { src: "/actionlane.js", onload: resolve, onerror: reject })));
  return window.actionlane;
}

async function calls({ createDispatcher, decode }) {
  const some = "00" + "ab".repeat(20);
  const sent = [];
  const send = (url, init) => {
    sent.push(new real.Headers(init.headers));
    return real.fetch(url, init);
  };
  const went = [];
  const d = createDispatcher({ fetch: send, host: { redirect: (url) => went.push(url.replace(location.origin, "")) } });
  const times = [];
  d.subscribe(({ queuedAt }) => times.push(queuedAt));
  const plain = await d.call(some, [1, { a: [2] }], { url: "/?call=plain" });
  const form = new real.FormData();
  form.append("file", new real.File(["text"], "a.txt"));
  const rich = await d.call(some, [form, new Date(0)], { url: "/?call=rich", idempotencyKey: true });
  await d.call(some, [], { url: "/?call=goes&to=%2Fthere%3Fa=1%3Bpush" });
  const codeOf = (error) => error.code;
  const late = await d.call(some, [], { url: "/?do=never", timeout: 50 }).catch(codeOf);
  const foreign = await d.call(some, [], { url: "https://other.example/" }).catch(codeOf);
  const routed = await d.route("/page/x", undefined, { timeout: 20_000 });
  const answer = await real.fetch("/?call=decoded", { method: "POST", headers: { "next-action": some } });
  const { a } = await decode(answer.body).value;
  const { addEventListener } = EventTarget.prototype;
  const refreshed = new Promise((resolve) => addEventListener.call(document, "actionlane:refresh", ({ detail }) => resolve(detail.kind)));
  await createDispatcher().call(some, [], { url: "/?call=stale&stale=1" });
  return {
    values: [plain.call, rich.call, (await a).call],
    deployment: sent[0].get("x-deployment-id"),
    key: sent[1].has("idempotency-key"),
    went,
    late,
    foreign,
    routed: routed.status,
    refreshed: await refreshed,
    clock: times.every((time) => typeof time === "number" && time > 0) && times.at(-1) > times[0],
  };
}

// Makes the page look like an app below /page, with a deployment id as in Next.js before 16.3.
head.append(make("script", { src: "/page/_next/static/chunks/main.js?dpl=dpl_7", type: "text/plain" }));
const loaded = when === "before" ? undefined : await actionlane();
const away = inTheWay();
try {
  return await calls(loaded ?? (await actionlane()));
} finally {
  away();
}
