// Shows the entries with the names of their actions. Loaded when somebody looks; must not change how requests are
// watched.

import { discover } from "../lib/skew/discover.js";

export { discover };

/** Least time between two searches for the same actions that should be seldom, in ms. */
const SELDOM = 10_000;

/** By id, why an action had no name at the last search; and when that was. */
let reasons = new Map();
let searchedAt;

/**
 * Adds names to the entries that have none, and to those that follow. Promises the entries. `isSeldom`: actions that
 * were just looked for are not looked for again.
 */
export async function named(observer, isSeldom) {
  await addNames(observer, isSeldom);
  return observer.entries.all();
}

/** Prints the entries, with names. */
export const table = async (observer) => console.table(tableOf(await named(observer)));

async function addNames({ entries, names }, isSeldom) {
  const nameless = () => entries.records.filter(({ entry }) => entry.name === undefined);
  const asked = nameless();
  if (asked.length === 0) return;
  if (!isSeldom || !(Math.abs(Date.now() - searchedAt) < SELDOM) || asked.some(({ entry }) => !reasons.has(entry.id))) {
    const { actions, unread } = await discover();
    searchedAt = Date.now();
    for (const { id, name } of actions) if (name !== undefined) names.set(id, name);
    reasons = new Map(nameless().map(({ entry: { id } }) => [id, reasonOf(id, unread)]));
  }
  for (const record of nameless()) {
    const { id, unnamed } = record.entry;
    if (names.has(id)) entries.change(record, { name: names.get(id), unnamed: undefined });
    else if (unnamed !== reasons.get(id)) entries.change(record, { unnamed: reasons.get(id) });
  }
}

/**
 * Says why an action has no name. Next 14 writes none; its ids have 40 digits. If each script was read, none imports
 * the action: it is inline, or was passed as a prop.
 */
const reasonOf = ({ length }, unread) => (length === 40 ? "next-14" : unread > 0 ? "unread" : "inline");

/** Headers that hold no secrets. All others are counted, not shown. */
const HARMLESS = [
  "accept", "age", "cache-control", "connection", "content-encoding", "content-language", "content-length", "content-type", "date",
  "idempotency-key", "keep-alive", "location", "next-action", "next-url", "retry-after", "server", "server-timing", "traceparent",
  "transfer-encoding", "vary", "via", "x-action-redirect", "x-action-revalidated", "x-deployment-id", "x-edge-runtime", "x-matched-path",
  "x-nextjs-action-not-found", "x-nextjs-cache", "x-nextjs-deployment-id", "x-nextjs-prerender", "x-powered-by", "x-request-id",
  "x-vercel-cache", "x-vercel-id",
];

/** Headers that hold an address, whose query may hold secrets. */
const ADDRESSES = ["location", "next-url", "x-action-redirect"];

/** Finds the query and the hash of an address, up to the type of a redirect: "/done?a=1;b=2;push". */
const QUERY = /[?#].*?(?=(;(push|replace))?$)/s;

/** Returns the headers of a request and of its answer, `{ shown, hidden }` each; undefined if it is not known. */
export function headersOf({ entries }, number) {
  const record = entries.records.find(({ entry }) => entry.number === number);
  if (!record) return undefined;
  const [request, answer] = record.headers.map(harmless);
  return { request, answer };
}

function harmless(headers) {
  const all = [...(headers ?? [])];
  const shown = all.filter(([name]) => HARMLESS.includes(name));
  const text = ([name, value]) => [name, ADDRESSES.includes(name) ? value.replace(QUERY, "?…") : value];
  return { shown: Object.fromEntries(shown.map(text)), hidden: all.length - shown.length };
}

const ms = (value) => (value === undefined ? undefined : Math.round(value));

/** Returns rows for `console.table`, by the number of the entry. Times are in ms, `start` on the clock of the page. */
function tableOf(entries) {
  const labels = new Map(entries.map((entry) => [entry.number, labelOf(entry)]));
  return Object.fromEntries(entries.map((entry) => [entry.number, rowOf(entry, labels)]));
}

const labelOf = ({ id, name, unnamed }) => name ?? `${id.slice(0, 8)}… ${unnamed ? `(${unnamed})` : ""}`.trim();

function rowOf(entry, labels) {
  const { number, lane, start, head, end, waited, waitedFor, status, error, size, redirected, revalidated } = entry;
  const behind = waitedFor && `${labels.get(waitedFor.entry) ?? waitedFor.id} #${waitedFor.entry}${waitedFor.certain ? "" : "?"}`;
  return {
    action: labels.get(number),
    ...(lane && { lane }),
    start: ms(start),
    "waited for": behind,
    waited: ms(waited),
    head: ms(head === undefined ? head : head - start),
    total: ms(end === undefined ? end : end - start),
    status: error ?? status,
    size,
    redirected,
    revalidated,
  };
}
