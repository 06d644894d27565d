// The entry `actionlane/timeline`: defines `<actionlane-timeline>`, which shows the calls of a page. Must load no wasm
// and no framework.

export { ActionlaneTimeline, showTimeline } from "./timeline/element.js";
