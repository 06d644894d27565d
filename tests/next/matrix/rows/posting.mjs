// Actions posted to other pages, under other ids, and through middleware.
import { since } from "../since.mjs";

const ok = { code: "ok", redirect: null, attempts: 1 };
const unknown = "(ids) => '0'.repeat(ids.echo.length)";
/**
 * Before 15.4 the server answers an unknown id with the page, like any other page that comes instead of an answer.
 */
const notKnown = since({
  "14.2": { code: "NOT_FLIGHT", sent: "yes", attempts: 1 },
  "15.4": { code: "ACTION_NOT_FOUND", sent: "no", attempts: 1, status: 404 },
  "16.4": { code: "ACTION_NOT_FOUND", sent: "no", attempts: 1, status: 409 },
});

/** In production the server answers as it does for an action that threw. */
const refused = {
  code: "ACTION_THREW",
  sent: "yes",
  message: "same: the action threw, or the server refused the request (its origin, its size: 2097156 bytes here, and it takes 1048576 unless bodySizeLimit says more): "
    + "the digest in the server's log tells",
};

export default [
  { name: "on a page that does not own it", action: "secondEcho", args: () => [1], expect: ok },
  { name: "… and sets a cookie", action: "secondCookie", args: () => ["v"], expect: { ...ok, revalidated: "all", rendered: false } },
  { name: "… and revalidates", action: "secondRevalidate", expect: { ...ok, revalidated: "all", rendered: false } },
  { name: "… and redirects", sample: true, action: "secondGoTo", args: () => ["/target"], leaves: true, expect: { code: "ok", attempts: 1 } },
  { name: "… with `render: \"skip\"`", action: "secondEcho", args: () => [1], options: { render: "skip" }, expect: { code: "ok", attempts: since({ "14.2": 1, "16.2": 2 }) } },
  { name: "on the page that owns it", on: "/second", action: "secondEcho", args: () => [1], expect: ok },
  { name: "… and sets a cookie there", on: "/second", action: "secondCookie", args: () => ["v"], expect: { ...ok, revalidated: "all", rendered: true } },
  { name: "on a path that is a 404", action: "echo", args: () => [1], path: "/nowhere", expect: ok },
  { name: "on a 404, sets a cookie", action: "cookieOnly", path: "/nowhere", expect: { ...ok, revalidated: "all" } },
  { name: "on a route handler", action: "echo", args: () => [1], path: "/api/state", expect: { code: "HTTP", status: 404 } },
  { name: "forwarded, the owner's middleware answers HTML", action: "answerOnly", expect: { code: "NOT_FLIGHT" } },
  { name: "middleware redirects (307)", sample: true, action: "echo", args: () => [1], path: "/guarded" },
  { name: "middleware redirects (303)", action: "echo", args: () => [1], path: "/guarded?status=303" },
  { name: "middleware answers 502 HTML", action: "echo", args: () => [1], path: "/answer?status=502", expect: { code: "HTTP", status: 502 } },
  { name: "middleware answers 429 text/plain", action: "echo", args: () => [1], path: "/answer?status=429&type=text/plain&body=slow+down", expect: { code: "HTTP", status: 429 } },
  { name: "middleware lets it through", on: "/guarded", action: "guardedEcho", args: () => [1], cookies: { session: "1" }, expect: ok },
  { name: "middleware redirects (307), only guarded pages own it", perBuild: "the server forwards it to the first page that owns it, in an order that varies from build to build", on: "/guarded", action: "guardedEcho", args: () => [1], expect: { code: "NOT_FLIGHT", sent: "yes" } },
  { name: "unknown id", sample: true, action: "echo", id: unknown, args: () => [1], expect: notKnown },
  { name: "unknown id on a page without actions", action: "echo", id: unknown, args: () => [1], path: "/target", expect: notKnown },
  { name: "malformed id", action: "echo", id: () => "abc", args: () => [1], expect: { code: "INVALID_OPTION", sent: "no" } },
  { name: "id in upper case", action: "echo", id: (ids) => ids.echo.toUpperCase(), args: () => [1] },
  { name: "body over the server's limit", action: "none", args: () => ["x".repeat(2 << 20)], ours: ({ d, ids }) => d.call({ id: ids.same, name: "same" }, ["x".repeat(2 << 20)]), next: ({ call }) => call("same", "x".repeat(2 << 20)), dispatcher: { maxBodyBytes: false }, expect: since({ "14.2": refused, "15.0": {}, "15.5": refused }) },
  { name: "body over our limit", action: "same", args: () => ["x".repeat(2 << 20)], alone: "Next's client has no limit", expect: { code: "BODY_TOO_LARGE", sent: "no" } },
  { name: "network: nobody listens", action: "echo", path: "http://localhost:9/", alone: "our client refuses another origin", expect: { code: "CROSS_ORIGIN", sent: "no" } },
];
