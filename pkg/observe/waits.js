// Says for which request another one has waited. Without a dispatcher's events that is a guess, and the entry says so.
// Must not send or delay a request.

/** Longest time between the end of a request and the start of one that has waited for it, in ms. */
const GAP = 50;

/** Notes that a request has ended. A timer measures the gap, because a page that is busy starts the next one later. */
export const release = (record) => setTimeout(() => (record.isOver = true), GAP);

/**
 * Returns `{ waitedFor, waited }` for a request that starts at `start`, `undefined` for none. Next starts an action
 * that waits when it has read the answer to the one before: after its head, and shortly after its end. A request that
 * the user has started meanwhile has not waited. `touched`: the time of the last click or submit.
 */
export function guess(records, start, touched) {
  const isBefore = ({ entry, isOver }) => !isOver && headOf(entry) <= start && !(touched > headOf(entry));
  const [last] = records.filter(isBefore).map(({ entry }) => entry).sort((a, b) => headOf(b) - headOf(a));
  return last && { waitedFor: { entry: last.number, id: last.id, certain: false }, waited: touched && start - touched };
}

const headOf = ({ head, end }) => head ?? end;
