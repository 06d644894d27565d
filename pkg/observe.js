// The entry `actionlane/observe`: shows the actions of a page, also of one that does not use the dispatcher. Must load
// no wasm, and nothing at import.

import { observeWith } from "./observe/observe.js";
import { patchWith } from "./observe/patch.js";

export const observe = /* @__PURE__ */ observeWith(() => import("./observe/look.js"));
export const patch = /* @__PURE__ */ patchWith(observe);
