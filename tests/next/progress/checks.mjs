// The checks of uploads, each with a fresh page. Knows no browser.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";

/** Bytes of a file that no buffer between the page and the server holds. */
const LARGE = 16 << 20;

const hashOf = (bytes) => createHash("sha256").update(new Uint8Array(bytes).map((_, at) => at % 251)).digest("hex");

/** Throws unless the progress grows from one report to the next, up to the total, before the call has settled. */
function assertWhole(seen, bytes) {
  assert.ok(seen.length > 0, "there was a report");
  for (const [at, { loaded, total, settled }] of seen.entries()) {
    assert.equal(total, seen[0].total);
    assert.ok(at === 0 || loaded > seen[at - 1].loaded, JSON.stringify(seen));
    assert.equal(settled, false);
  }
  assert.equal(seen.at(-1).loaded, seen.at(-1).total);
  assert.ok(seen[0].total > bytes && seen[0].total < bytes + 2000, `${seen[0].total} for ${bytes}`);
}

/** Splits the reports by attempt: each begins below the one before. */
function attemptsOf(seen) {
  const attempts = [];
  for (const [at, one] of seen.entries()) {
    if (at === 0 || one.loaded <= seen[at - 1].loaded) attempts.push([]);
    attempts.at(-1).push(one);
  }
  return attempts;
}

const seenIn = (tab) => tab.run(async () => page.seen);

/** True in a page that has had a report. Browsers make one every 50 ms: a fast upload has one only at its end. */
const hasReport = async () => page.seen.length > 0;

/** Begins an upload as `page.open`, of which the server reads the head alone. */
async function beginUnread(tab, front, options) {
  const held = front.hold();
  await tab.run(async (bytes, options) => void (page.open = page.call("store", [page.form(bytes)], options)), LARGE, options);
  await held;
}

/** Returns what the page has requested: the addresses, and the ways. */
const requested = (tab) => tab.run(async () => performance.getEntriesByType("resource").map(({ name, initiatorType }) => ({ name, initiatorType })));

