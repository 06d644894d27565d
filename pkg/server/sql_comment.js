// Writes the correlation of a request into a statement of SQL, in the form of sqlcommenter, so that the log of a
// database names the request. Must not change the statement itself, nor let a value end the comment.

import { current } from "./correlation.js";

/** Longest value of a tag, in characters. */
const LONGEST = 255;

/** Any comment: by the specification, a statement that has one is left alone. */
const HAS_COMMENT = /\/\*|--/;

export function sqlComment(sql, tags) {
  if (typeof sql !== "string") throw new TypeError("sqlComment: sql is a text");
  const { id, traceparent } = current() ?? {};
  const all = Object.entries({ ...tags, request_id: id, traceparent }).filter(([, value]) => value !== undefined && value !== null);
  const statement = sql.trimEnd();
  if (all.length === 0 || statement === "" || HAS_COMMENT.test(statement)) return sql;
  const pairs = all.map(([name, value]) => `${encode(name)}='${encode(value)}'`).sort();
  const comment = `/*${pairs.join(",")}*/`;
  return statement.endsWith(";") ? `${statement.slice(0, -1)} ${comment};` : `${statement} ${comment}`;
}

/**
 * Encodes as in URLs, quotes, stars and exclamation marks too: nothing that remains ends a value or the comment, or
 * makes it one that MySQL runs.
 */
function encode(value) {
  const text = String(value).slice(0, LONGEST).toWellFormed();
  return encodeURIComponent(text).replace(/['*!]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
