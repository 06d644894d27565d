// Adds to entries what dispatchers say of their calls: lane, name, and the call for which they have waited. Must not
// call an action.

/** Greatest difference between two times of the same moment, in ms. */
const NEAR = 5;

/** Greatest number of calls, and of requests, that are kept until the other is seen. */
const MAX_OPEN = 100;

export function makeCalls({ change }) {
  /** By dispatcher, the function that ends its events. */
  const followed = new Map();
  /** Calls that run, whose request has not been seen; and records of requests whose call is not known. */
  const running = [];
  const unknown = [];

  const keep = (list, item) => {
    if (list.push(item) > MAX_OPEN) list.shift();
    // Calls and requests of one action are in the same order.
    for (const call of [...running]) {
      const { id, actionId, name, lane, attempt, queuedAt, startedAt } = call.event;
      const record = unknown.find(({ entry }) => entry.id === actionId && entry.start >= startedAt - NEAR);
      if (!record) continue;
      running.splice(running.indexOf(call), 1);
      unknown.splice(unknown.indexOf(record), 1);
      call.place.record = record;
      const { entry } = call.after?.record ?? {};
      const waitedFor = entry && { entry: entry.number, id: entry.id, certain: true };
      change(record, { name: name ?? record.entry.name, lane, call: id, attempt, queuedAt, waitedFor, waited: record.entry.start - queuedAt });
    }
  };

  const listener = () => {
    /** By lane, `[place]` of the call that was the last to leave it. A place holds no call, which would hold others. */
    const left = new Map();
    /** By id, the calls that are not over. `before`: what `left` was when this one came. */
    const calls = new Map();
    return (event) => {
      const { id, lane, state, actionId, attempt } = event;
      if (!actionId) return;
      const call = calls.get(id) ?? { place: {}, before: left.get(lane) };
      call.event = event;
      calls.set(id, call);
      if (state === "done") calls.delete(id);
      if (state === "done" || state === "draining") left.set(lane, [call.place]);
      if (state !== "running" || call.attempt === attempt) return;
      const last = left.get(lane);
      if (!call.attempt && last !== call.before) call.after = last[0];
      call.attempt = attempt;
      keep(running, call);
    };
  };

  return {
    /** Listens to a dispatcher, once, also about the calls that are open. Returns the function that ends it. */
    follow(dispatcher) {
      if (!followed.has(dispatcher)) {
        const hear = listener();
        followed.set(dispatcher, dispatcher.subscribe(hear));
        dispatcher.snapshot().forEach(hear);
      }
      return () => {
        followed.get(dispatcher)?.();
        followed.delete(dispatcher);
      };
    },
    dispatchers: () => [...followed.keys()],
    unfollow() {
      followed.forEach((end) => end());
      followed.clear();
    },
    /** Notes the record of a request that a dispatcher has sent. */
    sent: (record) => keep(unknown, record),
  };
}