export const checks = {
  "the progress of an upload grows up to the size of its body, and the file is whole": async ({ tab, front }) => {
    const value = await tab.run(async (bytes) => page.call("store", [page.form(bytes)]), LARGE);
    assert.deepEqual(value, { name: "Zoë", size: LARGE, hash: hashOf(LARGE) });
    const seen = await seenIn(tab);
    assertWhole(seen, LARGE);
    assert.equal(seen[0].total, Number(front.posts[0]["content-length"]));
    assert.match(await tab.run(async () => document.cookie), new RegExp(`stored=${LARGE}`));
  },

  "the request is that of any other call": async ({ tab, front }) => {
    const [plain, reported] = await tab.run(async () => {
      const options = { headers: { "x-own": "ü".codePointAt(0).toString() }, idempotencyKey: "one", trace: { requestId: "two" } };
      const plain = await page.call("echo", [[1, "ü€😀", new Date(0)]], { ...options, onProgress: undefined, keepalive: false });
      return [plain, await page.call("echo", [[1, "ü€😀", new Date(0)]], options)].map((value) => JSON.stringify(value));
    });
    assert.equal(reported, plain);
    const [one, other] = front.posts.map(({ connection, "content-length": length, ...headers }) => ({ ...headers, length }));
    const own = ["accept", "content-type", "next-action", "x-own", "idempotency-key", "x-request-id", "cookie", "origin", "referer", "length", "sec-fetch-site"];
    for (const name of own) assert.equal(other[name]?.toLowerCase(), one[name]?.toLowerCase(), name);
  },

  "an upload that the server does not read stops below its total, and goes on to it": async ({ tab, front }) => {
    await beginUnread(tab, front);
    await tab.until(hasReport);
    const before = await seenIn(tab);
    assert.ok(before.every(({ loaded, total }) => loaded < total), JSON.stringify(before.at(-1)));
    front.go();
    assert.equal((await tab.run(async () => page.open)).hash, hashOf(LARGE));
    assertWhole(await seenIn(tab), LARGE);
  },

  "abort ends an upload in its middle, and the lane is free": async ({ tab, front }) => {
    await beginUnread(tab, front);
    const failure = await tab.run(async () => {
      page.open.abort("enough");
      return page.failure(page.open);
    });
    assert.equal(failure.code, "ABORTED");
    assert.ok((await front.drain()) < LARGE, "the rest was not sent");
    const after = await seenIn(tab);
    assert.ok(after.every(({ loaded, total }) => loaded < total));
    assert.equal(await tab.run(async () => page.call("echo", ["next"], { onProgress: undefined })), "next");
    assert.deepEqual(await seenIn(tab), after, "an upload that has ended reports no more");
  },

  "timeout and deadline end an upload that does not get on": async ({ tab, front }) => {
    for (const [option, code] of [["timeout", "TIMEOUT"], ["deadline", "DEADLINE"]]) {
      front.hold();
      const failure = await tab.run(async (bytes, option) => page.failure(page.call("store", [page.form(bytes)], { [option]: 300 })), LARGE, option);
      assert.equal(failure.code, code);
    }
  },

  "an upload whose connection breaks is sent again under its key, from 0": async ({ tab, front }) => {
    await beginUnread(tab, front, { idempotencyKey: true, retry: { limit: 3, delay: 0 } });
    await tab.until(hasReport);
    front.break();
    const { value, attempts } = await tab.run(async () => {
      const { value, attempts } = await page.open.outcome;
      return { value, attempts };
    });
    assert.equal(value.hash, hashOf(LARGE));
    assert.ok(attempts >= 2);
    const keys = front.posts.map((headers) => headers["idempotency-key"]);
    assert.ok(keys[0] && keys.every((key) => key === keys[0]));
    const parts = attemptsOf(await seenIn(tab));
    assert.ok(parts.length >= 2, `${parts.length} uploads were reported`);
    assertWhole(parts.at(-1), LARGE);
  },

  "an answer of 503 is retried, and without retries it is HTTP": async ({ tab, front }) => {
    const fault = { status: 503, headers: { "Content-Type": "text/plain" }, body: "busy" };
    front.fault = fault;
    const failure = await tab.run(async () => page.failure(page.call("store", [page.form(1000)])));
    assert.deepEqual([failure.code, failure.status, failure.sent], ["HTTP", 503, "yes"]);
    front.fault = fault;
    const attempts = await tab.run(async () => {
      page.seen = [];
      return (await page.call("store", [page.form(1000)], { idempotencyKey: true, retry: { limit: 1, delay: 0 } }).outcome).attempts;
    });
    assert.equal(attempts, 2);
    for (const part of attemptsOf(await seenIn(tab))) assertWhole(part, 1000);
  },

  "without an answer the call is NETWORK": async ({ tab, front }) => {
    front.fault = { broken: true };
    const failure = await tab.run(async () => page.failure(page.call("store", [page.form(1000)])));
    assert.deepEqual([failure.code, failure.sent], ["NETWORK", "unknown"]);
  },

  "an action that throws is ACTION_THREW, with its status": async ({ tab }) => {
    const failure = await tab.run(async () => page.failure(page.call("fails", [])));
    assert.deepEqual([failure.code, failure.status], ["ACTION_THREW", 500]);
  },

  "a redirect of the action is in the outcome, with its cookie": async ({ tab, front }) => {
    const outcome = (options, bytes) => tab.run(async (options, bytes) => {
      const { value, status, redirect, url } = await page.call("storeAndGo", [page.form(bytes)], options).outcome;
      return { value: String(value), status, redirect, url };
    }, options, bytes);
    const reported = await outcome({}, 2000);
    assert.deepEqual(reported.redirect, { url: `${front.url}/there`, type: "push", followed: false });
    assert.match(await tab.run(async () => document.cookie), /stored=2000/);
    assertWhole(await seenIn(tab), 2000);
    assert.deepEqual(reported, await outcome({ onProgress: null }, 3000), "as with fetch");
    front.fault = { status: 303, headers: { "Content-Type": "text/x-component", "x-action-redirect": "/there;push" } };
    assert.deepEqual(await outcome({}, 2000), { ...reported, status: 303 });
  },

  "a redirect of a proxy, by 303, leads to the page that it names": async ({ tab, front }) => {
    const redirects = { status: 303, headers: { Location: "/there" } };
    const failure = async (options) => {
      front.fault = redirects;
      return tab.run(async (options) => page.failure(page.call("store", [page.form(2000)], options)), options);
    };
    const reported = await failure({});
    assert.deepEqual([reported.code, reported.status], ["NOT_FLIGHT", 200]);
    assert.deepEqual(reported, await failure({ onProgress: null }), "as with fetch");
  },

  "a redirect of the action is followed by the host": async ({ tab }) => {
    await tab.run(async () => {
      page.d = page.createDispatcher({ host: "document" });
      page.call("storeAndGo", [page.form(2000)]);
    });
    await tab.until(async () => document.getElementById("there") !== null);
  },

  "a value is there before the rest of its answer": async ({ tab, server }) => {
    const now = await tab.run(async () => {
      page.value = await page.call("later", []);
      return page.value.now;
    });
    assert.equal(now, "ü€😀");
    await server.api("open");
    assert.equal(await tab.run(async () => page.value.later), "then");
  },

  "a redirect of HTTP to another path is followed, and to another origin is NETWORK": async ({ tab, front, elsewhere }) => {
    front.fault = { status: 307, headers: { Location: "/?moved" } };
    const [value, url] = await tab.run(async () => {
      const { value, url } = await page.call("echo", ["x"]).outcome;
      return [value, url];
    });
    assert.deepEqual([value, url], ["x", `${front.url}/?moved`]);
    front.fault = { status: 307, headers: { Location: elsewhere.url } };
    const failure = await tab.run(async () => page.failure(page.call("echo", ["x"])));
    assert.equal(failure.code, "NETWORK");
  },

  "the progress elements of a form show its upload": async ({ tab }) => {
    const shown = await tab.run(async (bytes) => {
      const { uploadProgress } = await import("/pkg/forms/upload.js");
      const form = document.getElementById("upload");
      await page.call("store", [page.form(bytes)], { onProgress: uploadProgress(form) });
      return [...document.querySelectorAll("progress")].map(({ value, max }) => ({ value, max }));
    }, LARGE);
    assert.ok(shown[0].max > LARGE);
    assert.equal(shown[0].value, shown[0].max);
    assert.equal(shown[1].value, 0);
  },

  "a page that asks for no progress loads nothing for it and uses fetch": async ({ tab }) => {
    const part = "/lib/upload/xml_http_request.js";
    await tab.run(async () => page.call("store", [page.form(1000)], { onProgress: undefined }));
    const without = await requested(tab);
    assert.ok(without.length > 0 && without.some(({ name }) => name.includes("/pkg/")));
    assert.ok(without.every(({ name, initiatorType }) => !name.includes(part) && initiatorType !== "xmlhttprequest"), JSON.stringify(without));
    await tab.run(async () => page.call("store", [page.form(1000)]));
    const used = await requested(tab);
    assert.ok(used.some(({ name }) => name.includes(part)));
    assert.equal(used.filter(({ initiatorType }) => initiatorType === "xmlhttprequest").length, 1);
  },
};
