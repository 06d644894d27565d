// Sends statements through the drivers that people have, and reads their errors. A statement is a text with `$1`, `$2`
// and so on, its values are texts or null, and each place says its type. Must not import a driver.

/** Returns a function `(text, values)` that promises the rows. `sql` is Drizzle's, needed for Drizzle only. */
export function queryOf(client, sql) {
  if ((typeof client === "object" && client !== null) || typeof client === "function") {
    if (typeof client.$queryRawUnsafe === "function") return (text, values) => client.$queryRawUnsafe(text, ...values);
    if (typeof client.unsafe === "function") return (text, values) => client.unsafe(text, values);
    if (typeof client.query === "function") return async (text, values) => (await client.query(text, values)).rows;
    if (typeof client.execute === "function") return drizzle(client, sql);
  }
  throw new TypeError("postgresStore: the client is one of pg, postgres, Prisma or Drizzle");
}

function drizzle(client, sql) {
  if (typeof sql !== "function") throw new TypeError("postgresStore: with Drizzle, give the option sql: that of drizzle-orm");
  return async (text, values) => {
    const parts = text.split(/\$(\d+)/);
    const texts = parts.filter((_, at) => at % 2 === 0);
    const places = parts.filter((_, at) => at % 2 === 1);
    const result = await client.execute(sql(Object.assign(texts, { raw: texts }), ...places.map((place) => values[place - 1])));
    return Array.isArray(result) ? result : result.rows;
  };
}

/** Deepest error inside of errors that is read. */
const DEEPEST = 6;

/** True if a code of an error, or of an error inside of it, matches. Drivers nest the error of the server. */
export function hasCode(error, pattern, depth = 0) {
  if (typeof error !== "object" || error === null || depth > DEEPEST) return false;
  if ([error.code, error.originalCode].some((code) => typeof code === "string" && pattern.test(code))) return true;
  return [error.cause, error.meta, error.driverAdapterError].some((inner) => hasCode(inner, pattern, depth + 1));
}
