// Holds an answer back until a test opens it. All modules of the server must share it. Knows no action.

/** Returns the gate: `opened` resolves once `open()` is called. */
export function gate() {
  globalThis.progressGate ??= made();
  return globalThis.progressGate;
}

/** Closes it for the next answer. */
export function closeGate() {
  globalThis.progressGate = made();
}

function made() {
  const gate = {};
  gate.opened = new Promise((resolve) => (gate.open = resolve));
  return gate;
}
