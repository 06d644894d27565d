// Tests the server's half: `idempotent()`, `idempotentRoute()`, `idempotencyKey()` and their errors.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { IdempotencyError, idempotencyKey, idempotent, idempotentRoute, memoryStore } from "../server.js";

const KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324";
const key = { user: "ada", action: "charge", key: KEY };
const is = (digest, status) => ({ name: "IdempotencyError", digest, status });
const IN_PROGRESS = is("IDEMPOTENCY_IN_PROGRESS", 409);
const MISMATCH = is("IDEMPOTENCY_MISMATCH", 422);
const LOST = is("IDEMPOTENCY_LOST", 500);
const INVALID = is("IDEMPOTENCY_KEY_INVALID", 400);

/** Makes a function that counts its runs and waits at a gate. */
function counted(give = (runs) => runs) {
  const it = async (...args) => {
    it.runs += 1;
    it.args = args;
    it.arrived.resolve();
    await it.gate;
    return give(it.runs);
  };
  return Object.assign(it, { runs: 0, gate: undefined, arrived: withResolvers() });
}

function withResolvers() {
  const it = {};
  it.promise = new Promise((resolve, reject) => Object.assign(it, { resolve, reject }));
  return it;
}

const thrower = (error) => counted(() => { throw error; });
const withDigest = (digest) => Object.assign(new Error("of Next"), { digest });


test("of fifty calls at once one runs, the others are refused meanwhile, and later calls get its value", async () => {
  const store = memoryStore();
  const gate = withResolvers();
  const fn = Object.assign(counted(() => ({ paid: new Date(7), lines: new Map([["a", 1n]]) })), { gate: gate.promise });
  const refused = [], refusedAll = withResolvers();
  const calls = Array.from({ length: 50 }, () =>
    idempotent(key, fn, store).catch((error) => {
      if (refused.push(error) === 49) refusedAll.resolve();
    }),
  );
  await Promise.all([fn.arrived.promise, refusedAll.promise]);
  for (const error of refused) assert.throws(() => { throw error; }, IN_PROGRESS);
  gate.resolve();
  const [value, ...others] = (await Promise.all(calls)).filter((value) => value !== undefined);
  assert.deepEqual(others, []);
  assert.deepEqual(value, { paid: new Date(7), lines: new Map([["a", 1n]]) });
  value.lines.clear();
  const again = await Promise.all(Array.from({ length: 50 }, () => idempotent(key, fn, store)));
  for (const stored of again) assert.deepEqual(stored.lines, new Map([["a", 1n]]), "a change of a result does not change the stored one");
  assert.equal(fn.runs, 1);
});

test("without a key the function runs each time", async () => {
  const store = { claim: () => assert.fail("nothing to claim") };
  const fn = counted();
  for (const none of [undefined, null, { ...key, key: undefined }, { ...key, key: null }]) await idempotent(none, fn, store);
  assert.equal(await idempotent(idempotencyKey({ user: "ada", action: "charge", headers: new Headers() }), fn, store), 5);
  assert.deepEqual([fn.args[0], fn.args[1].signal.aborted], [undefined, false], "it gets no id");
});

test("another user, action or key makes another call", async () => {
  const store = memoryStore();
  const fn = counted();
  const others = [key, { ...key, user: "bob" }, { ...key, user: null }, { ...key, user: "null" }, { ...key, action: "refund" }, { ...key, key: "2" }];
  for (const other of others) await idempotent(other, fn, store);
  assert.equal(fn.runs, others.length);
  assert.equal(await idempotent({ ...key, user: 1 }, fn, store), await idempotent({ ...key, user: "1" }, fn, store), "a user's id counts as text");
});

test("the id is the same for every run, and tells nothing of the user", async () => {
  const store = memoryStore();
  const fn = thrower(new Error("down"));
  const seen = [];
  for (let i = 0; i < 2; i += 1) {
    await assert.rejects(idempotent(key, fn, store), { message: "down" });
    seen.push(fn.args[0]);
  }
  assert.equal(fn.runs, 2);
  assert.equal(seen[0], seen[1]);
  assert.match(seen[0], /^[0-9a-f]{64}$/);
});

