// Redirects of an action while the user moves on, or while the page changes its address.
import { since } from "../since.mjs";

const GATE = "g";

/** Returns the text of `meanwhile`: runs `text` while the action waits at its gate, then opens the gate. */
const during = (text) => `async ({ get, post, until, shows, came, settled, rest, d }) => {
  await get("gate?key=${GATE}&arrived=1");
  const answer = () => post("gate?key=${GATE}");
  ${text}
  await answer();
}`;

/** Returns the text of `args`: runs `text` before the action is called. */
const prepared = (text) => `async ({ until, shows, came }) => {
  ${text}
  return ["${GATE}", "/target"];
}`;

/** True for each client that follows the redirect. */
const BOTH = { next: true, ours: true };
const OURS = { next: false, ours: true };
const NEITHER = { next: false, ours: false };

/** Next's client is called outside a transition: inside of one, the router would wait for the action. */
const row = (name, text, follows, { before = "", ...more } = {}) => {
  const redirect = `/target${follows.ours ? "" : " (not followed)"}`;
  const there = `shows("pathname", "/target")`;
  return {
    name: `meanwhile: ${name}`,
    action: "waitAndGo",
    args: prepared(before),
    next: `async ({ until, shows }, args) => {
      const action = await until("the page is hydrated", () => window.fixture?.raw.waitAndGo);
      return action(...args).finally(() => ${follows.next ? there : "undefined"});
    }`,
    use: `async (value, { d, shows }) => (${follows.ours ? `d && await ${there}` : "undefined"}, value)`,
    meanwhile: during(text),
    expect: { code: "ok", redirect: since({ "14.2": `- ${redirect}`, "15.0": `push ${redirect}` }) },
    ...more,
  };
};

const filter = `history.pushState(null, "", "?filter=1"); await shows("search", "filter=1");`;
const query = `next.router.push("/?q=1"); await shows("search", "q=1");`;
const photo = `next.router.push("/gallery/photo"); await shows("dialog", "the photo");`;
/** Waits for the entry that Next's router writes although the document ends. */
const pushed = `if (!d) await until("the router has pushed", () => location.pathname === "/target");`;
const second = `next.router.push("/second"); await shows("pathname", "/second");`;

export default [
  row("nothing", "", BOTH),
  row("the page drops its query", `history.replaceState(null, "", "/");`, OURS, { on: "/?utm_source=a" }),
  row("the page replaces its state", `history.replaceState({ mine: 1 }, "");`, BOTH),
  row("the page pushes a query", `history.pushState(null, "", "?filter=1");`, OURS),
  row("the page pushes a path", `history.pushState(null, "", "/elsewhere");`, NEITHER),
  row("a hash", `location.hash = "part";`, BOTH),
  row("the router pushes a query", query, NEITHER),
  row("the router replaces the query", `next.router.replace("/?q=1"); await shows("search", "q=1");`, NEITHER),
  row("the router pushes a hash", `next.router.push("/#part"); await until("the hash", () => location.hash === "#part");`, OURS),
  row("the router goes elsewhere", second, NEITHER, { sample: true }),
  row("the router is on its way", `next.router.push("/late"); await get("gate?key=late&arrived=1"); await answer(); await settled(); await post("gate?key=late");`, OURS, { arrives: { next: "/late", ours: "/target" }, sample: true }),
  row("the router goes elsewhere and returns", `${second} next.router.push("/"); await shows("pathname", "/");`, NEITHER),
  row("the router goes elsewhere, then back", `${second} await came("back"); await shows("pathname", "/");`, NEITHER),
  row("the router refreshes", `next.router.refresh();`, BOTH),
  row("back, to what the page pushed from", `await came("back");`, NEITHER, { before: filter }),
  row("forward, to what the page pushed", `await came("forward");`, NEITHER, { before: `${filter} await came("back"); await shows("search", "");` }),
  row("back, from a hash", `await came("back");`, NEITHER, { before: `location.hash = "part";` }),
  row("back, to another query", `await came("back"); await shows("search", "");`, NEITHER, { before: query }),
  row("back, to another path", `await came("back"); await shows("pathname", "/");`, NEITHER, { before: `next.router.push("/heavy"); await shows("pathname", "/heavy");` }),
  row("the document is being left", `location.assign("/api/pass?key=h"); await get("gate?key=h&arrived=1"); await answer(); await settled(); ${pushed} await rest(); return void post("gate?key=h").catch(() => {});`, NEITHER, { arrives: { next: "/api/pass", ours: "/api/pass" } }),
  row("a modal opens", photo, NEITHER, { on: "/gallery", sample: true }),
  row("a modal opens and closes", `${photo} await came("back"); await shows("dialog", undefined);`, NEITHER, { on: "/gallery" }),
  row("a modal closes", `await came("back"); await shows("dialog", undefined);`, NEITHER, { on: "/gallery", before: photo }),
];
