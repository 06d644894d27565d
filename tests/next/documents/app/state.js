// Holds what the server has seen, for all its bundles: requests and runs of actions, closed gates, faults to come.

const blank = () => ({ requests: [], runs: [], gates: new Map(), faults: [], todos: [], items: [], sessions: 0, user: "u1" });
export const state = (globalThis.documentsState ??= blank());

/** Notes that an action runs, and waits while its gate is closed. */
export async function begin(action, ...args) {
  state.runs.push({ action, args: args.map((value) => (value instanceof FormData ? Object.fromEntries(value) : value)) });
  await state.gates.get(action)?.promise;
}

export function close(action) {
  let open;
  const promise = new Promise((resolve) => (open = resolve));
  state.gates.set(action, { promise, open });
}

export function open(action) {
  state.gates.get(action)?.open();
  state.gates.delete(action);
}

/** Forgets all, and lets every action end that waits. */
export function reset() {
  for (const action of [...state.gates.keys()]) open(action);
  Object.assign(state, blank());
}
