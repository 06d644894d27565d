// Tests the refresh of a page without a router, in jsdom and against a server. Real browsers: see `tests/next/forms/`.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { show, visit } from "./forms_page.js";

const { refreshByMorph } = await import("../forms/morph.js");
const { serve } = await import("./server.js");

let server, html, whenAsked;
before(async () => {
  server = await serve((request, response) => {
    whenAsked?.(request);
    // For an XMLHttpRequest of jsdom the page is still at its first origin.
    const asIfElsewhere = { "access-control-allow-origin": "*", "access-control-allow-headers": "cache-control" };
    response.writeHead(200, { "content-type": "text/html", ...asIfElsewhere }).end(html.replace("URL", request.url));
  });
  visit(server.url);
});
after(() => server.close());
afterEach(() => document.head.replaceChildren());

/** Shows `old` and refreshes the page, which the server renders as `fresh`. */
async function refreshed(old, fresh, act = () => {}) {
  show(old);
  act();
  html = fresh;
  await refreshByMorph();
}

test("parts for browsers without script do not come into the page", async () => {
  const head = '<head><noscript><link rel="stylesheet" href="/plain.css"></noscript></head>';
  const inert = "<noscript>&lt;p&gt;Turn it on&lt;/p&gt;</noscript>";
  const body = '<noscript><meta http-equiv="refresh" content="0; url=/plain"><p>Turn it on</p></noscript><p id="a">new</p>';
  await refreshed(`${inert}<p id="a">old</p>`, `<!doctype html>${head}<body>${body}</body>`);
  assert.equal(document.querySelector("#a").textContent, "new");
  assert.equal(document.querySelector("meta,link,noscript p"), null);
  await refreshed('<p id="a">old</p>', `<!doctype html><body>${body}</body>`);
  assert.equal(document.querySelector("meta,noscript p"), null);
});

test("the choice of the user among radio buttons stays, if the server chooses another one now", async () => {
  const choice = (checked) => `<form><p id="p">${checked}</p>${["a", "b", "c"].map((value) => `<input type="radio" name="x" value="${value}"${value === checked ? " checked" : ""}>`).join("")}</form>`;
  for (const [before, own, now, wanted] of [["a", "b", "c", "b"], [undefined, "b", "c", "b"], ["a", undefined, "c", "c"]]) {
    await refreshed(choice(before), `<!doctype html><body>${choice(now)}</body>`, () => own && (document.querySelector(`[value=${own}]`).checked = true));
    assert.deepEqual([document.querySelector("#p").textContent, document.querySelector(":checked").value], [now, wanted]);
  }
});

test("a form whose fields hide its own properties stays, and the rest of the page is refreshed", async () => {
  for (const [name, own] of [["attributes", {}], ["childNodes", []]]) {
    const page = (text) => `<form id="f"><p>${text}</p><input name="${name}"></form><p id="a">${text}</p>`;
    // In a browser the field does this by itself.
    await refreshed(page("old"), `<!doctype html><body>${page("new")}</body>`, () => Object.defineProperty(document.querySelector("#f"), name, { value: own }));
    assert.deepEqual([...document.querySelectorAll("p")].map(({ textContent }) => textContent), ["old", "new"], name);
  }
});

test("where texts must not become code, handlers of the page stay, and the rest is refreshed", async (t) => {
  const page = (text) => `<p id="a" onclick="${text}()">${text}</p><p id="b">${text}</p>`;
  const { setAttribute } = Element.prototype;
  t.after(() => (Element.prototype.setAttribute = setAttribute));
  // A browser does this under a policy of Trusted Types.
  Element.prototype.setAttribute = function set(name, text) {
    if (name.startsWith("on")) throw new TypeError("not trusted");
    setAttribute.call(this, name, text);
  };
  await refreshed(page("old"), `<!doctype html><body>${page("new")}</body>`);
  assert.deepEqual([...document.querySelectorAll("p")].map(({ textContent }) => textContent), ["new", "new"]);
  assert.equal(document.querySelector("#a").getAttribute("onclick"), "old()");
  Element.prototype.setAttribute = setAttribute;
  await refreshed(page("old"), `<!doctype html><body>${page("new")}</body>`);
  assert.equal(document.querySelector("#a").getAttribute("onclick"), "new()");
});

test("an element that shows a result keeps it, whatever the server renders around it", async () => {
  const page = (more, shown = "") => `${more}<form id="f"><input name="a"><p data-error-for="a">${shown}</p></form><p data-state-for="f">${shown}</p><progress data-for="f" value="0"></progress>`;
  const bar = () => document.querySelector("progress");
  await refreshed(page("", "shown"), `<!doctype html><body>${page("<p>alert</p>")}</body>`, () => Object.assign(bar(), { max: 9, value: 5 }));
  const rows = () => [...document.querySelectorAll("p")].map((place) => [place.getAttribute("data-state-for") ?? place.getAttribute("data-error-for"), place.textContent]);
  assert.deepEqual(rows(), [[null, "alert"], ["a", "shown"], ["f", "shown"]]);
  assert.deepEqual([bar().max, bar().value], [9, 5]);
  const moved = '<p>one</p><p>two</p><p data-state-for="f"></p>';
  await refreshed('<p data-state-for="f">shown</p><p>one</p>', `<!doctype html><body>${moved}</body>`);
  assert.deepEqual(rows(), [[null, "one"], [null, "two"], ["f", "shown"]]);
  await refreshed('<div><p data-state-for="own">shown</p><p>one</p></div>', "<!doctype html><body><div><p>one</p><p>two</p></div></body>");
  assert.deepEqual(rows().filter(([name]) => name), [["own", "shown"]]);
  assert.deepEqual(rows().filter(([name]) => !name).map(([, text]) => text), ["one", "two"]);
});

test("if the address has changed meanwhile, the page of the new one is shown", async (t) => {
  t.after(() => (whenAsked = undefined));
  const asked = [];
  whenAsked = ({ method, url }) => {
    if (method !== "GET") return;
    asked.push(url);
    location.hash = "#here";
    if (asked.length === 1) window.history.pushState(null, "", "/second");
  };
  await refreshed("<p>old</p>", "<!doctype html><body><p>URL</p></body>");
  assert.equal(document.querySelector("p").textContent, "/second");
  assert.deepEqual(asked, ["/", "/second"]);
});
