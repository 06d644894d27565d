// Holds the gates of the server, for all its bundles. An action waits at the gate of its name and inputs.

type Gate = { promise: Promise<void>; open: () => void };
type Gates = { byName: Map<string, Gate>; arrived: string[] };
const kept = globalThis as typeof globalThis & { switchedGates?: Gates };

export const gates: Gates = (kept.switchedGates ??= { byName: new Map(), arrived: [] });

export function gate(name: string) {
  let found = gates.byName.get(name);
  if (!found) {
    let open = () => {};
    const promise = new Promise<void>((resolve) => (open = resolve));
    gates.byName.set(name, (found = { promise, open }));
  }
  return found;
}

/** Opens all gates for what waits at them, and forgets them. */
export function resetGates() {
  for (const { open } of gates.byName.values()) open();
  gates.byName.clear();
  gates.arrived = [];
}
