// A store in memory, for tests and as an example of a store. Must not be used by a server of several processes:
// each would have its own.

/** Makes a store that keeps what `structuredClone` can copy, for as long as the process lives. */
export function memoryStore({ now = Date.now } = {}) {
  const entries = new Map();
  const present = (id) => {
    const entry = entries.get(id);
    return entry && entry.until > now() ? entry : undefined;
  };
  const running = (id, token) => {
    const entry = present(id);
    return entry?.token === token && !entry.record ? entry : undefined;
  };
  return {
    claim(id, { token, fingerprint, leaseMs }) {
      const entry = present(id);
      if (entry?.record) return { state: "done", fingerprint: entry.fingerprint, record: structuredClone(entry.record) };
      if (entry && entry.token !== token) return { state: "running", fingerprint: entry.fingerprint };
      for (const [other, { until }] of entries) if (until <= now()) entries.delete(other);
      entries.set(id, { token, fingerprint, until: now() + leaseMs });
      return { state: "claimed" };
    },
    renew(id, token, leaseMs) {
      const entry = running(id, token);
      if (entry) entry.until = now() + leaseMs;
      return entry !== undefined;
    },
    finish(id, { token, fingerprint, record, ttlMs }) {
      const entry = present(id);
      if (entry?.record || (entry && entry.token !== token)) return entry.token === token;
      entries.set(id, { token, fingerprint, record: structuredClone(record), until: now() + ttlMs });
      return true;
    },
    release(id, token) {
      if (running(id, token)) entries.delete(id);
    },
  };
}
