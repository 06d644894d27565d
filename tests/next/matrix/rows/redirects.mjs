// Actions that send the user elsewhere.
import { since } from "../since.mjs";

/** Next 14 does not say whether it is a push. */
const to = (url, type = "push", more = {}) => ({
  code: "ok",
  redirect: since({ "14.2": `- ${url}`, "15.0": `${type} ${url}` }),
  revalidated: null,
  attempts: 1,
  ...more,
});
const goTo = (name, url, expect, more = {}) => ({ name, action: "goTo", args: `() => [${JSON.stringify(url)}]`, leaves: true, expect, ...more });
/** Next 14 takes such a redirect for an error, and its client for the action's. */
const lostIn14 = { open: since({ "14.2": "the error says where, and is not followed", "15.0": null }), stuck: since({ "14.2": true, "15.0": false }) };
/** Clients up to 15.0 do not go where there is another root layout. */
const stuckTo15_0 = { stuck: since({ "14.2": true, "15.1": false }) };
const historyIn16_2 = { open: since({ "14.2": null, "16.2": "the refresh after the push makes it a replace", "16.3": null }) };

export default [
  goTo("redirect", "/target", to("/target", "push", { rendered: false })),
  goTo("redirect, query and hash", "/target?a=1&b=2#hash", to("/target?a=1&b=2#hash")),
  goTo("redirect, query and hash and `;`", "/target?a=1;b=2#hash", to("/target?a=1;b=2#hash"), lostIn14),
  { ...goTo("redirect, replace", "/target", to("/target", "replace")), args: () => ["/target", "replace"] },
  { ...goTo("permanentRedirect", "/target", to("/target", "replace")), action: "goPermanently" },
  goTo("redirect, relative `./target`", "./target", to("/target")),
  { ...goTo("redirect, absolute, own host", "", to("/target")), args: ({ home }) => [`${home}/target`] },
  { ...goTo("redirect, external", "", to("OTHER/target?z=1")), args: ({ other }) => [`${other}/target?z=1`] },
  { ...goTo("redirect, external, with `;`", "", to("OTHER/target?y=1;z=1"), lostIn14), args: ({ other }) => [`${other}/target?y=1;z=1`] },
  goTo("redirect, another root layout", "/other", to("/other"), stuckTo15_0),
  goTo("redirect to an ISR page", "/cached", to("/cached")),
  goTo("redirect to a route handler", "/api/cookies", to("/api/cookies")),
  goTo("redirect to a 404", "/nowhere", to("/nowhere"), stuckTo15_0),
  goTo("redirect, unencoded letters", "/target?q=é", to("/target?q=%C3%A9"), { open: "the header is UTF-8 and read as Latin-1: /target?q=Ã©" }),
  { ...goTo("redirect, `javascript:alert(1)`", "javascript:alert(1)", { code: "REDIRECT_BLOCKED", sent: "yes" }), leaves: false },
  { name: "sets a cookie, redirect", action: "setCookieAndGo", args: () => ["/target", "v"], leaves: true, expect: to("/target", "push", { revalidated: "all" }), ...historyIn16_2 },
  { name: "revalidatePath, redirect", action: "revalidateAndGo", args: () => ["/target"], leaves: true, expect: to("/target", "push", { revalidated: "all" }), ...historyIn16_2 },
  goTo("redirect, with `redirect: \"throw\"`", "/target", { code: "none" }, { options: { redirect: "throw" }, leaves: false, alone: "Next's client always goes" }),
  { name: "basePath: value", build: "base", action: "echo", args: () => [1], expect: { code: "ok", attempts: 1 } },
  goTo("basePath: redirect, internal", "/target", to("/base/target"), { build: "base" }),
  { ...goTo("basePath: redirect, absolute, outside", "", to("/nowhere"), { build: "base", stuck: since({ "14.2": true, "15.0": false }) }), args: ({ home }) => [`${home}/nowhere`] },
  { name: "basePath: on a page that does not own it", build: "base", action: "secondEcho", args: () => ["v"], expect: { code: "ok" } },
  { name: "basePath: sets a cookie", build: "base", action: "cookieOnly", expect: { code: "ok", revalidated: "all" } },
  { name: "basePath: middleware redirects", build: "base", action: "echo", args: () => [1], path: "/base/guarded" },
];
