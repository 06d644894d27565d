// Stands for a database: rows in memory. Writes can be held, so that calls are seen while they run. Knows no action.
import { memoryStore } from "actionlane/server";

interface Database {
  rows: Record<string, string[]>;
  /** Texts of all writes that have begun, in order. */
  begun: string[];
  /** Texts whose writes are held; `""` holds all. */
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
  return database.rows[table] ?? [];
}

/** Adds a row. A row "fail" is refused. */
export async function insert(table: string, text: string): Promise<void> {
  database.begun.push(text);
  while (database.held.has("") || database.held.has(text)) await new Promise<void>((resolve) => database.waiting.push(resolve));
  if (text === "fail") throw new Error("the database refuses the row");
  database.rows[table] = [...(database.rows[table] ?? []), text];
}

/** Holds or opens writes of a text, or begins with an empty database. Returns the database. */
export function operate(what: string, text: string) {
  if (what === "hold") database.held.add(text);
  if (what === "open") database.held.delete(text);
  if (what === "reset") Object.assign(database, { ...empty(), waiting: database.waiting });
  if (what !== "hold") for (const resume of database.waiting.splice(0)) resume();
  return { rows: database.rows, begun: database.begun };
}
