// `globals.js`: the page's globals as the package uses them even if elements, scripts or tests replace them.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, test } from "node:test";

const saved = Object.getOwnPropertyDescriptors(globalThis);
afterEach(() => {
  for (const name of ["performance", "document", "location", "origin", "URL"]) {
    if (saved[name]) Object.defineProperty(globalThis, name, saved[name]);
    else delete globalThis[name];
  }
});

/** Imports the module again, on a page with these globals. */
let pages = 0;
function onPage(globals) {
  for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  return import(`../lib/page/globals.js?${pages++}`);
}

/** A document in which an element has the name of a property. */
class Document {
  get baseURI() {
    return "https://app.example/shop/";
  }
}
const clobbered = () => Object.defineProperty(new Document(), "baseURI", { value: "an element", configurable: true });

test("a property is read by the getter of its class, if the class has one", async () => {
  const { ofDocument, propertyOf } = await onPage({ document: clobbered() });
  assert.equal(ofDocument("baseURI"), "https://app.example/shop/");
  assert.equal(propertyOf({ own: 1 }, "own"), 1);
  assert.equal(ofDocument("nothing"), undefined);
});

test("without a document its properties are undefined", async () => {
  const { ofDocument, pageText } = await onPage({});
  assert.deepEqual([ofDocument("scripts"), pageText()], [undefined, ""]);
});

test("the origin is that of the page's address, also if a variable is called origin", async () => {
  const at = (href, origin, document) => onPage({ location: new URL(href), origin, document }).then(({ pageOrigin }) => pageOrigin());
  assert.equal(await at("https://app.example/shop", "BER"), "https://app.example");
  assert.equal(await at("https://app.example/shop", "https://other.example"), "https://app.example");
  assert.equal(await at("https://app.example/shop", "null"), "null", "the opaque origin of a sandbox");
  assert.equal(await at("about:srcdoc", "https://app.example"), "https://app.example");
  assert.equal(await at("about:srcdoc", "BER", clobbered()), "https://app.example");
});

test("the clock goes on without the page's clock, and never goes back", async () => {
  for (const performance of [{}, { now: "soon" }, { now: () => 0 }, undefined, "fast"]) {
    const { performance: own } = await onPage({ performance });
    const times = Array.from({ length: 100 }, () => own.now());
    assert.ok(times.every((time, nth) => typeof time === "number" && time >= (times[nth - 1] ?? 0)), JSON.stringify(performance));
    assert.deepEqual(own.getEntriesByType("navigation"), []);
  }
});

test("a test that sets the clock sets the package's", async () => {
  const { performance: own } = await onPage({});
  const { now } = performance;
  performance.now = () => 7;
  try {
    assert.equal(own.now(), 7);
  } finally {
    performance.now = now;
  }
});

test("no other module of the package uses a global of the page directly", async () => {
  const lib = new URL("../lib/", import.meta.url);
  const names = Object.keys(await import("../lib/page/globals.js")).filter((name) => name in globalThis || ["URL", "File", "Request"].includes(name));
  assert.ok(names.length > 20, String(names));
  const taken = [];
  for (const file of (await readdir(lib, { recursive: true })).filter((file) => file.endsWith(".js") && file !== join("page", "globals.js"))) {
    const text = await readFile(new URL(file, lib), "utf8");
    const imported = /import \{([^}]*)\} from "[./]*\/(?:page\/)?globals\.js"/.exec(text)?.[1].split(",").map((name) => name.trim()) ?? [];
    const code = text
      .replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*|\s\/\/ .*|import \{[^}]*\} from .*/gm, "")
      .replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, '""');
    for (const name of names.filter((name) => !imported.includes(name))) {
      // A property or a key of the same name is no global; `fetch` is also a parameter, so only calls of it count.
      if (new RegExp(`(?<![.\\w$#]|get )${name}${name === "fetch" ? "\\(" : "(?![\\w$]|\\s*:)"}`).test(code.replace(/\.\.\./g, " "))) taken.push(`${file}: ${name}`);
    }
  }
  assert.deepEqual(taken, []);
});

test("a clock that tests replace together with the timers is used", async () => {
  const { performance: own } = await onPage({});
  const { performance: real, setTimeout: timer } = globalThis;
  try {
    globalThis.setTimeout = () => {};
    Object.defineProperty(globalThis, "performance", { value: { now: () => 66_000 }, configurable: true, writable: true });
    assert.equal(own.now(), 66_000);
  } finally {
    globalThis.setTimeout = timer;
    Object.defineProperty(globalThis, "performance", { value: real, configurable: true, writable: true });
  }
  assert.notEqual(own.now(), 66_000);
});

test("a class that is defined after the package was loaded is taken when it is needed", async () => {
  const { Headers: own } = globalThis;
  delete globalThis.Headers;
  let platform;
  try {
    platform = await onPage({});
    assert.equal(platform.Headers, undefined);
  } finally {
    globalThis.Headers = own;
  }
  platform.take();
  assert.equal(platform.Headers, own);
});
