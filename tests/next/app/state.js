// The server's memory, which tests read (/api/state) and reset (/api/reset). It is stored on `globalThis` because
// pages, actions and route handlers are separate bundles of one process.

export function state() {
  return (globalThis.fixtureState ??= fresh());
}

export function reset() {
  for (const gate of Object.values(state().gates)) gate.open();
  globalThis.fixtureState = fresh();
}

function fresh() {
  return { counts: {}, effects: {}, order: [], renders: {}, computed: 0, running: 0, mostRunning: 0, gates: {} };
}

/** Adds one to the effects under `key`, which shows an action that ran twice. */
export function effect(key) {
  const { effects, order } = state();
  effects[key] = (effects[key] ?? 0) + 1;
  order.push(key);
  return effects[key];
}

/** Adds one to the counter that pages show for this kind of revalidation. */
export function count(kind) {
  const { counts } = state();
  return (counts[kind] = (counts[kind] ?? 0) + 1);
}

/**
 * Returns the gate of `key`: `arrived` counts the calls of `pass()`, which wait for `open()`. `open()` lets all
 * pass, now and later; `arrivals(n)` waits for `n` of them.
 */
export function gate(key) {
  return (state().gates[key] ??= makeGate());
}

function makeGate() {
  const listeners = new Set();
  const it = { arrived: 0, isOpen: false };
  const opened = new Promise((resolve) => {
    it.open = () => {
      it.isOpen = true;
      resolve();
    };
  });
  it.pass = () => {
    it.arrived += 1;
    for (const listener of listeners) listener();
    return opened;
  };
  it.arrivals = (wanted) =>
    new Promise((resolve) => {
      const look = () => {
        if (it.arrived < wanted) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
    });
  return it;
}
