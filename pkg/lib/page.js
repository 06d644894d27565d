// The page that the client is on, and what it says of the app it belongs to.

let href;
let count = 0;

/** Its number: another one once the user has gone elsewhere. The hash is not part of where they are. */
export function pageNumber() {
  const now = globalThis.location?.href?.split("#", 1)[0];
  if (now !== href) {
    href = now;
    count += 1;
  }
  return count;
}

/** The path under which the app lies (`/shop`), as the addresses of its scripts tell; empty where they do not. */
export function basePathOfPage() {
  const { document, location } = globalThis;
  for (const { src } of document?.scripts ?? []) {
    const url = URL.canParse?.(src) ? new URL(src) : undefined;
    const at = url?.pathname.indexOf("/_next/") ?? -1;
    if (at < 0 || url.origin !== location.origin) continue;
    const prefix = url.pathname.slice(0, at);
    // Assets may lie elsewhere than the pages.
    return isUnder(location.pathname, prefix) ? prefix : "";
  }
  return "";
}

export function isUnder(path, prefix) {
  return prefix === "" || path === prefix || path.startsWith(`${prefix}/`);
}
