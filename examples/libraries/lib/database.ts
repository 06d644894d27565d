// Stands for a database: rows in memory. It can be held, so that calls are seen while they run. Knows no action.
import { memoryStore } from "actionlane/server";

interface Database {
  rows: Record<string, string[]>;
  /** Texts of all writes that have begun, in order. */
  begun: string[];
  /** Texts whose writes are held; `""` holds all. "list todos" holds reading that table. */
  held: Set<string>;
  waiting: (() => void)[];
}

const empty = (): Database => ({ rows: {}, begun: [], held: new Set(), waiting: [] });

// Pages, actions and route handlers are bundled apart, and share this.
const shared = globalThis as { libraries?: { database: Database; results: ReturnType<typeof memoryStore> } };
const { database, results } = (shared.libraries ??= { database: empty(), results: memoryStore() });

/** Results of actions by their idempotency keys. */
export { results };

export async function select(table: string): Promise<string[]> {
  while (database.held.has(`list ${table}`)) await opened();
  return database.rows[table] ?? [];
}

const opened = () => new Promise<void>((resolve) => database.waiting.push(resolve));

/** Adds a row. A row "fail" is refused. */
export async function insert(table: string, text: string): Promise<void> {
  const { begun, rows } = database; // of the database as it is now: a later one is not this write's
  begun.push(text);
  while (database.held.has("") || database.held.has(text)) await opened();
  if (text === "fail") throw new Error("the database refuses the row");
  rows[table] = [...(rows[table] ?? []), text];
}

/** Holds or opens a text, or begins with an empty database. Returns the database. */
export function operate(what: string, text: string) {
  if (what === "hold") database.held.add(text);
  if (what === "open") database.held.delete(text);
  if (what === "reset") Object.assign(database, { ...empty(), waiting: database.waiting });
  if (what !== "hold") for (const resume of database.waiting.splice(0)) resume();
  return { rows: database.rows, begun: database.begun };
}
