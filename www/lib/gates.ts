/** A point at which an action waits until the page opens it, so that a test can check an order without a clock. */
export interface Gate {
  opened: Promise<void>;
  open: () => void;
  /** True once the action has noticed that its stream was cancelled. */
  stopped: boolean;
}

// Actions and route handlers are bundled apart and have modules of their own, but one global object.
const held = globalThis as typeof globalThis & { gates?: Map<string, Gate> };
const gates = (held.gates ??= new Map());

export function gate(key: string): Gate {
  let found = gates.get(key);
  if (!found) {
    let open = () => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    found = { opened, open, stopped: false };
    gates.set(key, found);
  }
  return found;
}
