// Finds the base path of an app: see `src/protocol/manifest/base.rs`. Both are held to tests/vectors/manifest/cases.json.

/**
 * Where the app of a document lies below its origin: `/shop`, or nothing. `said`: the path that the document says it is at, without the base path.
 * `loaded`: the path that it was loaded from. `prefix`: what stands before `/_next/` in the paths of its scripts, undefined where they are of
 * another origin.
 */
export function basePathOf(said, loaded, prefix) {
  const at = pathOf(loaded);
  let stated;
  if (said !== undefined && at.endsWith(pathOf(said))) stated = at.slice(0, at.length - pathOf(said).length);
  if (stated?.endsWith("/")) stated = undefined;
  const isBelow = stated === undefined || (stated.length > prefix?.length && stated.startsWith(prefix));
  if (isBelow && prefix !== undefined && isUnder(at, prefix)) return prefix;
  return prefix === "" ? "" : (stated ?? "");
}

/** Without the query, and without slashes at its end. */
const pathOf = (text) => /^[^?#]*/.exec(text)[0].replace(/(?<!\/)\/+$/, "");

export function isUnder(path, prefix) {
  return prefix === "" || path === prefix || path.startsWith(`${prefix}/`);
}
