// Reads the page out of row 0 of an answer, which Next.js puts around the value: by the shapes of
// src/protocol/root_row.rs. tests/vectors/root.json tests both. Does not decode rows.

/** Returns the page in the row; undefined if there is none. */
export function pageOf(root) {
  const pair = Array.isArray(root) && (typeof root[0] === "string" ? root : root[1]);
  if (Array.isArray(pair)) {
    const [buildId, data] = pair;
    return data ? { data, buildId } : undefined;
  }
  const data = root?.t || root?.f;
  return data ? { data, buildId: root.b, search: root.q, intercepted: root.i } : undefined;
}
