// Stands for the database: it is in memory, so it forgets all when the server ends.

const first = () => ({
  todos: ["Bread", "Milk"],
  likes: 0,
  users: { "1": "Ann", "2": "Bert" } as Record<string, string>,
  /** The actions that have run, by the last middleware. */
  audit: [] as string[],
});

const kept = globalThis as typeof globalThis & { exampleDb?: ReturnType<typeof first> };

/** The same object for all bundles of the server. */
export const db = (kept.exampleDb ??= first());

export function resetDb() {
  Object.assign(db, first());
}
