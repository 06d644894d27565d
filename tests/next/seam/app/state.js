// Holds what the server has seen, for all its bundles: runs of actions by key, the number of renders, gates by name.

export const state = (globalThis.seamState ??= { runs: {}, renders: 0, data: 0, gates: new Map() });

export function ran(key) {
  state.runs[key] = (state.runs[key] ?? 0) + 1;
}

export function gate(name) {
  if (!state.gates.has(name)) {
    let open;
    const promise = new Promise((resolve) => (open = resolve));
    state.gates.set(name, { promise, open });
  }
  return state.gates.get(name);
}
