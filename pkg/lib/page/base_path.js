// Finds the base path of an app, as `src/protocol/manifest/base_path.rs` does: tests/vectors/manifest/cases.json tests
// both. Reads no document: its arguments are strings.

/**
 * Returns the path under which the app of a document lies: `/shop`, or "". `documentPath`: the path that the document
 * says it is at, without the base path. `loaded`: the path that it was loaded from. `prefix`: the part before `/_next/`
 * in the paths of its scripts, undefined if they are of another origin.
 */
export function basePathOf(documentPath, loaded, prefix) {
  const at = pathOf(loaded);
  let stated;
  if (documentPath !== undefined && at.endsWith(pathOf(documentPath))) stated = at.slice(0, at.length - pathOf(documentPath).length);
  if (stated?.endsWith("/")) stated = undefined;
  const isBelow = stated === undefined || (stated.length > prefix?.length && stated.startsWith(prefix));
  if (isBelow && prefix !== undefined && isUnder(at, prefix)) return prefix;
  return prefix === "" ? "" : (stated ?? "");
}

/** Removes the query and the slashes at the end of a path. */
const pathOf = (text) => /^[^?#]*/.exec(text)[0].replace(/(?<!\/)\/+$/, "");

export function isUnder(path, prefix) {
  return prefix === "" || path === prefix || path.startsWith(`${prefix}/`);
}
