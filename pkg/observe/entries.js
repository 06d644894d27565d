// Holds the entries, one for each request of an action, and tells listeners of their changes. Knows no request.

/** Greatest number of entries that are kept. The oldest go first. */
const MAX_ENTRIES = 1000;

/**
 * Makes the list. A record is `{ entry, … }`: `entry` is what the page sees; the other properties are the observer's
 * own. `erase()` of a record is called when it is dropped.
 */
export function makeEntries() {
  const records = [];
  const listeners = new Set();
  let count = 0;

  /** Replaces the entry of a record: an entry that the page has received never changes. */
  const change = (record, more) => {
    const known = Object.entries({ ...record.entry, ...more }).filter(([, value]) => value !== undefined);
    const entry = (record.entry = Object.freeze(Object.fromEntries(known)));
    // In a task of its own, where the page may do anything, and its errors are reported.
    for (const listener of listeners) queueMicrotask(() => listeners.has(listener) && listener.run(entry));
  };

  return {
    records,
    change,
    add(entry, own) {
      const record = { ...own, entry: { number: ++count } };
      if (records.push(record) > MAX_ENTRIES) records.shift().erase?.();
      change(record, entry);
      return record;
    },
    all: () => records.map(({ entry }) => entry),
    subscribe(run) {
      const listener = { run }; // the same function may listen twice
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
