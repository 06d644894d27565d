// Turns the events of dispatchers and the entries of observers into the calls that a timeline shows. Must not touch the
// page, nor read a clock: times are passed in.

/** Greatest number of calls that are kept. The oldest go first. */
export const MAX_CALLS = 1000;

/** Lane of the requests that no dispatcher has sent. */
const NO_LANE = "actions";

/**
 * Makes an empty model. `calls`: by key, in order of arrival; `TimelineCall` of `timeline.d.ts` describes one. A call
 * never changes: another one replaces it. `keys`: by number of an observer's entry, the key of its call, also if that
 * has gone. `offline`: times without a network, `{ from, to }`.
 */
export const makeModel = () => ({ calls: new Map(), keys: new Map(), offline: [], count: 0 });

/** A dispatcher's number is its own; with time and action it is the call's in all dispatchers of a page. */
const keyOf = (number, queuedAt, id) => `${number} ${queuedAt} ${id}`;

export const isOpen = ({ state }) => state !== "done";

/** Takes an event of a dispatcher in, or a call of its snapshot. `at`: the time now. */
export function hearEvent(model, event, at) {
  const { id: number, actionId: id, name, lane, state, queuedAt, attempt, startedAt, settledAt, retryAt, code } = event;
  const key = keyOf(number, queuedAt, id);
  const known = model.calls.get(key);
  // A call that shares the answer of another runs without an attempt of its own.
  const isJoined = known?.joined !== undefined || (state === "running" && !attempt && id !== undefined);
  const attempts = isJoined ? [shareOf(event)] : attemptsOf(known?.attempts ?? [], event, at);
  const joined = isJoined ? known?.joined || leaderOf(model, event, key)?.number || 0 : undefined;
  const last = attempts.at(-1);
  put(model, key, {
    ...known,
    isHeard: true,
    id,
    name: name ?? known?.name,
    lane,
    state,
    queuedAt,
    attempts,
    joined,
    retryAt: state === "running" ? retryAt : undefined,
    settledAt,
    endedAt: state === "done" ? last?.end ?? settledAt ?? at : undefined,
    code: code ?? known?.code,
    isRoute: id === undefined,
    startedAt,
    ...pick(event, ["late", "replayed", "recovered", "behind", "keepalive"]),
  });
  return key;
}

/** The part of another call's answer that a joined call waits for. */
const shareOf = ({ queuedAt, startedAt, settledAt }) => ({ start: Math.max(startedAt ?? queuedAt, queuedAt), end: settledAt, isShared: true });

function leaderOf({ calls }, { actionId, startedAt }, own) {
  return [...calls].find(([key, call]) => key !== own && call.id === actionId && startedAt !== undefined && call.startedAt === startedAt)?.[1];
}

/** Returns the attempts of a call after an event. An event holds the times of the last one. */
function attemptsOf(before, { attempt: number, state, startedAt, headAt, settledAt, retryAt, code }, at) {
  if (!number) return before;
  const attempts = before.map((other) => (other.number < number && other.end === undefined ? { ...other, end: at } : other));
  const index = attempts.findIndex((other) => other.number === number);
  const known = attempts[index] ?? { number, start: startedAt };
  let { end } = known;
  if (retryAt !== undefined) end ??= at;
  if (state === "done") end ??= code === "ok" ? at : settledAt ?? at;
  return attempts.toSpliced(index < 0 ? attempts.length : index, 1, { ...known, head: known.head ?? headAt, end });
}

/**
 * Takes an entry of an observer in. The requests of one call of a dispatcher become one call, also if its events are
 * heard, too.
 */
