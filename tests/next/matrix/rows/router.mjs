// Actions together with each other and with the router: overlapping revalidations, a refresh, prefetched pages, back
// and forward during a call.

const all = (...calls) => `async ({ call }) => Promise.all([${calls.join(", ")}])`;
/** Calls the same through both clients, and waits for all. */
const together = (name, calls, more = {}) => ({ name: `together: ${name}`, action: "echo", next: all(...calls), ours: all(...calls), ...more });

const path = 'call("revalidateThisPath", "/")';
const cookie = 'call("cookieOnly")';

/** The action waits at its gate while `text` runs. Next's client is called outside a transition, as in moved-on.mjs. */
const during = (name, text, before = "") => ({
  name: `during a call: ${name}`,
  action: "wait",
  args: `async ({ shows, came }) => { ${before} return ["g", "through"]; }`,
  next: `async ({ until }, args) => (await until("the page is hydrated", () => window.fixture?.raw.wait))(...args)`,
  meanwhile: `async ({ get, post, shows, came }) => { await get("gate?key=g&arrived=1"); ${text} await post("gate?key=g"); }`,
});
const query = `next.router.push("/?q=1"); await shows("search", "q=1");`;

/** Loads a page ahead, changes data, and goes to that page. */
const prefetched = (name, action, more = {}) => ({
  name: `prefetched: ${name}`,
  action,
  args: `async ({ until }) => { next.router.prefetch("/second", { kind: "full" }); await until("it is loaded", () => performance.getEntriesByType("resource").some(({ name }) => name.includes("/second"))); return []; }`,
  use: `async (value, { shows }) => { next.router.push("/second"); await shows("page", "/second"); return value; }`,
  leaves: true,
  ...more,
});

export default [
  together("two revalidate", [path, cookie]),
  together("three set a cookie", [cookie, cookie, cookie]),
  together("one revalidates, one reads", [path, 'call("echo", 1)']),
  together("one reads, one revalidates by tag", ['call("echo", 1)', 'call("revalidateByTag")'], { tagged: true }),
  together("the router refreshes, one sets a cookie", ["next.router.refresh()", cookie]),
  during("the router refreshes", "next.router.refresh();"),
  during("back, to another query", `await came("back"); await shows("search", "");`, query),
  during("forward, to another query", `await came("forward"); await shows("search", "q=1");`, `${query} await came("back"); await shows("search", "");`),
  // Up to 15.5, Next's client loads fresh data if the navigation comes before the action is over for its router.
  prefetched("changes nothing", "changeNothing", { from: "16.2" }),
  prefetched("sets a cookie", "cookieOnly", { sample: true }),
  prefetched("revalidateTag", "revalidateByTag", { tagged: true }),
];
