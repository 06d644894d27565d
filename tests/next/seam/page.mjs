// Opens the app's page for the checks, and reads what the server has seen. Knows no check.

/** Policies that take all actions through lanes. */
export const ALL = { default: { lane: "parallel" } };

/** Counts the requests of actions that pass the page's `fetch`, as monitoring does. */
export const monitor = () => {
  const inner = window.fetch;
  window.seen ??= [];
  window.fetch = function (input, init) {
    const id = new Headers(init?.headers ?? input.headers).get("next-action");
    if (id) window.seen.push(id);
    return inner.call(this, input, init);
  };
};

/** True, in the page, while Next's router has an answer that it has not settled. */
export const isHandedOver = async () => window[Symbol.for("actionlane.next")].tokens?.size > 0;

/** Returns, in the page, the addresses of the wasm that it has loaded. */
export const loadedWasm = async () => performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.endsWith(".wasm"));

/** Resolves, in the page, some time after it has loaded and is idle: when the dispatcher would be there. */
export const idle = async () => {
  if (document.readyState !== "complete") await new Promise((resolve) => window.addEventListener("load", resolve));
  await new Promise((resolve) => requestIdleCallback(resolve));
  await new Promise((resolve) => setTimeout(resolve, 500));
};

/** Returns the functions by which checks use the page of a server. `base`: the app's `basePath`. */
export function pageOf(server, tab, base = "") {
  const { api } = server;

  /** Opens the page with these policies, on a server that has forgotten all. `before` runs before its scripts. */
  async function fresh(policies, { before, path = "/" } = {}) {
    await api("reset");
    const script = before && (await tab.cdp("Page.addScriptToEvaluateOnNewDocument", { source: `(${before})()` }));
    const url = new URL(`${base}${path}`, server.url);
    if (policies) url.searchParams.set("policies", JSON.stringify(policies));
    await tab.open(url.href);
    if (script) await tab.cdp("Page.removeScriptToEvaluateOnNewDocument", script);
    await tab.until(async () => window.hydrated && window.fixture !== undefined);
  }

  return {
    server,
    tab,
    api,
    base,
    fresh,
    text: (id) => tab.run(async (id) => document.getElementById(id)?.textContent, id),
    runs: async () => (await api("state")).runs,
  };
}
