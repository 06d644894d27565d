// The page that the client is on, and what it says of the app it belongs to.

// Read at once: Next's own client takes the attribute away as soon as it runs.
const attribute = globalThis.document?.documentElement?.dataset?.dplId;

let inScripts;

/**
 * Tells when the document goes from the window, for good or to be kept as it is, and when one that was kept comes back. Gives the function
 * that ends it.
 */
export function onLeaving({ left, returned }) {
  const target = globalThis.document && globalThis;
  const back = ({ persisted }) => persisted && returned();
  target?.addEventListener("pagehide", left);
  target?.addEventListener("pageshow", back);
  return () => {
    target?.removeEventListener("pagehide", left);
    target?.removeEventListener("pageshow", back);
  };
}

// Firefox (153) keeps a page with an open `keepalive` request, and loses what comes of the answer meanwhile: reading it would never end.
const loses = globalThis.navigator?.userAgent?.includes("Firefox/");
const nothing = () => {};
let outliving = 0;

/** A request that may outlive the page begins (1), or is over (-1): while there is one, a browser that loses its answer must not keep the page. */
export function outlives(change) {
  outliving += change;
  if (loses) (outliving > 0 ? addEventListener : removeEventListener)("unload", nothing);
}

/** The path under which the app lies (`/shop`), as the addresses of its scripts tell; empty where they do not. */
export function basePathOfPage() {
  for (const { pathname } of scripts()) {
    const prefix = pathname.slice(0, pathname.indexOf("/_next/"));
    // Assets may lie elsewhere than the pages.
    return isUnder(location.pathname, prefix) ? prefix : "";
  }
  return "";
}

/**
 * The deployment that the page is of, as it says: Next 16.3 and later in `data-dpl-id`, which its client moves to a global, Next before in
 * the addresses of its scripts. Undefined where the page says nothing, or nothing that a header can hold.
 */
export function deploymentOfPage() {
  return [attribute, globalThis.NEXT_DEPLOYMENT_ID].find(isToken) ?? deploymentInScripts();
}

/** Whether a header can hold it as it is: visible ASCII. */
export function isToken(value) {
  return typeof value === "string" && /^[!-~]+$/.test(value);
}

function deploymentInScripts() {
  if (inScripts !== undefined) return inScripts ?? undefined;
  for (const { searchParams } of scripts()) {
    const found = searchParams.get("dpl");
    if (isToken(found)) return (inScripts = found);
  }
  if (globalThis.document?.readyState === "complete") inScripts = null; // no more to come
  return undefined;
}

/** The addresses of the app's own scripts. */
function* scripts() {
  const { document, location } = globalThis;
  for (const { src } of document?.scripts ?? []) {
    const url = URL.canParse?.(src) ? new URL(src) : undefined;
    if (url?.pathname.includes("/_next/") && url.origin === location.origin) yield url;
  }
}

export function isUnder(path, prefix) {
  return prefix === "" || path === prefix || path.startsWith(`${prefix}/`);
}