test("the same key with another payload is refused, while the first runs and after it", async () => {
  const store = memoryStore();
  const gate = withResolvers();
  const fn = Object.assign(counted(), { gate: gate.promise });
  const first = idempotent({ ...key, fingerprint: "[4200]" }, fn, store);
  await fn.arrived.promise;
  await assert.rejects(idempotent({ ...key, fingerprint: "[9900]" }, fn, store), MISMATCH);
  await assert.rejects(idempotent({ ...key, fingerprint: "[4200]" }, fn, store), IN_PROGRESS);
  gate.resolve();
  assert.equal(await first, 1);
  await assert.rejects(idempotent({ ...key, fingerprint: "[9900]" }, fn, store), MISMATCH);
  assert.equal(await idempotent({ ...key, fingerprint: "[4200]" }, fn, store), 1);
});

test("the store does not get the payload", async () => {
  const inner = memoryStore();
  const claims = [];
  const store = { ...inner, claim: (id, claim) => (claims.push(claim.fingerprint), inner.claim(id, claim)) };
  await idempotent({ ...key, fingerprint: "4111 1111" }, counted(), store);
  assert.match(claims[0], /^[0-9a-f]{64}$/);
});

test("a function that throws may run again", async () => {
  const store = memoryStore();
  await assert.rejects(idempotent(key, thrower(new Error("down")), store), { message: "down" });
  for (const digest of ["NEXT_HTTP_ERROR_FALLBACK;401", "NEXT_HTTP_ERROR_FALLBACK;403", "123", "NEXT_REDIRECTED"]) {
    await assert.rejects(idempotent(key, thrower(withDigest(digest)), store), { digest });
  }
  for (const nothing of [undefined, null, "text"]) {
    await assert.rejects(idempotent(key, thrower(nothing), store), (thrown) => thrown === nothing);
  }
  const fn = counted();
  assert.equal(await idempotent(key, fn, store), 1);
});

for (const digest of ["NEXT_REDIRECT;push;/thanks?a=1;b=2;307;", "NEXT_HTTP_ERROR_FALLBACK;404", "NEXT_NOT_FOUND"]) {
  test(`${digest} is a stored result`, async () => {
    const store = memoryStore();
    const error = withDigest(digest);
    const fn = thrower(error);
    await assert.rejects(idempotent(key, fn, store), (thrown) => thrown === error);
    await assert.rejects(idempotent(key, fn, store), (thrown) => thrown instanceof Error && thrown !== error && thrown.digest === digest);
    assert.equal(fn.runs, 1);
  });
}

test("the claim of a process that died ends with its lease, a result with its time to live", async () => {
  let time = 1_000;
  const store = memoryStore({ now: () => time });
  const never = counted(() => new Promise(() => {}));
  void idempotent(key, never, store);
  await never.arrived.promise;
  const fn = counted();
  time += 59_999;
  await assert.rejects(idempotent(key, fn, store), IN_PROGRESS);
  time += 1;
  assert.equal(await idempotent(key, fn, store), 1);
  time += 24 * 60 * 60_000 - 1;
  assert.equal(await idempotent(key, fn, store), 1);
  time += 1;
  assert.equal(await idempotent(key, fn, store), 2);
});

test("a run that outlives its lease ends in IDEMPOTENCY_LOST, and the next run's result stays stored", async () => {
  let time = 0;
  const { renew, ...store } = memoryStore({ now: () => time });
  const options = { leaseMs: 10 };
  const gate = withResolvers();
  const slow = Object.assign(counted(() => "slow"), { gate: gate.promise });
  const first = idempotent(key, slow, store, options);
  await slow.arrived.promise;
  time = 10;
  assert.equal(await idempotent(key, () => "next", store, options), "next");
  gate.resolve();
  await assert.rejects(first, LOST);
  assert.equal(await idempotent(key, slow, store, options), "next");
});

test("with an endless lease a call whose process died is never run again", async () => {
  let time = 0;
  const store = memoryStore({ now: () => time });
  const never = counted(() => new Promise(() => {}));
  void idempotent(key, never, store, { leaseMs: Infinity });
  await never.arrived.promise;
  time = Number.MAX_SAFE_INTEGER;
  await assert.rejects(idempotent(key, never, store), IN_PROGRESS);
});

test("a store that cannot claim rejects with its own error, and nothing runs", async () => {
  const down = new Error("disk full");
  for (const claim of [() => { throw down; }, async () => { throw down; }]) {
    const fn = counted();
    await assert.rejects(idempotent(key, fn, { claim }), (thrown) => thrown === down);
    assert.equal(fn.runs, 0);
  }
});

