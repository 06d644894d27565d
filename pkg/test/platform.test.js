import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { afterEach, test } from "node:test";

const saved = Object.getOwnPropertyDescriptors(globalThis);
afterEach(() => {
  for (const name of ["performance", "document", "location", "origin", "URL"]) {
    if (saved[name]) Object.defineProperty(globalThis, name, saved[name]);
    else delete globalThis[name];
  }
});

/** The module as it finds the page, with `globals` in it. */
let pages = 0;
function onPage(globals) {
  for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  return import(`../lib/platform.js?${pages++}`);
}

/** A document in which an element has the name of a property. */
class Document {
  get baseURI() {
    return "https://app.example/shop/";
  }
}
const clobbered = () => Object.defineProperty(new Document(), "baseURI", { value: "an element", configurable: true });

test("a property comes from the class, where there is one", async () => {
  const { ofDocument, propertyOf } = await onPage({ document: clobbered() });
  assert.equal(ofDocument("baseURI"), "https://app.example/shop/");
  assert.equal(propertyOf({ own: 1 }, "own"), 1);
  assert.equal(ofDocument("nothing"), undefined);
});

test("where there is no document there are no properties of it", async () => {
  const { ofDocument, pageText } = await onPage({});
  assert.deepEqual([ofDocument("scripts"), pageText()], [undefined, ""]);
});

test("the origin is the page's, whatever is called so", async () => {
  const at = (href, origin, document) => onPage({ location: new URL(href), origin, document }).then(({ pageOrigin }) => pageOrigin());
  assert.equal(await at("https://app.example/shop", "BER"), "https://app.example");
  assert.equal(await at("https://app.example/shop", "https://other.example"), "https://app.example");
  assert.equal(await at("https://app.example/shop", "null"), "null", "of a sandbox");
  assert.equal(await at("about:srcdoc", "https://app.example"), "https://app.example");
  assert.equal(await at("about:srcdoc", "BER", clobbered()), "https://app.example");
});

test("the clock goes on where the page has taken it away, and never back", async () => {
  for (const performance of [{}, { now: "soon" }, { now: () => 0 }, undefined, "fast"]) {
    const { performance: own } = await onPage({ performance });
    const times = Array.from({ length: 100 }, () => own.now());
    assert.ok(times.every((time, nth) => typeof time === "number" && time >= (times[nth - 1] ?? 0)), JSON.stringify(performance));
    assert.deepEqual(own.getEntriesByType("navigation"), []);
  }
});

test("tests that set the clock set this one", async () => {
  const { performance: own } = await onPage({});
  const { now } = performance;
  performance.now = () => 7;
  try {
    assert.equal(own.now(), 7);
  } finally {
    performance.now = now;
  }
});

test("no other module of the package takes a global of the page's by itself", async () => {
  const lib = new URL("../lib/", import.meta.url);
  const names = Object.keys(await import("../lib/platform.js")).filter((name) => name in globalThis || ["URL", "File", "Request"].includes(name));
  assert.ok(names.length > 20, String(names));
  const taken = [];
  for (const file of (await readdir(lib)).filter((file) => file.endsWith(".js") && file !== "platform.js")) {
    const text = await readFile(new URL(file, lib), "utf8");
    const imported = /import \{([^}]*)\} from "\.\/platform\.js"/.exec(text)?.[1].split(",").map((name) => name.trim()) ?? [];
    const code = text
      .replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*|\s\/\/ .*|import \{[^}]*\} from .*/gm, "")
      .replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, '""');
    for (const name of names.filter((name) => !imported.includes(name))) {
      // A property or a key of the same name is another thing, and `fetch` also a value that is handed around.
      if (new RegExp(`(?<![.\\w$#]|get )${name}${name === "fetch" ? "\\(" : "(?![\\w$]|\\s*:)"}`).test(code.replace(/\.\.\./g, " "))) taken.push(`${file}: ${name}`);
    }
  }
  assert.deepEqual(taken, []);
});

test("timers and a clock that tests put in their places later go together", async () => {
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

test("a class that comes after the package is taken when it is needed", async () => {
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
