// Uses a page of the app as a user does, and holds the writes of its server. Knows no library.
import { until } from "../shared/browser.mjs";

/** Returns the functions by which checks use the pages of a server. */
export function pageOf(server, tab) {
  const { api } = server;

  /** Opens a page, with an empty database. `before` runs before its scripts. */
  async function fresh(path, before) {
    await api("reset");
    const script = before && (await tab.cdp("Page.addScriptToEvaluateOnNewDocument", { source: `(${before})()` }));
    await tab.open(new URL(path, server.url).href);
    if (script) await tab.cdp("Page.removeScriptToEvaluateOnNewDocument", script);
    // React keeps a key on each element that it has hydrated.
    await tab.until(async () => {
      const form = document.querySelector("main form");
      return form !== null && Object.keys(form).some((key) => key.startsWith("__react"));
    });
  }

  /** Types into the field `name`. */
  const type = (name, text) => tab.run(async (name, text) => {
    const input = document.querySelector(`main [name="${name}"]`);
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, text);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }, name, text);

  /** Presses the button with this text, once it is there. */
  const press = (text) => tab.until(async (text) => {
    const button = [...document.querySelectorAll("button")].find((button) => button.textContent === text && !button.disabled);
    button?.click();
    return button !== undefined;
  }, text);

  const text = () => tab.run(async () => document.querySelector("main").innerText);
  const state = () => api("state");

  return {
    tab,
    api,
    fresh,
    type,
    press,
    /** Adds a todo by the page's form. */
    async add(todo) {
      await type("todo", todo);
      await press("Add");
    },
    text,
    state,
    /** Waits until the page has this text. */
    says: (wanted) => tab.until(async (wanted) => document.querySelector("main").innerText.includes(wanted), wanted),
    /** Waits until the page has this text no more. */
    drops: (unwanted) => tab.until(async (unwanted) => !document.querySelector("main").innerText.includes(unwanted), unwanted),
    /** Waits until these writes have begun, and no other. */
    begun: (...texts) => until(async () => JSON.stringify((await state()).begun) === JSON.stringify(texts)),
    hold: (text) => api("hold", text),
    open: (text) => api("open", text),
    /** Calls an action without a lane, which holds Next's own queue until `open("audit")`. */
    async holdNext() {
      await api("hold", "audit");
      await press("Run an action without a lane");
      await until(async () => (await state()).begun.includes("audit"));
    },
  };
}