test("a result that cannot be stored rejects the first call, and is never run again", async () => {
  const store = memoryStore();
  const fn = counted(() => () => "a function");
  await assert.rejects(idempotent(key, fn, store), ({ digest, cause }) => digest === "IDEMPOTENCY_LOST" && cause.name === "DataCloneError");
  await assert.rejects(idempotent(key, fn, store), LOST);
  assert.equal(fn.runs, 1);
});

class Money {
  #cents = 4200;
  get cents() {
    return this.#cents;
  }
}
const form = new FormData();
form.set("amount", "4200");
for (const [what, lost] of [
  ["FormData", form],
  ["URL", new URL("http://x/receipt")],
  ["URLSearchParams", new URLSearchParams("a=1")],
  ["Headers", new Headers({ a: "1" })],
  ["Request", new Request("http://x/")],
  ["Response", new Response("x")],
  ["Blob", new Blob(["x"])],
  ["File", new File(["x"], "receipt.txt")],
  ["Money", new Money()],
  ["properties of its own", Object.assign(new Error("declined"), { code: 7 })],
  ["message and cause", new AggregateError([new Error("declined")])],
]) {
  test(`a result that would lose its content (${what}) cannot be stored, at any depth`, async () => {
    for (const wrap of [(it) => it, (it) => ({ in: [it] }), (it) => new Map([[1, new Set([it])]]), (it) => new Error("", { cause: it })]) {
      const store = memoryStore();
      const fn = counted(() => wrap(lost));
      await assert.rejects(idempotent(key, fn, store), ({ digest, cause }) => digest === "IDEMPOTENCY_LOST" && cause.message.includes(what));
      await assert.rejects(idempotent(key, fn, store), LOST);
      assert.equal(fn.runs, 1);
    }
  });
}

test("a result that structuredClone keeps is stored and returned", async () => {
  const row = class Row {
    id = 1;
  };
  const ring = { name: "ring" };
  ring.self = [ring];
  const elsewhere = runInNewContext("({ at: new Date(7), list: [new Map([[1, new Set([2n])]])], of: Object.create(null), broken: new RangeError('x') })");
  const boxed = [Object(1n), Object("a"), /a/g, new Uint8Array([1]).subarray(0), new DataView(new ArrayBuffer(1)), new ArrayBuffer(2), [, undefined, null]];
  for (const value of [undefined, null, "", 7n, { __proto__: null, a: 1 }, boxed, ring, elsewhere, new RangeError("x", { cause: new Date(1) })]) {
    const store = memoryStore();
    await idempotent(key, () => value, store);
    const kept = await idempotent(key, () => assert.fail("it ran twice"), store);
    assert.deepEqual(kept, structuredClone(value));
  }
  const store = memoryStore();
  await idempotent(key, () => new row(), store);
  assert.deepEqual(await idempotent(key, undefined, store), { id: 1 }, "fields of a class are kept");
});

test("a store that fails to finish rejects the call, and the claim stays until its lease ends", async () => {
  const down = new Error("disk full");
  const store = { ...memoryStore(), finish: () => { throw down; } };
  const fn = counted();
  await assert.rejects(idempotent(key, fn, store), { ...LOST, cause: down });
  await assert.rejects(idempotent(key, fn, store), IN_PROGRESS);
  assert.equal(fn.runs, 1);
  const other = { ...key, key: "2" };
  await assert.rejects(idempotentRoute(other, () => new Response(), store), { ...LOST, cause: down }, "a route throws it, so it appears in Next's log");
  assert.equal((await idempotentRoute(other, () => new Response(), store)).status, 409);
});

test("a claim that cannot be released still rejects with the action's own error", async () => {
  const store = { ...memoryStore(), release: async () => { throw new Error("disk full"); } };
  await assert.rejects(idempotent(key, thrower(new Error("declined")), store), { message: "declined" });
  await assert.rejects(idempotent(key, counted(), store), IN_PROGRESS);
});

