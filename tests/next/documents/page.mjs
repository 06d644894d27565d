// Opens the pages of the app for the checks, and reads what the server has seen. Knows no check.
import { until } from "../shared/browser.mjs";

/** Returns the functions by which the checks of a document use the app. */
export function pageOf(server, tab, name) {
  const { api, url, log } = server;

  /** Opens a path of the app. `state` is where a script of the page says that it is ready. */
  async function open(path) {
    await tab.open(`${url}${path}`);
    if (!path.includes(".html")) await tab.until(async () => window.hydrated);
  }

  /** Opens the page that runs a module, and does not wait for its end. */
  async function begin(number, query = {}) {
    await open(`/run/${name}/${number}?${new URLSearchParams(query)}`);
    await tab.until(async () => window.block !== undefined);
  }

  /** Runs a module to its end. Throws what it throws. */
  async function run(number, query) {
    await begin(number, query);
    await ended();
  }

  /** Waits for the end of the module that was begun. Throws what it throws. */
  async function ended() {
    await tab.until(async () => window.block.state !== "running");
    await tab.run(async () => {
      if (window.block.state === "failed") throw window.block.error;
    });
  }

  /** Returns the arguments of each run of an action, as texts, in the order in which they began. */
  const runs = async (action) => (await api("state")).runs.filter((run) => run.action === action).map(({ args }) => args);

  return {
    tab,
    api,
    url,
    open,
    begin,
    run,
    ended,
    runs,
    /** Returns the headers of each request of an action that has come to the server. */
    requests: async () => (await api("state")).requests,
    /** Promises the first line of the server's log that contains this text. */
    logged: (text) => until(async () => log.join("").split("\n").find((line) => line.includes(text))),
    /** Waits until so many runs of the action have begun. */
    untilRuns: (action, count) => until(async () => (await runs(action)).length >= count),
    /** Clicks the first button, or that with this text. */
    click: (text) => tab.run(async (text) => [...document.querySelectorAll("button")].find((button) => !text || button.textContent === text).click(), text),
    /** Waits until the page's text contains this one. */
    untilShown: (text) => tab.until(async (text) => document.body.innerText.includes(text), text),
    /** Writes into the field of the page's form, and submits it. */
    submit: (field, value) => tab.run(async (field, value) => {
      const form = document.querySelector("form");
      form.elements[field].value = value;
      form.requestSubmit();
    }, field, value),
    /** Returns what the page has given to `console.log` and `console.error`. */
    printed: () => tab.run(async () => window.printed),
  };
}
