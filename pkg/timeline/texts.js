// Writes times, states and notes of calls as a person reads them. Must not touch the page.

import { isOpen } from "./model.js";
import { toneOf } from "./rows.js";

/** Returns a duration: "85 ms", "1.21 s", "2 min 5 s". */
export function durationText(ms) {
  if (ms < 0.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_995) return `${(ms / 1000).toFixed(ms < 9995 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Returns a time of the page, for a tick of this step. */
export function tickText(ms, step) {
  if (ms < 0) return `−${tickText(-ms, step)}`;
  if (step < 1) return `${ms.toFixed(1)} ms`;
  if (ms < 1000 && step < 1000) return `${Math.round(ms)} ms`;
  const digits = step < 10 ? 3 : step < 100 ? 2 : step < 1000 ? 1 : 0;
  if (ms < 60_000) return `${(ms / 1000).toFixed(digits)} s`;
  const seconds = ((ms / 1000) % 60).toFixed(digits).padStart(digits ? digits + 3 : 2, "0");
  return `${Math.floor(ms / 60_000)}:${seconds}`;
}

/** Returns the state of a call in one word: its code, or the status of its answer. */
export function statusText(call) {
  const { code, attempts, retryAt, isMissed } = call;
  if (isOpen(call)) return retryAt === undefined ? toneOf(call) : "retries";
  const { status } = attempts.at(-1) ?? {};
  if (isMissed) return "not seen";
  return (code ?? "ok") === "ok" ? String(status ?? "ok") : code;
}

/** Returns how long a call has waited and run, in ms; undefined if it has done neither. */
export function timesOf({ attempts, queuedAt, endedAt }, now) {
  const start = attempts[0]?.start;
  const end = endedAt ?? now;
  const waited = (start ?? end) - queuedAt;
  return { waited: waited > 0.05 ? waited : undefined, ran: start === undefined ? undefined : Math.max(end - start, 0) };
}

/** Returns an address without its query, which may hold secrets. */
export const addressText = (address) => address.replace(/[?#].*/s, "?…");

/** Returns what else has happened to a call, in few words each. */
export function notesOf({ attempts, joined, redirected, revalidated, replayed, recovered, late, isRoute }) {
  return [
    joined !== undefined && (joined ? `joined #${joined}` : "joined"),
    !joined && attempts.length > 1 && `${attempts.length} attempts`,
    redirected && `↪ ${addressText(redirected)}`,
    revalidated && "↻ refreshed",
    replayed && "from the outbox",
    recovered && "new deployment",
    late && "late",
    isRoute && "route",
  ].filter(Boolean);
}

/** Describes a call's bars for those who do not see them. */
export function chartText(call, now) {
  const { waited, ran } = timesOf(call, now);
  const parts = [`at ${tickText(call.queuedAt, 10)}`, waited !== undefined && `waited ${durationText(waited)}`, ran !== undefined && `ran ${durationText(ran)}`];
  return [...parts, ...notesOf(call)].filter(Boolean).join(", ");
}