test("the header may be quoted or bare", async () => {
  const from = (value) => idempotencyKey({ user: "ada", action: "charge", headers: new Headers({ "Idempotency-Key": value }), fingerprint: "f" });
  assert.deepEqual(from(`"${KEY}"`), { ...key, fingerprint: "f" });
  for (const [value, read] of [[KEY, KEY], [` ${KEY} `, KEY], ['"a \\"b\\" \\\\"', 'a "b" \\'], ['"k";v=1', "k"]]) assert.equal(from(value).key, read);
  for (const value of ["", '""', '"a', '"a", "b"', "a, b", "a b", '"é"', '"a\\b"', "x".repeat(256)]) {
    const fn = counted();
    await assert.rejects(idempotent(from(value), fn, memoryStore()), INVALID, value);
    assert.equal(fn.runs, 0);
  }
});

test("the key may be in a header of another name", async () => {
  const headers = new Headers({ "idempotency-key": "another", "x-key": `"${KEY}"` });
  const from = { user: "ada", action: "charge", headers };
  assert.equal(idempotencyKey({ ...from, header: "X-Key" }).key, KEY);
  assert.equal(idempotencyKey({ ...from, header: "X-Other" }).key, undefined);
  assert.equal(idempotencyKey({ ...from, header: undefined }).key, "another");
  for (const header of ["", "x key", null, 5]) assert.throws(() => idempotencyKey({ ...from, header }), { name: "TypeError", message: /header/ });
  const fn = counted(() => new Response("paid"));
  const store = memoryStore();
  for (let i = 0; i < 2; i += 1) await idempotentRoute(idempotencyKey({ ...from, header: "X-Key" }), fn, store);
  assert.equal(fn.runs, 1);
});

test("wrong members of a key, and wrong times, are refused", async () => {
  const fn = counted();
  const refuse = (key, options) => assert.rejects(idempotent(key, fn, memoryStore(), options), TypeError);
  for (const user of [undefined, "", {}, NaN, Symbol()]) await refuse({ ...key, user });
  for (const action of [undefined, "", 1]) await refuse({ ...key, action, key: undefined });
  await refuse({ ...key, fingerprint: [1] });
  for (const wrong of [0, -1, NaN, "60"]) {
    await refuse(key, { leaseMs: wrong });
    await refuse(key, { ttlMs: wrong });
  }
  assert.equal(fn.runs, 0);
});

test("wrong options are refused with their name, with and without a key", async () => {
  const fn = counted(() => new Response());
  for (const [options, message] of [
    [null, /options/],
    [60_000, /options/],
    [{ lease: 5 }, /"lease"/],
    [{ leaseMs: null }, /leaseMs/],
    [{ now: Date.now }, /"now"/],
  ]) {
    for (const run of [idempotent, idempotentRoute]) {
      for (const one of [key, undefined]) await assert.rejects(run(one, fn, memoryStore(), options), { name: "TypeError", message });
    }
  }
  assert.equal(fn.runs, 0);
});

test("a route gives the same response again, without its cookies", async () => {
  const store = memoryStore();
  const respond = () => {
    const headers = new Headers({ "content-type": "application/json", "x-own": "1" });
    headers.append("set-cookie", "session=secret");
    return new Response('{"paid":true}', { status: 201, headers });
  };
  const fn = counted(respond);
  const first = await idempotentRoute(key, fn, store);
  assert.deepEqual([first.status, first.headers.getSetCookie(), await first.text()], [201, ["session=secret"], '{"paid":true}']);
  assert.equal(first.headers.get("idempotent-replayed"), null);
  for (let i = 0; i < 2; i += 1) {
    const again = await idempotentRoute(key, fn, store);
    assert.deepEqual([again.status, again.headers.getSetCookie(), await again.text()], [201, [], '{"paid":true}']);
    assert.deepEqual(["idempotent-replayed", "x-own", "content-type"].map((name) => again.headers.get(name)), ["true", "1", "application/json"]);
  }
  assert.equal(fn.runs, 1);
  assert.equal((await idempotentRoute(undefined, fn, store)).status, 201, "without a key it runs");
});

test("a route stores an empty response, bytes and a redirect", async () => {
  for (const make of [() => new Response(null, { status: 204 }), () => new Response(new Uint8Array([0, 255])), () => Response.redirect("http://x/thanks", 303)]) {
    const store = memoryStore();
    await idempotentRoute(key, make, store);
    const again = await idempotentRoute(key, () => assert.fail("it ran twice"), store);
    assert.deepEqual([again.status, again.headers.get("location")], [make().status, make().headers.get("location")]);
    assert.deepEqual(await again.arrayBuffer(), await make().arrayBuffer());
  }
});

