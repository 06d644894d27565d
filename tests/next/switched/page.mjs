// Opens a page of one app for a behaviour, and collects all that can be seen of it. Knows no behaviour.
import { until } from "../shared/browser.mjs";

/** Runs before the page's scripts: notes the requests that leave the page, below every wrapper of `fetch`. */
const listen = () => {
  const inner = window.fetch;
  window.requests = [];
  window.running = 0;
  window.fetch = async function (input, init) {
    const request = new Request(input, init);
    const { pathname } = new URL(request.url);
    const { headers } = request;
    const kind = headers.has("next-action") ? "action" : headers.has("rsc") && !headers.has("next-router-prefetch") && "page";
    if (kind) window.requests.push(`${request.method} ${pathname} ${kind}`);
    window.running += 1;
    try {
      return await inner.call(this, input, init);
    } finally {
      window.running -= 1;
    }
  };
};

/** Returns, in the page, all that it has shown, and the number of renders. */
const look = async () => {
  const hooks = Object.entries(window.switched ?? {});
  const main = document.querySelector("main").cloneNode(true);
  main.querySelectorAll("pre").forEach((pre) => pre.remove());
  const ends = [...document.querySelectorAll("main pre")].map(({ dataset, textContent }) => `${dataset.hook}: ${textContent}`);
  const fields = [...document.querySelectorAll("main input")].map(({ value }) => value);
  return {
    shows: [...main.querySelectorAll("h1, h2, p, li")].map(({ textContent }) => textContent),
    fields,
    ends,
    steps: Object.fromEntries(hooks.map(([name, { texts }]) => [name, texts])),
    renders: Object.fromEntries(hooks.map(([name, { renders }]) => [name, renders])),
    log: [...document.querySelectorAll("#log li")].map(({ textContent }) => textContent),
    requests: window.requests,
    notes: window.notes ?? [],
    path: location.pathname,
    entries: history.length - window.entries,
    document: window.isFirst ? "kept" : "another",
  };
};

/** Resolves, in the page, after React and the browser have had the time to do all that they have scheduled. */
const rest = async () => {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    await new Promise((resolve) => setTimeout(resolve));
    await new Promise((resolve) => requestIdleCallback(resolve));
  }
  return window.running;
};

/** Returns the functions by which a behaviour uses an app. */
export function pageOf(server, tab) {
  const { api } = server;
  const page = {
    tab,
    server,
    /** Opens a page on a server that has forgotten all. Its hooks must be there. */
    async open(path) {
      await tab.console();
      await api("reset");
      const script = await tab.cdp("Page.addScriptToEvaluateOnNewDocument", { source: `(${listen})()` });
      await tab.open(`${server.url}${path}`);
      await tab.cdp("Page.resetNavigationHistory", {}); // it has room for 50 entries
      await tab.until(async () => window.switched !== undefined);
      await tab.run(async () => void Object.assign(window, { isFirst: true, entries: history.length }));
      await page.settled();
      return () => tab.cdp("Page.removeScriptToEvaluateOnNewDocument", script);
    },
    click: (selector) => tab.run(async (selector) => document.querySelector(selector).click(), selector),
    /** Writes into a field as a user does: React hears of it. */
    type: (selector, text) => tab.run(async (selector, text) => {
      const field = document.querySelector(selector);
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, text);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }, selector, text),
    submit: (selector) => tab.run(async (selector) => document.querySelector(selector).requestSubmit(), selector),
    text: (selector) => tab.run(async (selector) => document.querySelector(selector)?.textContent, selector),
    /** Waits until a selector has this text. */
    shows: (selector, text) => until(async () => (await page.text(selector)) === text),
    /** Waits until a hook shows this status. */
    status: (hook, status) => tab.until(async (hook, status) => {
      const text = document.querySelector(`[data-hook=${hook}]`)?.textContent;
      return text && JSON.parse(text).status === status;
    }, hook, status),
    /** Waits until a line of the log has this text. */
    logged: (text) => tab.until(async (text) => document.querySelector("#log").textContent.includes(text), text),
    /** Waits until the server runs an action, by its name and inputs as the gate has them. */
    arrived: (gate) => until(async () => (await api("state")).arrived.includes(gate)),
    pass: (gate) => api("open", encodeURIComponent(gate)),
    /** Adds to what is compared at the end: what the page shows meanwhile. */
    note: (...said) => tab.run(async (...said) => void (window.notes ??= []).push(said.join(": ")), ...said),
    async offline(isOffline) {
      await tab.cdp("Network.enable", {});
      await tab.cdp("Network.emulateNetworkConditions", { offline: isOffline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
    },
    /** Waits until the page changes no more: two looks in a row are the same. `isOver`: and no request is running. */
    async settled(isOver = false) {
      let before;
      await until(async () => {
        const open = await tab.run(rest);
        if (isOver && open > 0) return false;
        const now = JSON.stringify(await tab.run(look));
        const isSame = now === before;
        before = now;
        return isSame;
      });
    },
    /** Returns all that can be seen of the behaviour. */
    async record() {
      await page.settled(true);
      const errors = (await tab.console()).filter(({ level }) => level === "SEVERE");
      const lines = errors.map(({ message }) => message.replace(/https?:\/\/\S+/g, "URL").replace(/\d+:\d+/g, ""));
      const { renders, ...seen } = await tab.run(look);
      return { renders, seen: { ...seen, console: lines, server: await api("state") } };
    },
  };
  return page;
}
