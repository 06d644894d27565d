// The element `<actionlane-timeline>`: connects model, view and controls, and draws at most once a frame. Must not hold
// what one of them can hold.

import { now as clock } from "../observe/page.js";
import { makeDetails } from "./details.js";
import { h, set } from "./dom.js";
import { dataOf, traceOf } from "./export.js";
import { makeFooter, summaryOf } from "./footer.js";
import { fit, lastOf, zoom } from "./layout.js";
import { clear, isOpen, makeModel, noteNetwork } from "./model.js";
import { lanesOf, rowsOf } from "./rows.js";
import { headersOf, listen } from "./sources.js";
import { sheet } from "./styles.js";
import { makeToolbar } from "./toolbar.js";
import { makeView } from "./view.js";

/** Least distance in px that a pointer is moved for a drag. */
const DRAG = 4;

/** Time between two drawings while calls run, in ms, where the user wants no motion. */
const CALM = 500;

/** Below this width, in px, details are beneath the list, not beside it. */
const STACKED = 760;

/** Rows by which PageUp and PageDown move. */
const PAGE = 10;

/** On a server there are no elements, but the module may be imported there. */
const Base = globalThis.HTMLElement ?? class {};

export class ActionlaneTimeline extends Base {
  #model = makeModel();
  #sources = [];
  #unlisten;
  #filter = {};
  #folded = new Set();
  /** The time that is shown; undefined for all. `#follows`: it moves on with the newest call. */
  #time;
  #follows = true;
  #full = { from: 0, to: 1, end: 1 };
  #rows = [];
  #active;
  #selected;
  /** The calls, and the time, that are shown while the timeline is paused. */
  #frozen;
  #frame;
  #calm;
  #dragged;
  #resizes;
  /** True if the next drawing scrolls to the active row. */
  #reveals;
  #main;
  #view = makeView();
  #toolbar;
  #details;
  #footer;
  /** Returns the text that screen readers get after the next drawing. */
  #say;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet()];
    this.#toolbar = makeToolbar({
      pause: () => (this.paused = !this.paused),
      filter: (filter) => this.#change(() => {
        Object.assign(this.#filter, filter);
        this.#say = () => `${this.#rows.filter(({ call }) => call).length} calls match`;
      }),
      zoom: (factor) => this.#zoom(factor),
      fit: () => this.#fit(),
      clear: () => this.clear(),
      save: (kind) => this.#save(kind),
      hide: () => this.toggleAttribute("collapsed"),
    });
    this.#details = makeDetails({
      close: () => this.#select(undefined),
      select: (key) => this.#select(key),
      headers: (entry) => headersOf(this.#sources, entry),
    });
    this.#footer = makeFooter();
    this.#main = h("div", { class: "main" }, this.#view.element, this.#details.element);
    root.append(this.#toolbar.element, this.#main, this.#footer.element);
    this.#listenToGrid(this.#view.grid);
    this.#details.element.addEventListener("keydown", (event) => event.key === "Escape" && this.#onKey(event));
  }

  static get observedAttributes() {
    return ["docked", "collapsed"];
  }

  attributeChangedCallback() {
    this.#schedule();
  }

  connectedCallback() {
    // Set before the element was defined, a property would hide its accessor.
    for (const name of ["source", "paused"]) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
    this.#listen();
    this.#resizes = new ResizeObserver(() => this.#schedule());
    this.#resizes.observe(this);
    for (const name of ["online", "offline"]) addEventListener(name, this.#onNetwork);
    this.#onNetwork();
  }

  disconnectedCallback() {
    this.#unlisten?.();
    this.#unlisten = undefined;
    this.#resizes.disconnect();
    for (const name of ["online", "offline"]) removeEventListener(name, this.#onNetwork);
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#calm);
    this.#frame = this.#calm = undefined;
  }

  get source() {
    return this.#sources.length > 1 ? this.#sources : this.#sources[0];
  }

  set source(source) {
    this.#sources = [source ?? []].flat();
    if (this.isConnected) this.#listen();
  }

  get paused() {
    return this.#frozen !== undefined;
  }

  set paused(isPaused) {
    if (isPaused === this.paused) return;
    this.#change(() => (this.#frozen = isPaused ? { calls: [...this.#model.calls.values()], now: clock() } : undefined));
    this.#footer.say(isPaused ? "Paused" : "Resumed");
  }

  clear() {
    this.#change(() => {
      clear(this.#model);
      this.#time = this.#frozen = undefined;
    });
  }

  toJSON() {
    return dataOf(this.#model, clock(), performance.timeOrigin ?? 0);
  }

  toTrace() {
    return traceOf(this.#model, clock());
  }

  #onNetwork = () => this.#change(() => noteNetwork(this.#model, navigator.onLine !== false, clock()));

  #listen() {
    this.#unlisten?.();
    this.#unlisten = listen(this.#sources, this.#model, () => this.#schedule(), clock);
  }

  #change(act) {
    act();
    this.#schedule();
  }

  /** Draws in the next frame, once for all changes before it. */
  #schedule() {
    if (!this.isConnected) return;
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#draw();
    });
  }

  #draw() {
    const live = this.#frozen ?? { calls: [...this.#model.calls.values()], now: clock() };
    const { calls, now } = live;
    const isCollapsed = this.hasAttribute("docked") && this.hasAttribute("collapsed");
    const summary = summaryOf(calls);
    this.#full = fit(calls, now);
    if (this.#time && this.#follows && !this.#frozen) {
      this.#time = lastOf(this.#full, this.#time.to - this.#time.from);
    }
    const time = this.#time ?? this.#full;
    this.#toolbar.update({ isPaused: this.paused, lanes: lanesOf(calls), isFit: !this.#time, isDocked: this.hasAttribute("docked"), isCollapsed, summary });
    if (!isCollapsed) {
      const { offline } = this.#model;
      this.#rows = rowsOf(calls, { ...this.#filter, ...time, folded: this.#folded, now });
      const byKey = (key) => (this.#frozen ? calls.find((call) => call.key === key) : this.#model.calls.get(key));
      const selected = byKey(this.#selected);
      const cause = byKey(this.#model.keys.get(selected?.waitedFor?.entry));
      set(this.#main, "data-stacked", this.#main.clientWidth < STACKED);
      this.#details.update(selected, cause, now);
      if (this.#reveals) this.#view.reveal(this.#rows.findIndex(({ key }) => key === this.#active));
      this.#reveals = false;
      this.#view.draw({ rows: this.#rows, time, now, offline, active: this.#active, selected: selected?.key, cause: cause?.key, message: this.#messageFor(calls) });
      this.#footer.update(summary);
      if (this.#say) this.#footer.say(this.#say());
      this.#say = undefined;
    }
    // Nothing moves where there is no list; the observer of the size, or an attribute, says when there is one again.
    if (!this.#main.clientWidth || this.#frozen || !calls.some(isOpen)) return;
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) this.#schedule();
    else this.#calm ??= setTimeout(() => this.#change(() => (this.#calm = undefined)), CALM);
  }

  #messageFor(calls) {
    if (this.#sources.length === 0) return "Set source to a dispatcher, or to what observe() returns.";
    return calls.length > 0 ? "No call matches." : "No actions yet. The next one that the page calls appears here.";
  }

  #fit() {
    this.#change(() => {
      this.#time = undefined;
      this.#follows = true;
    });
  }

  /** Shows another time. It follows the newest calls if it ends there. */
  #show(time) {
    this.#change(() => {
      this.#time = time;
      this.#follows = time.to >= this.#full.end;
    });
  }

  #zoom(factor, at) {
    const time = this.#time ?? this.#full;
    this.#show(zoom(time, factor, at ?? (this.#follows ? this.#full.end : (time.from + time.to) / 2)));
  }

  /** Moves the time that is shown by a share of its length. Zooms in first if all of it is shown. */
  #pan(share) {
    const { from, to } = this.#time ?? this.#full;
    const by = (to - from) * share;
    this.#show({ from: from + by, to: to + by });
  }

  #select(key) {
    const before = this.#selected;
    this.#change(() => (this.#selected = key));
    if (key !== undefined) this.#activate(this.#rows.findIndex((row) => row.key === key));
    else if (before !== undefined) this.#view.grid.focus({ preventScroll: true });
  }

  #toggle(row, isFolded = !row.isFolded) {
    this.#change(() => this.#folded[isFolded ? "add" : "delete"](row.lane));
  }

  #activate(index) {
    const row = this.#rows[index];
    if (!row) return;
    this.#change(() => {
      this.#active = row.key;
      this.#reveals = true;
    });
  }

  #listenToGrid(grid) {
    grid.addEventListener("scroll", () => this.#schedule(), { passive: true });
    grid.addEventListener("click", ({ target }) => {
      const { isDrag } = this.#dragged ?? {};
      this.#dragged = undefined;
      if (isDrag) return;
      const key = this.#view.keyAt(target);
      const row = this.#rows.find((row) => row.key === key);
      if (!row) return;
      this.#active = key;
      if (row.lane) this.#toggle(row);
      else this.#select(this.#selected === key ? undefined : key);
    });
    grid.addEventListener("keydown", (event) => this.#onKey(event));
    // Not when a mouse gives it the focus: the list would scroll away beneath it.
    grid.addEventListener("focus", () => this.#active === undefined && grid.matches(":focus-visible") && this.#activate(0));
    grid.addEventListener("wheel", (event) => {
      const { deltaX, deltaY, shiftKey, clientX } = event;
      const time = this.#time ?? this.#full;
      if (event.ctrlKey || event.metaKey) this.#zoom(1.002 ** deltaY, this.#view.timeAt(clientX, time));
      else if (this.#time && (shiftKey || Math.abs(deltaX) > Math.abs(deltaY))) this.#pan((deltaX || deltaY) / this.#view.size().width);
      else return;
      event.preventDefault();
    }, { passive: false });
    grid.addEventListener("pointerdown", ({ target, clientX, button }) => {
      if (button === 0) this.#dragged = { from: this.#time && target.closest?.(".chart") ? clientX : undefined, time: this.#time };
    });
    grid.addEventListener("pointermove", ({ clientX, pointerId, buttons }) => {
      const { from, time, isDrag } = this.#dragged ?? {};
      if (from === undefined || !buttons || (!isDrag && Math.abs(clientX - from) < DRAG)) return;
      if (!isDrag) grid.setPointerCapture(pointerId);
      this.#dragged.isDrag = true;
      const by = ((from - clientX) / this.#view.size().width) * (time.to - time.from);
      this.#show({ from: time.from + by, to: time.to + by });
    });
  }

  #onKey(event) {
    const { key, shiftKey } = event;
    const index = this.#rows.findIndex((row) => row.key === this.#active);
    const row = this.#rows[index];
    const laneAt = () => this.#rows.findLastIndex((row, at) => row.lane && at < index);
    const act = {
      ArrowDown: () => this.#activate(Math.min(index + 1, this.#rows.length - 1)),
      ArrowUp: () => this.#activate(Math.max(index - 1, 0)),
      PageDown: () => this.#activate(Math.min(index + PAGE, this.#rows.length - 1)),
      PageUp: () => this.#activate(Math.max(index - PAGE, 0)),
      Home: () => this.#activate(0),
      End: () => this.#activate(this.#rows.length - 1),
      ArrowLeft: () => (shiftKey ? this.#pan(-0.2) : row?.lane ? this.#toggle(row, true) : this.#activate(laneAt())),
      ArrowRight: () => (shiftKey ? this.#pan(0.2) : row?.lane && this.#toggle(row, false)),
      Enter: () => (row?.lane ? this.#toggle(row) : row && this.#select(row.key)),
      " ": () => act.Enter(),
      Escape: () => this.#select(undefined),
      "+": () => this.#zoom(1 / 1.6),
      "-": () => this.#zoom(1.6),
      0: () => this.#fit(),
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(act, key)) return;
    if (key === "Escape" && this.#selected === undefined) return; // it may close a dialog around the timeline
    event.preventDefault();
    act[key]();
  }

  #save(kind) {
    const data = kind === "trace" ? this.toTrace() : this.toJSON();
    const href = URL.createObjectURL(new Blob([JSON.stringify(data)], { type: "application/json" }));
    const date = new Date().toISOString().slice(0, 19).replace(/:/g, "-");
    h("a", { href, download: `actions-${date}${kind === "trace" ? ".trace" : ""}.json` }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10_000);
    this.#footer.say("Saved");
  }
}

let docked;

/** Shows a timeline at the lower edge of the page, once the page has loaded. */
export function showTimeline(source) {
  const timeline = (docked ??= document.querySelector("actionlane-timeline[docked]") ?? h("actionlane-timeline", { docked: true }));
  timeline.source = source;
  // Beside the body, which belongs to the app.
  const show = () => timeline.isConnected || document.documentElement.append(timeline);
  if (document.readyState === "complete") show();
  else addEventListener("load", show, { once: true });
  return timeline;
}

if (globalThis.customElements && !customElements.get("actionlane-timeline")) customElements.define("actionlane-timeline", ActionlaneTimeline);
