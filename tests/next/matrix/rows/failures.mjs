// Actions that throw.
import { since } from "../since.mjs";

const threw = { code: "ACTION_THREW", sent: "yes", status: 500, revalidated: null, rendered: false, attempts: 1 };
const interrupted = (code, status) => ({ code, sent: "yes", status, revalidated: null, rendered: true, attempts: 1 });
// Next 14 never answers if the thrown value is no object.
const hangs = {
  options: since({ "14.2": { timeout: 500 }, "15.0": {} }),
  alone: since({ "14.2": "Next 14 never answers, and its client waits for ever", "15.0": false }),
  expect: since({ "14.2": { code: "TIMEOUT" }, "15.0": threw }),
};

// Next never ends its answer if the digest of the thrown value is no string.
const open = {
  options: { timeout: 500 },
  alone: "the answer stays open, and Next's client waits for ever",
  expect: { code: "TIMEOUT", sent: "yes" },
};

export default [
  { name: "throws an Error", sample: true, plain: true, action: "fail", args: () => ["secret message"], expect: threw },
  { name: "throws with a digest of its own", action: "failWithDigest", args: () => ["MY_DIGEST"], expect: { ...threw, digest: "MY_DIGEST" } },
  { name: "throws with a digest that is a number", action: "failWithDigest", args: () => [5], ...open },
  { name: "throws with a digest that is an object", action: "failWithDigest", args: () => [{ code: 5 }], ...open },
  { name: "throws a string", action: "failWith", args: () => ["string"], ...hangs },
  { name: "throws undefined", action: "failWith", args: () => ["undefined"], ...hangs },
  { name: "throws null", action: "failWith", args: () => ["null"], ...hangs },
  { name: "throws an object", action: "failWith", args: () => ["object"], expect: threw },
  { name: "notFound()", plain: true, action: "notFoundHere", expect: interrupted("NOT_FOUND", 404) },
  { name: "forbidden()", action: "forbiddenHere", expect: interrupted("FORBIDDEN", 403) },
  { name: "unauthorized()", action: "unauthorizedHere", expect: interrupted("UNAUTHORIZED", 401) },
  { name: "cookie, then notFound()", sample: true, action: "setCookieAndMiss", args: () => ["v"], expect: { ...interrupted("NOT_FOUND", 404), revalidated: "all" } },
  { name: "revalidates, then throws", action: "revalidateAndThrow", expect: { ...threw, revalidated: since({ "14.2": null, "15.5": "all" }), rendered: true } },
];
