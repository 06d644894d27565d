/** A place where an action waits until the page lets it go on, so that a test can tell what came first without a clock. */
export interface Gate {
  opened: Promise<void>;
  open: () => void;
  /** The action has noticed that nobody reads on. */
  stopped: boolean;
}

// Actions and route handlers are bundled apart: a module of their own each, one global object.
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
