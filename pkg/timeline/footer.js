// The line beneath a timeline: its numbers, and the meaning of the bars. Must not know how calls are drawn.

import { h, write } from "./dom.js";
import { countsOf } from "./rows.js";

const LEGEND = [["wait", "waits"], ["run", "runs"], ["answer", "receives"], ["failed", "fails"]];

/** Returns the numbers of calls as text, those that are 0 left out. */
export function summaryOf(calls) {
  const { waiting, running, failed } = countsOf(calls);
  const parts = [[running, "running"], [waiting, "waiting"], [failed, "failed"]].filter(([count]) => count > 0);
  return [`${calls.length} ${calls.length === 1 ? "call" : "calls"}`, ...parts.map((part) => part.join(" "))].join(" · ");
}

/** Makes the line. `say` tells screen readers something, once. */
export function makeFooter() {
  const summary = h("span", { class: "summary" });
  const said = h("span", { role: "status", class: "said" });
  const legend = LEGEND.map(([kind, text]) => h("span", {}, h("i", { "data-kind": kind, "aria-hidden": "true" }), text));
  return {
    element: h("footer", {}, summary, h("span", { class: "legend" }, ...legend), said),
    update: (text) => write(summary, text),
    say: (text) => write(said, text),
  };
}
