// Finds and loads the files beside the drop-in script. Must not load a file before it is needed, nor use one of
// another build.

import { sendable } from "../lib/page/url.js";
import { URL, fetch, ofDocument } from "../lib/page/globals.js";
import { inflated } from "./inflate.js";

/** The `<script>` element that runs this; `null` in a module, undefined in a worker. */
const tag = ofDocument("currentScript");
const asking = tag ?? ofDocument("querySelector")?.call(globalThis.document, "script:is([data-base],[data-observe],[data-timeline],[data-forms])");
const { base: given, observe, timeline } = asking?.dataset ?? {};

/**
 * Promises the address that file names are relative to: `data-base` if the page sets it, else the address of
 * the script.
 */
async function base() {
  if (given !== undefined) return new URL(given.replace(/[^/]$/, "$&/"), ofDocument("baseURI"));
  if (tag?.src) return tag.src;
  try {
    return (await import("./here.js")).default; // without a `<script>`, only `import()` knows where this file is from
  } catch (cause) {
    const message = "the place of the files of actionlane.js is unknown: its <script> has no src and no data-base";
    throw new Error(`${message}, and there is no here.js beside it (${cause?.message})`, { cause });
  }
}

const addressOf = async (name) => sendable(new URL(name, await base()).href);

/**
 * The message of the integrity error, once a file has had another content than expected. No copy is loaded after that.
 */
let spoilt;

/** Makes a place for `compileFirst`: the file of that name, if its content is what the script was built with. */
export const file = (name, integrity) => async () => {
  const url = await addressOf(name);
  const whole = () => fetch(url, { integrity });
  try {
    return await whole();
  } catch (cause) {
    // A browser reports a wrong integrity like a failed fetch, so the file is fetched again without one.
    const found = await fetch(url).catch(() => {
      throw new Error(`${url} could not be fetched (${cause?.message}): its server must allow this origin (CORS), and the page's policy, too`, { cause });
    });
    if (!found.ok) return found;
    return whole().catch(() => {
      spoilt = `${url} is not the file that this actionlane.js was made with: its integrity is not ${integrity}`;
      throw new Error(spoilt, { cause });
    });
  }
};

let failures = 0;

/**
 * Imports a module of JavaScript. A browser may remember that an import failed, so the next one uses another address.
 */
async function imported(name) {
  const url = await addressOf(name);
  return import(failures === 0 ? url : `${url}?${failures}`).catch((error) => {
    failures += 1;
    throw error;
  });
}

/**
 * Makes a place for `compileFirst`: a copy of the bytes in a module of JavaScript, whose integrity no browser checks.
 */
export const copy = (name) => async () => {
  if (spoilt) throw new Error("not loaded, because the file is not the expected one");
  return inflated((await imported(`${name}.bytes.js`)).default);
};

if ((observe ?? timeline) !== undefined) watch().catch(console.warn);

/** Loads the script that watches the page. As a module it knows its place by this tag alone. */
async function watch() {
  asking.dataset.base = new URL(".", await base()).href;
  await imported("observe.js");
}

/* global BUILD */ // the build id of the script and its parts, put in by the build

/**
 * Promises a part of the package that few pages need; `given` are the arguments of its function, see
 * `xtask/src/dist.rs`. Rejects a part of another build.
 */
export async function part(name, ...given) {
  const { default: make, build } = await imported(`${name}.js`);
  if (build !== BUILD) throw new Error(`${name}.js is of another build than actionlane.js: replace all files of dist/ together`);
  return make(...given);
}
