// The files beside the drop-in script: where they are, and how they are had.

import { sendable } from "../lib/address.js";
import { URL, fetch, ofDocument } from "../lib/platform.js";
import { inflated } from "./inflate.js";

/** The `<script>` that this is in. A module is in none, nor is a worker. */
const tag = ofDocument("currentScript");
const given = (tag ?? ofDocument("querySelector")?.call(globalThis.document, "script[data-base]"))?.dataset?.base;

/** Gives what addresses of files are relative to: where the page says that they are, else where the script is from. */
async function base() {
  if (given !== undefined) return new URL(given.replace(/[^/]$/, "$&/"), ofDocument("baseURI"));
  if (tag?.src) return tag.src;
  try {
    return (await import("./here.js")).default; // where what is no `<script>` is from, only its own `import()` knows
  } catch (cause) {
    const message = "where the files beside actionlane.js are is not known: its <script> has no src and no data-base";
    throw new Error(`${message}, and there is no here.js beside it (${cause?.message})`, { cause });
  }
}

const addressOf = async (name) => sendable(new URL(name, await base()).href);

/** Why no copy is looked for, once a file has been another than it should be. */
let spoilt;

/** A place for `compileFirst`: the file of that name, if it is the very one that the script was made with. */
export const file = (name, integrity) => async () => {
  const url = await addressOf(name);
  const whole = () => fetch(url, { integrity });
  try {
    return await whole();
  } catch (cause) {
    // Browsers do not tell a file that is another from one that cannot be had.
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

/** Imports a module of JavaScript. A browser may remember that it could not be had: it is asked for by another address then. */
async function imported(name) {
  const url = await addressOf(name);
  return import(failures === 0 ? url : `${url}?${failures}`).catch((error) => {
    failures += 1;
    throw error;
  });
}

/** Another: a copy of its bytes, in a module of JavaScript, which no browser checks. */
export const copy = (name) => async () => {
  if (spoilt) throw new Error("it is not asked for, as the file is not what it should be");
  return inflated((await imported(`${name}.bytes.js`)).default);
};

/* global BUILD */ // of the script and its parts, put in by the build

/** Promises a part of the package that few pages need; `given` is what it takes: see `xtask/src/dist.rs`. One of another build is refused. */
export async function part(name, ...given) {
  const { default: make, build } = await imported(`${name}.js`);
  if (build !== BUILD) throw new Error(`${name}.js is of another build than actionlane.js: replace all files of dist/ together`);
  return make(...given);
}
