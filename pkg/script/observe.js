// The script `dist/observe.js`: watches the page from then on, and sets `window.actionlaneObserve`. The finder of names
// is a file beside it, loaded when somebody looks. Must hold no other logic, and no other part of the package.
import { observeWith } from "../observe/observe.js";

/** As a module, the script does not know its tag. */
const { src } = document.currentScript ?? document.querySelector("script[src$='/observe.js']") ?? {};

/* global BUILD */ // the build id of both files, put in by the build

async function look() {
  const made = await import(new URL("look.js", src));
  if (made.build !== BUILD) throw new Error("look.js and observe.js are of different builds");
  return made;
}

globalThis.actionlaneObserve = observeWith(look)();
