// `isMove()` and `visit()`: the changes of the address that are moves of the user, see docs/redirects.md.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isMove } from "../lib/page/moved_on.js";

const tree = (search = "", refreshed = null) => {
  return ["", { children: [`__PAGE__${search}`, {}, refreshed, refreshed && "refetch"] }, null, null, true];
};
/** The history state that Next's router writes: in 16 with the query it has rendered. */
const in16 = (search) => ({ __NA: true, __PRIVATE_NEXTJS_INTERNALS_TREE: { tree: tree(), renderedSearch: search } });
const before16 = (search, refreshed) => ({ __NA: true, __PRIVATE_NEXTJS_INTERNALS_TREE: tree(search, refreshed) });

const at = (path, state) => ({ href: `https://app.example${path}`, state });

test("another path is a move, in every state", () => {
  assert.equal(isMove(at("/a"), at("/b")), true);
  assert.equal(isMove(at("/a", in16("")), at("/b", in16(""))), true);
  assert.equal(isMove(at("/a"), { href: "https://other.example/a" }), true);
});

test("a query, a hash or a state that the page writes itself is no move", () => {
  for (const [before, now] of [
    [at("/a?utm_source=x"), at("/a")],
    [at("/a"), at("/a?filter=1#top", { mine: 1 })],
    [at("/a?utm_source=x", in16("?utm_source=x")), at("/a", { ...in16("?utm_source=x"), mine: 1 })],
    [at("/a", before16("")), at("/a?filter=1", before16(""))],
    [at("/a#one", in16("")), at("/a#two", null)],
    [at("/a", in16("")), at("/a", { mine: 1 })],
  ]) {
    assert.equal(isMove(before, now), false, `${before.href} ${now.href}`);
  }
});

test("a query that changes together with the router's tree is a move", () => {
  assert.equal(isMove(at("/a", in16("")), at("/a?q=1", in16("?q=1"))), true);
  assert.equal(isMove(at("/a", before16("")), at("/a?q=1", before16('?{"q":"1"}'))), true);
});

test("another tree at the same address is a refresh, no move", () => {
  assert.equal(isMove(at("/a?filter=1", in16("")), at("/a?filter=1", in16("?filter=1"))), false);
  assert.equal(isMove(at("/a?x=1", before16("")), at("/a?x=2", before16("", "/a"))), false, "only the tree's marks differ");
});

test("a tree of unknown form is ignored", () => {
  for (const kept of [7, "text", {}, [], { tree: null }, { tree: [null, { a: 1 }] }]) {
    assert.equal(isMove(at("/a?x=1", in16("")), at("/a?x=2", { __PRIVATE_NEXTJS_INTERNALS_TREE: kept })), false, JSON.stringify(kept));
  }
});

test("an element or a variable called navigation is not the Navigation API", async () => {
  const page = { document: {}, location: { href: "https://app.test/a" }, history: { state: null }, navigation: new EventTarget() };
  const before = Object.keys(page).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
  for (const [name, value] of Object.entries(page)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  try {
    const { visit } = await import("../lib/page/moved_on.js?by-an-element");
    const first = visit();
    assert.equal(visit(), first);
    page.location.href = "https://app.test/b";
    assert.notEqual(visit(), first);
  } finally {
    for (const [name, was] of before) was ? Object.defineProperty(globalThis, name, was) : delete globalThis[name];
  }
});
