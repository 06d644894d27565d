// A store in memory, for tests and as an example of a store. Must not be used by a server of several processes:
// each would have its own.

/** Makes a store that keeps what `structuredClone` can copy, for as long as the process lives. */
export function memoryStore() {
  const entries = new Map();
  const running = (id, token) => {
    const entry = entries.get(id);
    return entry?.token === token && !entry.record ? entry : undefined;
  };
  return {
    claim(id, { token, fingerprint, now, until }) {
      const entry = entries.get(id);
      if (entry && entry.until > now) {
        const { fingerprint, record } = entry;
        return record ? { state: "done", fingerprint, record: structuredClone(record) } : { state: "running", fingerprint };
      }
      for (const [other, { until }] of entries) if (until <= now) entries.delete(other);
      entries.set(id, { token, fingerprint, until });
      return { state: "claimed" };
    },
    finish(id, token, record, until) {
      const entry = running(id, token);
      if (entry) Object.assign(entry, { record: structuredClone(record), until });
    },
    release(id, token) {
      if (running(id, token)) entries.delete(id);
    },
  };
}
