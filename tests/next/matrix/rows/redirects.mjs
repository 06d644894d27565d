// Actions that redirect.
import { since } from "../since.mjs";

/** Next 14 does not say if a redirect pushes or replaces. */
const to = (url, type = "push", more = {}) => ({
  code: "ok",
  redirect: since({ "14.2": `- ${url}`, "15.0": `${type} ${url}` }),
  revalidated: null,
  attempts: 1,
  ...more,
});
const goTo = (name, url, expect, more = {}) => ({ name, action: "goTo", args: `() => [${JSON.stringify(url)}]`, leaves: true, expect, ...more });
/** Next 14 treats such a redirect as an error, and its client reports that as the action's. */
const lostIn14 = { stuck: since({ "14.2": true, "15.0": false }) };
/** Clients up to 15.0 never arrive at a page with another root layout. */
const stuckTo15_0 = { stuck: since({ "14.2": true, "15.1": false }) };

export default [
  goTo("redirect", "/target", to("/target", "push", { rendered: false }), { sample: true }),
  goTo("redirect, query and hash", "/target?a=1&b=2#hash", to("/target?a=1&b=2#hash")),
  goTo("redirect, query and hash and `;`", "/target?a=1;b=2#hash", to("/target?a=1;b=2#hash"), lostIn14),
  { ...goTo("redirect, replace", "/target", to("/target", "replace")), args: () => ["/target", "replace"] },
  { ...goTo("permanentRedirect", "/target", to("/target", "replace")), action: "goPermanently" },
  goTo("redirect, relative `./target`", "./target", to("/target")),
  { ...goTo("redirect, absolute, own host", "", to("/target")), args: ({ home }) => [`${home}/target`] },
  { ...goTo("redirect, external", "", to("OTHER/target?z=1")), args: ({ other }) => [`${other}/target?z=1`] },
  { ...goTo("redirect, external, with `;`", "", to("OTHER/target?y=1;z=1"), lostIn14), args: ({ other }) => [`${other}/target?y=1;z=1`] },
  goTo("redirect, another root layout", "/other", to("/other"), { ...stuckTo15_0, sample: true }),
  goTo("redirect to an ISR page", "/cached", to("/cached")),
  goTo("redirect to a route handler", "/api/cookies", to("/api/cookies")),
  goTo("redirect to a 404", "/nowhere", to("/nowhere"), stuckTo15_0),
  goTo("redirect, unencoded letters", "/target?q=é", to("/target?q=%C3%A9")),
  { ...goTo("redirect, `javascript:alert(1)`", "javascript:alert(1)", { code: "REDIRECT_BLOCKED", sent: "yes" }), leaves: false },
  { name: "sets a cookie, redirect", sample: true, action: "setCookieAndGo", args: () => ["/target", "v"], leaves: true, expect: to("/target", "push", { revalidated: "all" }) },
  { name: "revalidatePath, redirect", sample: true, action: "revalidateAndGo", args: () => ["/target"], leaves: true, expect: to("/target", "push", { revalidated: "all" }) },
  goTo("redirect, with `redirect: \"throw\"`", "/target", { code: "none" }, { options: { redirect: "throw" }, leaves: false, alone: "Next's client always follows a redirect" }),
  { name: "basePath: value", build: "base", action: "echo", args: () => [1], expect: { code: "ok", attempts: 1 } },
  goTo("basePath: redirect, internal", "/target", to("/base/target"), { build: "base" }),
  { ...goTo("basePath: redirect, absolute, outside", "", to("/nowhere"), { build: "base", stuck: since({ "14.2": true, "15.0": false }) }), args: ({ home }) => [`${home}/nowhere`] },
  { name: "basePath: on a page that does not own it", build: "base", action: "secondEcho", args: () => ["v"], expect: { code: "ok" } },
  { name: "basePath: sets a cookie", build: "base", action: "cookieOnly", expect: { code: "ok", revalidated: "all" } },
  { name: "basePath: middleware redirects", build: "base", action: "echo", args: () => [1], path: "/base/guarded" },
];
