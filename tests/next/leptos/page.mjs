// Drives the page of `examples/leptos-checkout`, and talks to the fixture behind it. Knows no check.
import { until } from "../shared/browser.mjs";

/** Longest wait for something to be seen, in ms. */
const LONGEST = 10_000;

/** Returns the steps that a user takes on the page, and what it shows. */
export function pageOf(tab, url) {
  const texts = (selector) => tab.run(async (selector) => [...document.querySelectorAll(selector)].map((item) => item.textContent.trim()), selector);
  const click = (selector) => tab.run(async (selector) => document.querySelector(selector).click(), selector);
  const shows = async (wanted) => {
    let shown;
    const same = async () => (shown = await texts("#calls li")).join() === wanted.join();
    await until(same, LONGEST).catch(() => Promise.reject(new Error(`the calls are ${JSON.stringify(shown)}, and not ${JSON.stringify(wanted)}`)));
  };
  return {
    click,
    open: () => tab.open(`${url}/checkout`),
    /** Opens the page and waits until it is drawn. */
    fresh: async () => {
      await tab.open(`${url}/checkout`);
      await until(async () => (await texts("#pay")).length === 1, LONGEST);
    },
    pay: async (card) => {
      const type = async (card) => {
        const input = document.querySelector("#card");
        input.value = card;
        input.dispatchEvent(new Event("input", { bubbles: true }));
      };
      await tab.run(type, card);
      await click("#pay");
    },
    /** Promises the results, once there are so many. */
    results: async (count) => {
      await until(async () => (await texts("#results li")).length >= count, LONGEST);
      return texts("#results li");
    },
    calls: () => texts("#calls li"),
    hasCalls: (...wanted) => shows(wanted),
    text: async (selector) => (await texts(selector))[0],
    path: () => tab.run(async () => location.pathname),
    back: () => tab.run(async () => history.back()),
    until: (look) => until(() => tab.run(`async () => (${look})()`), LONGEST),
  };
}

/** Returns what a check asks of the fixture's server. */
export function fixtureOf(url) {
  const get = async (path) => (await fetch(`${url}/api/${path}`)).json();
  const post = async (path) => (await fetch(`${url}/api/${path}`, { method: "POST" })).json();
  return {
    reset: () => post("reset"),
    state: () => get("state"),
    arrived: (gate) => get(`gate?key=${gate}&arrived=1`),
    open: (gate) => post(`gate?key=${gate}`),
  };
}
