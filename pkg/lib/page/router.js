// Sends the user elsewhere and fetches fresh data, as the option `host` says. Must not decide when: Rust does.
//
// A host is `{ redirect(url, type, refresh), refresh(what), reload() }`. `redirect` and `reload` return "stayed",
// "went" or "leaving" (the document ends by it); `what` is "all" or "dynamic".

import { isUnder } from "./base_path.js";
import { noteRedirect } from "./moved_on.js";
import { CustomEvent, URL, performance, propertyOf, setTimeout } from "./globals.js";
import { carefully } from "../error/report.js";

/**
 * Makes the host. `choice`: "auto", "next", "document", "none", or an object of the page's own. `basePath()` returns
 * the path under which the app lies.
 */
export function hostOf(choice, basePath) {
  const next = nextHost(basePath);
  const chosen = () => {
    if (typeof choice === "object") return ownHost(choice);
    if (choice === "none" || typeof document === "undefined") return NONE;
    if (choice === "document") return DOCUMENT;
    return choice === "next" || router() ? next : DOCUMENT;
  };
  return {
    redirect: (url, ...how) => {
      noteRedirect(url);
      return carefully(() => chosen().redirect(url, ...how)) ?? "stayed";
    },
    refresh: (what) => carefully(() => chosen().refresh(what)),
    reload: () => carefully(() => chosen().reload()) ?? "stayed",
  };
}

/**
 * Makes the error by which Next's own router redirects: wherever the error is thrown in a Next page, its error
 * boundaries handle it.
 */
export function redirectError({ url, type }, basePath) {
  const inside = insideOf(url, basePath);
  const error = new Error("NEXT_REDIRECT");
  error.digest = `NEXT_REDIRECT;${type ?? "push"};${inside ?? url};307;`;
  return error;
}

const NONE = { redirect: () => "stayed", refresh() {}, reload: () => "stayed" };

const DOCUMENT = {
  redirect(url, type) {
    const [here, there] = [location.href, url].map((whole) => whole.split("#", 1)[0]);
    location[type === "replace" ? "replace" : "assign"](url);
    return here === there && url.includes("#") ? "went" : "leaving";
  },
  refresh(what) {
    propertyOf(document, "dispatchEvent").call(document, new CustomEvent("actionlane:refresh", { cancelable: true, detail: { kind: what } }));
  },
  reload() {
    location.reload();
    return "leaving";
  },
};

/** Returns Next's App Router. Must be read at each use: it exists only once the page is hydrated. */
function router() {
  const { next } = globalThis;
  return next?.appDir === true && typeof next.router?.push === "function" ? next.router : undefined;
}

function nextHost(basePath) {
  return {
    redirect(url, type, refresh) {
      const inside = insideOf(url, basePath());
      const own = router();
      if (inside === undefined || !own) return DOCUMENT.redirect(url, type);
      const from = location.href;
      own[type === "replace" ? "replace" : "push"](inside);
      // Calling `refresh()` at once would turn the push into a replace (seen with 16.2).
      if (refresh) runWhen(() => location.href !== from || url === from, () => router()?.refresh());
      return "went";
    },
    refresh(what) {
      const own = router();
      if (own) own.refresh();
      else DOCUMENT.refresh(what);
    },
    reload: DOCUMENT.reload,
  };
}

const LONGEST_MS = 10_000;

/** Runs `act` once `condition` holds, or after 10 s in any case. */
function runWhen(condition, act, until = performance.now() + LONGEST_MS) {
  if (condition() || performance.now() > until) act();
  else setTimeout(() => runWhen(condition, act, until), 10);
}

function ownHost(own) {
  return {
    redirect(url, type, refresh) {
      if (!own.redirect) return "stayed";
      own.redirect(url, type);
      if (refresh) own.refresh?.(refresh);
      return "went";
    },
    refresh: (what) => own.refresh?.(what),
    reload: () => (globalThis.location?.reload ? DOCUMENT.reload() : "stayed"),
  };
}

/** Returns the address within the app, as the app's router takes it; undefined for one outside the app. */
function insideOf(url, basePath) {
  const { origin, pathname, search, hash } = new URL(url);
  if (origin !== globalThis.location?.origin || !isUnder(pathname, basePath)) return undefined;
  return `${pathname.slice(basePath.length) || "/"}${search}${hash}`;
}
