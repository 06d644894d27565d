// Shows all that is known of one call. Must show no arguments, answers or secrets: the sources have none, and addresses
// go without their query.

import { h } from "./dom.js";
import { labelOf, toneOf } from "./rows.js";
import { addressText, durationText, notesOf, statusText, tickText, timesOf } from "./texts.js";

const UNNAMED = {
  "next-14": "Next.js 14 writes no names",
  unread: "some scripts of the page could not be read",
  inline: "it is an inline function, or was passed as a prop",
};

/** Makes the panel. `on.close()`, `on.select(key)`; `on.headers(entry)` promises the headers of a request. */
export function makeDetails(on) {
  const body = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Details of the call" });
  const title = h("h2", {});
  const close = h("button", { type: "button", "aria-label": "Close details", click: on.close }, "✕");
  const element = h("aside", { class: "details", "aria-label": "Call", hidden: true }, h("header", {}, title, close), body);
  /** By request, its headers. Asked for at each change of the call until those of the answer are there. */
  const headers = new Map();
  let shown;

  function ask(entry, draw) {
    if (headers.get(entry)?.answer) return;
    on.headers(entry).then((found) => {
      headers.set(entry, found);
      draw();
    }, () => {}); // the part could not be loaded; the next change of the call tries again
  }

  const update = (call, cause, now) => {
    element.hidden = call === undefined;
    if (shown?.[0] === call && shown?.[1] === cause) return;
    if (call?.key !== shown?.[0]?.key) {
      headers.clear();
      body.scrollTop = 0;
    }
    shown = [call, cause];
    if (!call) return;
    const draw = () => shown[0] === call && body.replaceChildren(...contentOf(call, cause, now, headers, on));
    for (const { entry } of call.attempts) if (entry !== undefined) ask(entry, draw);
    title.textContent = `${labelOf(call)} #${call.number}`;
    element.dataset.tone = toneOf(call);
    draw();
  };
  return { element, update, body };
}

/** Makes a list of names and values. Values that are missing are left out. */
function list(pairs) {
  const given = pairs.filter(([, value]) => value !== undefined && value !== "");
  return h("dl", {}, ...given.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

const duration = (ms) => ms && durationText(ms);

function contentOf(call, cause, now, headers, on) {
  const { id, lane, unnamed, name, queuedAt, waitedFor, redirected, attempts, behind, retryAt } = call;
  const { waited, ran } = timesOf(call, now);
  const notes = [...notesOf({ ...call, redirected: undefined }), call.keepalive === false && "would not outlive the page"].filter(Boolean).join(", ");
  const link = cause && h("span", {}, h("button", { type: "button", class: "link", click: () => on.select(cause.key) }, `${labelOf(cause)} #${cause.number}`), waitedFor.certain ? "" : " (a guess)");
  const general = list([
    ["State", statusText(call)],
    ["Lane", lane],
    ["Waited for", link || undefined],
    ["Waited", duration(waited)],
    ["Ran", call.endedAt === undefined ? "" : duration(ran)],
    ["Called at", tickText(queuedAt, 1)],
    ["Retries at", retryAt && tickText(retryAt, 1)],
    ["Waiting behind", behind && String(behind)],
    ["Redirected to", redirected && addressText(redirected)],
    ["Also", notes],
    ["No name", name ? undefined : UNNAMED[unnamed]],
    ["Action", id && h("code", {}, id)],
  ]);
  return [general, ...attempts.flatMap((attempt) => attemptOf(attempt, attempts.length > 1, headers.get(attempt.entry)))];
}

function attemptOf({ number, start, firstByte, head, end, status, error, size, isShared }, isOneOf, headers) {
  const since = (at) => (at === undefined ? undefined : durationText(Math.max(at - start, 0)));
  const times = list([
    ["Sent at", tickText(start, 1)],
    ["First byte after", since(firstByte)],
    ["Head after", since(head)],
    ["End after", since(end)],
    ["Status", status && String(status)],
    ["Error", error],
    ["Size", size && `${size.toLocaleString("en")} bytes`],
  ]);
  const parts = [h("h3", {}, isShared ? "Answer of another call" : isOneOf ? `Attempt ${number}` : "Request"), times];
  for (const [title, found] of [["Request headers", headers?.request], ["Answer headers", headers?.answer]]) {
    if (!found) continue;
    const pairs = Object.entries(found.shown).map(([name, value]) => [name, h("code", {}, value)]);
    const more = found.hidden > 0 ? [h("p", {}, `${found.hidden} more are not shown: they may hold secrets.`)] : [];
    if (pairs.length + more.length > 0) parts.push(h("h3", {}, title), list(pairs), ...more);
  }
  return parts;
}
