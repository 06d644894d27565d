// Actions that make data stale, or set cookies.
import { since } from "../since.mjs";

const stale = { code: "ok", redirect: null, revalidated: "all", rendered: true, attempts: 1 };
const fresh = { code: "ok", redirect: null, revalidated: null, rendered: false, attempts: 1 };

export default [
  { name: "changes nothing", action: "changeNothing", expect: fresh },
  { name: "revalidatePath", sample: true, action: "revalidateThisPath", args: () => ["/"], expect: stale },
  { name: "revalidatePath of another page", action: "revalidateThisPath", args: () => ["/cached"], expect: stale },
  { name: "revalidatePath(\"/\", \"layout\")", action: "revalidateLayout", expect: stale },
  { name: "revalidateTag", sample: true, action: "revalidateByTag", tagged: true, expect: stale },
  { name: "revalidateTag(tag, \"max\")", action: "revalidateByTagLater", expect: since({ "14.2": stale, "16.0": fresh }) },
  { name: "updateTag", action: "updateByTag", tagged: true, expect: stale },
  { name: "refresh()", sample: true, action: "refreshOnly", expect: { ...stale, revalidated: "dynamic" } },
  { name: "sets a cookie", sample: true, action: "cookieOnly", expect: stale },
  { name: "sets two cookies", action: "setCookies", args: () => [{ a: "1", b: "2" }], expect: stale },
  { name: "deletes a cookie", action: "deleteCookie", args: () => ["a"], cookies: { a: "1" }, expect: stale },
  { name: "reads a cookie", action: "readCookie", args: () => ["a"], cookies: { a: "1" }, expect: fresh },
  { name: "value, on the ISR page", on: "/cached", prerendered: true, action: "echo", args: () => [1], expect: fresh },
  { name: "revalidatePath(\"/cached\"), on it", on: "/cached", prerendered: true, action: "revalidateThisPath", args: () => ["/cached"], expect: stale },
  { name: "sets a cookie, with `render: \"skip\"`", action: "cookieOnly", options: { render: "skip" }, expect: { ...stale, rendered: false } },
  { name: "revalidatePath, with `render: \"skip\"`", action: "revalidateThisPath", args: () => ["/"], options: { render: "skip" }, expect: { ...stale, rendered: false } },
  { name: "notFound(), with `render: \"skip\"`", action: "notFoundHere", options: { render: "skip" }, expect: { code: "NOT_FOUND", revalidated: null, rendered: since({ "14.2": true, "16.4": false }), attempts: 1 } },
];
