// Opens the pages of the app, submits their forms, and says what is seen once nothing moves any more. Knows no check.
import { until } from "../shared/browser.mjs";

/** Returns the functions by which checks use the app. `shop` is what stands before it. */
export function pageOf(tab, shop, server) {
  const state = () => server.api("state");

  /** Opens a page in one of the three ways, with an empty server and without cookies, once its forms are ready. */
  async function fresh(way, path = "/", set = {}) {
    shop.reset(way);
    Object.assign(shop, set);
    await tab.open(`${shop.url}/blank`);
    await server.api("reset");
    await tab.open(`${shop.url}${path}`);
    await ready(way);
    shop.posts.splice(0);
  }

  /** Waits until the forms of the page are ready. */
  async function ready(way = shop.way) {
    if (way === "both") await bound();
    if (way === "react" || way === "both") {
      // React keeps a key on each element that it has hydrated.
      await tab.until(async () => {
        const forms = [...document.querySelectorAll("form")];
        return forms.length > 0 && forms.every((form) => Object.keys(form).some((key) => key.startsWith("__react")));
      });
    } else if (way === "ours") {
      await tab.until(async () => document.readyState === "complete" && document.querySelector("form") !== null && window.noted !== undefined);
      if (shop.scripts.includes("data-forms")) await bound();
    } else {
      await tab.until(async () => document.readyState === "complete" && document.querySelector("form") !== null);
    }
  }

  const bound = () => tab.until(async () => document.documentElement.dataset.bound !== undefined);

  /** Promises what the page shows, and what the server knows. */
  async function seen() {
    const page = await tab.run(look);
    const { runs, saves } = await state();
    return { ...page, runs, saved: saves, posts: shop.posts.map(({ by, path }) => ({ by, path })) };
  }

  /** Waits until `done` holds of what is seen, no request is open, and two looks see the same. Returns what is seen. */
  async function settled(done = () => true) {
    let before;
    let last;
    try {
      return await until(async () => {
        if (shop.open > 0) return (before = undefined);
        last = await seen();
        const now = JSON.stringify(last);
        const isSame = before === now && shop.open === 0;
        before = now;
        const isQuiet = last.complete && !last.busy && last.runs.every((run) => run.state === "done");
        return isSame && isQuiet && done(last) ? last : undefined;
      });
    } catch (error) {
      throw new Error(`${error.message.slice(0, 60)}; seen at last: ${JSON.stringify(last)}; open: ${shop.open}`);
    }
  }

  const act = (act, ...args) => tab.run(act, ...args).catch((error) => {
    if (!/unload|navigat|context|aborted|closed|detached/i.test(String(error))) throw error;
  });

  return {
    tab,
    shop,
    fresh,
    ready,
    bound,
    seen,
    settled,
    state,
    hold: (name) => server.api("hold", name),
    open: (name) => server.api("open", name),
    until,
    /** Presses an element. */
    press: (selector) => act(async (selector) => document.querySelector(selector).click(), selector),
    /** Runs a function in the page. The page may go away meanwhile. */
    act,
    /** Promises the cookies that the server gets. Firefox ends a script if the page before is only now taken down. */
    cookies: () => tab.until(async () => (await fetch("/api/cookies")).json()),
  };
}

/** Runs in the page. */
async function look() {
  const texts = (selector, keyOf) => Object.fromEntries([...document.querySelectorAll(selector)].map((element) => [keyOf(element), element.textContent]));
  const fieldsOf = (form) => [...form.elements].filter(({ name }) => name && !name.startsWith("$ACTION_")).map((field) => {
    if (field.type === "checkbox") return [field.name, field.checked];
    if (field.type === "file") return [field.name, [...field.files].map(({ name }) => name)];
    return [field.name, field.multiple ? [...field.selectedOptions].map(({ value }) => value) : field.value];
  });
  return {
    complete: document.readyState === "complete",
    isBefore: window.isBefore === true,
    busy: document.querySelector("[aria-busy=true],[data-pending-by-react=true]") !== null,
    url: location.pathname + location.search,
    title: document.querySelector("h1")?.textContent ?? "",
    saves: document.querySelector("#saves")?.textContent ?? "",
    shown: texts("[data-state-for]", ({ dataset }) => `${dataset.stateFor} ${dataset.state}`),
    fields: Object.fromEntries([...document.forms].map((form) => [form.id, fieldsOf(form)])),
    disabled: [...document.querySelectorAll("button:disabled")].map((button) => button.id || button.textContent),
    open: document.querySelector("dialog")?.open ?? false,
    noted: window.noted ?? [],
    uncaught: window.uncaught ?? [],
  };
}
