// The server's memory, which tests read (/api/state) and reset (/api/reset). It is stored on `globalThis` because
// pages, actions and route handlers are separate bundles of one process.

export function state() {
  return (globalThis.formsState ??= fresh());
}

export function reset() {
  for (const gate of Object.values(state().gates)) gate.open();
  globalThis.formsState = fresh();
}

function fresh() {
  return { runs: [], saves: 0, gates: {} };
}

/** Closes the gate of an action: its runs wait until it is opened. */
export function hold(name) {
  let open;
  const opened = new Promise((resolve) => (open = resolve));
  state().gates[name] = { open, opened };
}

export function open(name) {
  state().gates[name]?.open();
}

/** Notes a run of an action with all that it got, and waits at its gate. Returns how often it has run. */
export async function run(action, form, more = {}) {
  const noted = { action, ...more, entries: await entriesOf(form), state: "running" };
  state().runs.push(noted);
  await state().gates[action]?.opened;
  noted.state = "done";
  return state().runs.filter((run) => run.action === action).length;
}

/** Lists the entries of a form in their order, without those that React has added. */
async function entriesOf(form) {
  const entries = [...form].filter(([name]) => !name.startsWith("$ACTION_"));
  return Promise.all(entries.map(async ([name, value]) => [name, typeof value === "string" ? value : await described(value)]));
}

/** Describes a file by its name, type, size and the sum of its bytes. */
async function described(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { file: file.name, type: file.type, size: file.size, sum: bytes.reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7) };
}