test("a route answers 409, 422 and 400", async () => {
  const store = memoryStore();
  const gate = withResolvers();
  const fn = Object.assign(counted(() => new Response()), { gate: gate.promise });
  const first = idempotentRoute({ ...key, fingerprint: "1" }, fn, store);
  await fn.arrived.promise;
  const said = async (key) => {
    const response = await idempotentRoute(key, fn, store);
    const { title, ...problem } = await response.json();
    assert.equal(typeof title, "string");
    return [response.status, problem, response.headers.get("content-type"), response.headers.get("retry-after")];
  };
  const type = "application/problem+json";
  assert.deepEqual(await said({ ...key, fingerprint: "1" }), [409, { status: 409, code: "IDEMPOTENCY_IN_PROGRESS" }, type, "1"]);
  assert.deepEqual(await said({ ...key, fingerprint: "2" }), [422, { status: 422, code: "IDEMPOTENCY_MISMATCH" }, type, null]);
  assert.deepEqual(await said({ ...key, key: "" }), [400, { status: 400, code: "IDEMPOTENCY_KEY_INVALID" }, type, null]);
  gate.resolve();
  assert.equal((await first).status, 200);
});

for (const [what, make] of [
  ["breaks off", () => new Response(new ReadableStream({ start: (it) => it.error(new Error("broke off")) }))],
  ["has been read", async () => {
    const response = new Response("read");
    await response.text();
    return response;
  }],
  ["is being read", () => {
    const response = new Response("read");
    response.body.getReader();
    return response;
  }],
  ["cannot be given again", () => Response.error()],
  ["is none", () => undefined],
]) {
  test(`a route whose response ${what} has run, and does not run again`, async () => {
    const store = memoryStore();
    const fn = counted(make);
    await assert.rejects(idempotentRoute(key, fn, store), ({ digest, cause }) => digest === "IDEMPOTENCY_LOST" && cause instanceof Error);
    const again = await idempotentRoute(key, fn, store);
    assert.deepEqual([again.status, (await again.json()).code, fn.runs], [500, "IDEMPOTENCY_LOST", 1]);
  });
}

for (const [status, runs] of [[200, 1], [404, 1], [409, 1], [422, 1], [401, 2], [403, 2], [408, 2], [425, 2], [429, 2], [500, 2], [503, 2]]) {
  test(`a route that answered ${status} ${runs === 1 ? "does not run" : "may run"} again`, async () => {
    const store = memoryStore();
    const fn = counted(() => new Response("own words", { status }));
    for (let i = 0; i < 2; i += 1) {
      const response = await idempotentRoute(key, fn, store);
      assert.deepEqual([response.status, await response.text()], [status, "own words"]);
    }
    assert.equal(fn.runs, runs);
  });
}

test("a route leaves redirect() and notFound() to Next, and repeats them", async () => {
  for (const [digest, status, location] of [
    ["NEXT_REDIRECT;replace;/thanks?a=1;b=2;307;", 307, "/thanks?a=1;b=2"],
    ["NEXT_REDIRECT;push;/for-good;308;", 308, "/for-good"],
    ["NEXT_HTTP_ERROR_FALLBACK;404", 404, null],
    ["NEXT_NOT_FOUND", 404, null],
  ]) {
    const store = memoryStore();
    const error = withDigest(digest);
    const fn = thrower(error);
    for (const one of [undefined, key]) await assert.rejects(idempotentRoute(one, fn, store), (thrown) => thrown === error);
    const again = await idempotentRoute(key, fn, store);
    assert.deepEqual([again.status, again.headers.get("location"), again.headers.get("idempotent-replayed")], [status, location, "true"]);
    assert.equal(fn.runs, 2);
  }
});

test("a route throws other errors", async () => {
  const store = memoryStore();
  for (const error of [new Error("bug"), withDigest("123"), undefined, null]) {
    await assert.rejects(idempotentRoute(key, thrower(error), store), (thrown) => thrown === error);
    await assert.rejects(idempotentRoute(key, () => {}, { claim: async () => { throw error; } }), (thrown) => thrown === error);
  }
});

test("an IdempotencyError is an Error with its message, status and digest", () => {
  const error = new IdempotencyError("IDEMPOTENCY_IN_PROGRESS", "words");
  assert.ok(error instanceof Error);
  assert.equal(String(error), "IdempotencyError: words");
});
