// The table of `docs/idempotency.md`, line by line: the code does what it says.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { idempotencyKey, idempotent, idempotentRoute, memoryStore } from "../server.js";

const KEY = { user: "ada", action: "charge", key: "8e03978e-40d5-43e8-bc93-6894a57f9324", fingerprint: "[4200]" };
const ENDED = 60_000;
const OVER = 24 * 60 * 60_000;

/** Earlier calls of each line, and the key of its own call: `first(how)` makes an earlier call under the same key. */
const CALLS = {
  "first": () => KEY,
  "without a key": async ({ first }) => (await first(), { ...KEY, key: undefined }),
  "while the first runs": async ({ first }) => (await first({ hang: true }), KEY),
  "after the first has returned": async ({ first }) => (await first(), KEY),
  "with another fingerprint": async ({ first }) => (await first(), { ...KEY, fingerprint: "[9900]" }),
  "from another user": async ({ first }) => (await first(), { ...KEY, user: "bob" }),
  "for another action": async ({ first }) => (await first(), { ...KEY, action: "refund" }),
  "with a header that is no key": () => idempotencyKey({ ...KEY, headers: new Headers({ "idempotency-key": '"a", "b"' }) }),
  "after `redirect()`": async ({ first }) => (await first({ digest: "NEXT_REDIRECT;push;/thanks;307;" }), KEY),
  "after `notFound()`": async ({ first }) => (await first({ digest: "NEXT_HTTP_ERROR_FALLBACK;404" }), KEY),
  "after `unauthorized()` or `forbidden()`": async ({ first }) => {
    for (const status of [401, 403]) await first({ digest: `NEXT_HTTP_ERROR_FALLBACK;${status}` });
    return KEY;
  },
  "after any other error, or a response of 401, 403, 408, 425, 429 or from 500 on": async ({ first }) => {
    for (const status of [undefined, 401, 403, 408, 425, 429, 500, 599]) await first({ fails: true, status });
    return KEY;
  },
  "after the first's process has died, before the lease ends": async ({ first, later }) => (await first({ hang: true }), later(ENDED - 1), KEY),
  "after the first's process has died, once the lease has ended": async ({ first, later }) => (await first({ hang: true }), later(ENDED), KEY),
  "after the result could not be stored": async ({ first, store }) => {
    const { finish } = store;
    store.finish = (...args) => {
      store.finish = finish;
      throw new Error(`no room for ${args[1].record.type}`);
    };
    await first();
    return KEY;
  },
  "after a value that is not kept as it is, or a response that breaks off": async ({ first }) => (await first({ lost: true }), KEY),
  "after the result's time is over": async ({ first, later }) => (await first(), later(OVER), KEY),
};

const lines = readFileSync(new URL("../../docs/idempotency.md", import.meta.url), "utf8").split("\n").filter((line) => line.startsWith("| "));
const [head, ...rows] = lines.map((line) => line.slice(2, -2).split(" | "));

test("the table has one line for each case, and no other", () => {
  assert.deepEqual(head, ["the call comes", "a Server Action", "a route handler", "`fn` runs"]);
  assert.deepEqual(rows.map(([comes]) => comes), Object.keys(CALLS));
});

for (const [comes, action, route, runs] of rows) {
  test(`a call that comes ${comes} ends as the table says`, async () => {
    for (const [call, said] of [[asAction, action], [asRoute, route]]) {
      let time = 0, ran = false;
      const store = memoryStore({ now: () => time });
      const first = async (how = {}) => {
        const begun = new Promise((resolve) => (how.begun = resolve));
        const over = call(KEY, (isRoute) => perform(how, isRoute), store);
        // The earlier call may fail or never end: its rejection is ignored.
        over.catch(() => {});
        await (how.hang ? begun : over.catch(() => {}));
      };
      const key = await CALLS[comes]({ first, store, later: (ms) => (time += ms) });
      const answer = await call(key, (isRoute) => ((ran = true), perform({}, isRoute)), store);
      assert.deepEqual([answer, ran ? "yes" : "no"], [said, runs]);
    }
  });
}

function perform({ hang, digest, fails, lost, status, begun }, isRoute) {
  begun?.();
  if (hang) return new Promise(() => {});
  if (digest) throw Object.assign(new Error("of Next"), { digest });
  if (fails && !(isRoute && status)) throw new Error("down");
  if (lost) return isRoute ? new Response(new ReadableStream({ pull: () => Promise.reject(new Error("broke off")) })) : new URL("http://x/receipt");
  return isRoute ? new Response("paid", { status }) : "paid";
}

/** Makes a call as an action, and describes its end in the table's words. */
async function asAction(key, fn, store) {
  let ran = false;
  const run = () => ((ran = true), fn(false));
  try {
    assert.equal(await idempotent(key, run, store), "paid");
    return ran ? "its value" : "the stored value";
  } catch (error) {
    if (ran) throw error;
    return { "NEXT_REDIRECT;push;/thanks;307;": "the redirect again", "NEXT_HTTP_ERROR_FALLBACK;404": "the 404 again" }[error.digest] ?? `throws \`${error.digest}\``;
  }
}

/** Makes a call as a route, and describes its end in the table's words. */
async function asRoute(key, fn, store) {
  const { status, headers } = await idempotentRoute(key, () => fn(true), store);
  const wait = headers.get("retry-after");
  if (headers.get("content-type") === "application/problem+json") return `${status}${wait ? `, \`Retry-After: ${wait}\`` : ""}`;
  if (headers.get("idempotent-replayed") !== "true") return "its response";
  return { 307: "the redirect again", 404: "the 404 again" }[status] ?? "the stored response";
}
