// The controls above a timeline: pause, filters, zoom, and files. Must not know calls.

import { h, set, write } from "./dom.js";

/** Makes the controls. `on`: a function for each. `update` shows the state of the timeline. */
export function makeToolbar(on) {
  // The page sees the whole element as the target, and would take what is typed for its shortcuts.
  const keydown = (event) => event.key.length === 1 && event.stopPropagation();
  const button = (label, act, more) => h("button", { type: "button", click: act, ...more }, label);
  const pause = button("Pause", on.pause);
  const name = h("input", { type: "search", placeholder: "Filter by name", "aria-label": "Filter by name", autocomplete: "off", spellcheck: "false", input: () => on.filter({ name: name.value }), keydown });
  const lane = h("select", { "aria-label": "Lane", change: () => on.filter({ lane: lane.value }) });
  const zoomOut = button("−", () => on.zoom(1.6), { "aria-label": "Zoom out" });
  const zoomIn = button("+", () => on.zoom(1 / 1.6), { "aria-label": "Zoom in" });
  const fit = button("Fit", on.fit);
  const hide = button("Hide", on.hide, { "aria-expanded": "true" });
  const group = (label, ...children) => h("span", { role: "group", "aria-label": label }, ...children);
  const controls = [
    pause,
    h("span", { class: "filters" }, name, lane),
    group("Zoom", zoomOut, zoomIn, fit),
    group("Calls", button("Clear", on.clear), button("JSON", () => on.save("json"), { title: "Save as JSON" }), button("Trace", () => on.save("trace"), { title: "Save as a trace for Perfetto or DevTools" })),
  ];
  let shown = "";
  return {
    element: h("div", { class: "tools", role: "group", "aria-label": "Timeline" }, ...controls, hide),
    update({ isPaused, lanes, isFit, isDocked, isCollapsed, summary }) {
      write(pause, isPaused ? "Resume" : "Pause");
      set(pause, "class", isPaused && "on");
      set(fit, "aria-pressed", String(isFit));
      hide.hidden = !isDocked;
      write(hide, isCollapsed ? `Actions: ${summary}` : "Hide");
      set(hide, "aria-expanded", String(!isCollapsed));
      for (const control of controls) control.hidden = isCollapsed;
      const known = lanes.join("\n");
      if (known === shown) return;
      shown = known;
      const { value } = lane;
      lane.replaceChildren(h("option", { value: "" }, "All lanes"), ...lanes.map((name) => h("option", { value: name }, name)));
      lane.value = lanes.includes(value) ? value : "";
      if (lane.value !== value) on.filter({ lane: "" });
    },
  };
}