export function hearEntry(model, entry) {
  const { number: entryNumber, id, start, waited, call, attempt: number } = entry;
  const key = call === undefined ? `entry ${entryNumber}` : keyOf(call, entry.queuedAt, id);
  const before = model.keys.get(entryNumber);
  // The call was cleared, or has gone as the oldest. What the observer still learns of it is for others.
  if (before !== undefined && !model.calls.has(before)) return before;
  if (before !== key) forget(model, before);
  model.keys.set(entryNumber, key);
  model.keys.delete(entryNumber - MAX_CALLS); // an observer keeps no more
  const known = model.calls.get(key);
  const attempts = [...(known?.attempts ?? [])];
  let index = attempts.findIndex(({ entry }) => entry === entryNumber);
  if (index < 0) index = attempts.findIndex((attempt) => attempt.number === number && attempt.entry === undefined);
  if (index < 0) index = attempts.length;
  const { end: knownEnd } = attempts[index] ?? {};
  const { end = knownEnd } = entry;
  attempts[index] = { number: number ?? 1, ...attempts[index], start, end, entry: entryNumber, ...pick(entry, ["firstByte", "head", "status", "error", "size"]) };
  attempts.sort((a, b) => a.number - b.number);
  const { head } = attempts.at(-1);
  const isOver = (end ?? head) !== undefined;
  const said = { ...pick(entry, ["waitedFor", "redirected", "revalidated", "unnamed"]), name: entry.name ?? known?.name, attempts };
  if (known?.isHeard && !isOpen(known)) said.endedAt = attempts.at(-1).end ?? known.endedAt;
  put(model, key, known?.isHeard ? { ...known, ...said } : {
    ...known,
    ...said,
    id,
    lane: entry.lane ?? NO_LANE,
    state: isOver ? "done" : "running",
    queuedAt: entry.queuedAt ?? start - (waited ?? 0),
    endedAt: isOver ? end ?? head : undefined,
    code: entry.error,
  });
  return key;
}

/** Removes a call that turned out to be a part of another, and closes the gap in the numbers. */
function forget(model, key) {
  const gone = model.calls.get(key);
  if (!gone) return;
  model.calls.delete(key);
  model.count -= 1;
  for (const [key, call] of model.calls) {
    for (const name of ["number", "joined"]) if (call[name] > gone.number) model.calls.set(key, { ...model.calls.get(key), [name]: call[name] - 1 });
  }
}

/**
 * Ends the open calls of dispatchers that are not among `keys`: their events were missed while no one listened.
 */
export function endMissed(model, keys) {
  for (const [key, call] of model.calls) {
    if (!call.isHeard || !isOpen(call) || keys.has(key)) continue;
    const at = call.attempts.at(-1)?.start ?? call.queuedAt;
    const attempts = call.attempts.map((attempt) => ({ ...attempt, end: attempt.end ?? attempt.head ?? at }));
    put(model, key, { ...call, state: "done", attempts, endedAt: at, isMissed: true });
  }
}

/** Removes the calls that are over, and the times without a network. Keeps their keys, so that they do not come back. */
export function clear({ calls, offline }) {
  for (const [key, call] of calls) if (!isOpen(call)) calls.delete(key);
  offline.splice(0, offline.at(-1)?.to === undefined ? offline.length - 1 : offline.length);
}

/** Notes that the network is gone, or back. */
export function noteNetwork({ offline }, isOnline, at) {
  const last = offline.at(-1);
  if (!isOnline && (!last || last.to !== undefined)) offline.push({ from: at });
  if (isOnline && last && last.to === undefined) last.to = at;
}

function put(model, key, call) {
  const { calls } = model;
  const known = calls.get(key);
  calls.set(key, { number: known?.number ?? ++model.count, key, ...withoutGaps(call), attempts: call.attempts.map(withoutGaps) });
  if (calls.size <= MAX_CALLS) return;
  const [oldest] = [...calls].find(([, call]) => !isOpen(call)) ?? calls.keys();
  calls.delete(oldest);
}

const withoutGaps = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

const pick = (object, keys) => Object.fromEntries(keys.filter((key) => object[key] !== undefined).map((key) => [key, object[key]]));
