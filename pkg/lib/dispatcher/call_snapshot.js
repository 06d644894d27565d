// Makes the objects that `subscribe` and `snapshot` show: `CallInfo` and `CallEvent` of index.d.ts. Reads no arguments
// and no answers.

/**
 * Makes the object that `subscribe` and `snapshot` show for a call or a route. It never holds arguments or answers.
 * `more`: properties that few calls have.
 */
export function event(id, actionId, name, lane, state, attempt, queuedAt, startedAt, headAt, valueAt, settledAt, more, code) {
  const shown = { id };
  if (actionId !== undefined) shown.actionId = actionId;
  if (name !== undefined) shown.name = name;
  shown.lane = lane;
  shown.state = state;
  if (attempt !== undefined) shown.attempt = attempt;
  shown.queuedAt = queuedAt;
  if (startedAt !== undefined) shown.startedAt = startedAt;
  if (headAt !== undefined) shown.headAt = headAt;
  if (valueAt !== undefined) shown.valueAt = valueAt;
  if (settledAt !== undefined) shown.settledAt = settledAt;
  if (more !== undefined) Object.assign(shown, more);
  if (code !== undefined) shown.code = code;
  return shown;
}

const SHOWN = ["id", "actionId", "name", "lane", "state", "attempt", "queuedAt", "startedAt", "headAt", "valueAt", "settledAt", "retryAt", "replayed"];

/** Makes the same object for an entry that the engine does not know. */
export function describe(entry, code) {
  const shown = pick(entry, SHOWN);
  if (code !== undefined) shown.code = code;
  return shown;
}

/** Returns those of the properties `keys` that the entry has. */
export function pick(entry, keys) {
  const picked = {};
  for (const key of keys) if (entry[key] !== undefined) picked[key] = entry[key];
  return picked;
}
