// The types of `actionlane/timeline` as a page uses them. The compiler checks them; nothing runs.
import { createDispatcher } from "../../pkg/index.js";
import { observe } from "../../pkg/observe.js";
import { showTimeline, type ActionlaneTimeline, type TimelineCall } from "../../pkg/timeline.js";

const timeline: ActionlaneTimeline = document.createElement("actionlane-timeline");
const d = createDispatcher();
timeline.source = d;
timeline.source = [d, observe()];
timeline.source = null;
timeline.paused = true;
const calls: TimelineCall[] = timeline.toJSON().calls;
const start: number | undefined = calls[0]?.attempts[0]?.start;
const names: string[] = timeline.toTrace().traceEvents.map(({ name }) => name);
showTimeline(observe()).clear();

// @ts-expect-error a source is a dispatcher or an observer
timeline.source = "main";
// @ts-expect-error a timeline shows something
showTimeline();

void [start, names];
