// The script `dist/observe.js`: watches the page from then on, and sets `window.actionlaneObserve`. The finder of names
// and the timeline are files beside it, loaded when somebody looks. Must hold no other logic, and no other part of the
// package.
import { observeWith } from "../observe/observe.js";

/** As a module, the script does not know its tag. `actionlane.js` has put the place of the files into its own. */
const tag = document.currentScript ?? document.querySelector("script:is([src$='/observe.js'],[data-observe],[data-timeline])");
const { src, dataset: { base = src, timeline } = {} } = tag ?? {};

/* global BUILD */ // the build id of all files, put in by the build

async function part(name) {
  const made = await import(new URL(name, base));
  if (made.build !== BUILD) throw Error(`${name} is of another build`);
  return made;
}

const observed = (globalThis.actionlaneObserve = observeWith(() => part("look.js"))());
if (timeline !== undefined) part("timeline.js").then(({ showTimeline }) => showTimeline(observed), console.warn);
