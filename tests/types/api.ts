// The public types as a caller uses them. The compiler checks each `expect`; nothing runs.
import { ActionError, type ActionCall, type CallEvent, type CallInfo, createDispatcher, decode, encode, init, isActionError, type Hooks, type Outcome, type OutboxEntry, ready } from "../../pkg/index.js";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function expect<Holds extends true>(): Holds;

const id = "40".padEnd(42, "a");
const d = createDispatcher({ url: () => location.href, timeout: 5_000, headers: async () => ({ authorization: "x" }), maxQueued: 10 });

const call = d.call<{ sessionId: string }>({ id, name: "createPaymentSession" }, [4200, "token"], { lane: "payment" });
expect<Same<typeof call, ActionCall<{ sessionId: string }>>>();
expect<Same<Awaited<typeof call>, { sessionId: string }>>();
expect<Same<typeof call.id, number>>();
expect<Same<Awaited<typeof call.outcome>, Outcome<{ sessionId: string }>>>();
expect<Same<ReturnType<typeof call.abort>, boolean>>();
call.then((session) => expect<Same<typeof session, { sessionId: string }>>());

const save = d.bind<[idToken: string, accessToken: string], void>(id);
expect<Same<Parameters<typeof save>, [idToken: string, accessToken: string]>>();
expect<Same<Awaited<ReturnType<typeof save>>, void>>();

expect<Same<ReturnType<typeof d.fetch>, Promise<Response>>>();
const drop_in: typeof fetch = d.fetch;
expect<Same<ReturnType<typeof d.fetch>, ReturnType<typeof fetch>>>();
void d.fetch("/cart", { method: "POST" }, { lane: "cart", frees: "head", headers: (attempt) => ({ "x-attempt": String(attempt) }), retry: 2, idempotencyKey: true });
void d.fetch("/session", {}, { timeout: 5_000, retry: 2, name: "session" });
// @ts-expect-error a Response is read once
void d.fetch("/cart", {}, { strategy: "join" });
// @ts-expect-error a lane function needs arguments, which a finished request does not show
void d.fetch("/cart", {}, { lane: (sku: string) => sku });
expect<Same<Awaited<ReturnType<typeof d.route>>, Response>>();
const stop = d.subscribe((event) => {
  expect<Same<typeof event, CallEvent>>();
  expect<Same<typeof event.queuedAt, number>>();
});
expect<Same<typeof stop, () => void>>();
expect<Same<typeof d.pending, number>>();
expect<Same<ReturnType<typeof d.clear>, number>>();
d.lane("payment").pause();
d.lane("parallel").clear("moot");
expect<Same<ReturnType<typeof ready>, Promise<void>>>();
await init(new URL("https://example.com/actionlane.wasm"));

const decoded = decode<{ at: Date }>(new Response("0:1\n"), { maxBytes: 1_000 });
expect<Same<Awaited<typeof decoded.value>, { at: Date }>>();
expect<Same<Awaited<ReturnType<typeof encode>>, string | FormData>>();

const caught: unknown = undefined;
if (isActionError(caught)) {
  expect<Same<typeof caught, ActionError>>();
  expect<Same<typeof caught.sent, "no" | "unknown" | "yes">>();
  if (caught.code === "TIMEOUT") caught.status?.toFixed();
}

createDispatcher({ deploymentId: "dpl_1", trace: true, limits: { maxBytes: Infinity, maxDepth: 100 } });
createDispatcher({ lanes: { uploads: { concurrency: 3 }, cart: { strategy: "drop" } } }); // without "main" and "parallel"
d.call(id, [], { limits: { maxDigits: 20 } });
d.call(id, [], { trace: { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", requestId: true } });
d.bind(id, { trace: false });
call.outcome.then(({ trace }) => expect<Same<typeof trace, { traceparent?: string; requestId?: string } | undefined>>());
const hooks: Hooks = {
  async beforeRequest({ id, actionId, name, url, attempt, headers }) {
    expect<Same<[typeof id, typeof actionId, typeof name, typeof url, typeof attempt], [number, string, string | undefined, string, number]>>();
    headers.set("authorization", "Bearer");
  },
  afterResponse({ status, headers, redirected }) {
    expect<Same<[typeof status, typeof headers, typeof redirected], [number, Headers, string | undefined]>>();
  },
  onError(error, { actionId }) {
    expect<Same<[typeof error, typeof actionId], [ActionError, string | undefined]>>();
  },
};
createDispatcher({ hooks });

// @ts-expect-error: no such hook
createDispatcher({ hooks: { onRequest() {} } });
// @ts-expect-error: no such part of a trace
d.call(id, [], { trace: { spans: true } });
// @ts-expect-error: a deployment is named by a string
createDispatcher({ deploymentId: 7 });
// @ts-expect-error: an id is not a number
d.call(1);
// @ts-expect-error: arguments are a list
d.call(id, "argument");
// @ts-expect-error: there is no such option
d.call(id, [], { lanes: "payment" });
// @ts-expect-error: bound calls have no signal of their own
d.bind(id, { signal: new AbortController().signal });
d.bind(id, { idempotencyKey: true });
// @ts-expect-error: bound calls have no key of their own
d.bind(id, { idempotencyKey: "save" });
// @ts-expect-error: no such code
caught instanceof ActionError && caught.code === "OOPS";
// @ts-expect-error: an id is read-only
call.id = 3;
decode((async function* () {
  yield new Uint8Array();
})());
// @ts-expect-error: a string is neither a stream nor a Response nor bytes
decode("0:1\n");
// @ts-expect-error: no such scope
createDispatcher({ scope: "site" });

createDispatcher({ scope: "origin", leaseTimeout: 10_000, keepalive: false });
d.call(id, [], { keepalive: true }).outcome.then(({ keepalive }) => {
  expect<Same<typeof keepalive, false | undefined>>();
});
d.subscribe(({ keepalive }) => {
  expect<Same<typeof keepalive, false | undefined>>();
});

const calls = d.snapshot();
expect<Same<typeof calls, readonly CallInfo[]>>();
// @ts-expect-error: a snapshot is read-only
calls.push();
d.subscribe(({ behind }) => expect<Same<typeof behind, number | undefined>>());
d.cancel({ state: "waiting" });
// @ts-expect-error: a draining call cannot be cancelled
d.cancel({ state: "draining" });

export { drop_in };

const outbox = createDispatcher({
  outbox: {
    owner: "user-1",
    onResult(entry, { outcome, error }) {
      if (error) expect<Same<typeof error, ActionError>>();
      else expect<Same<typeof outcome, Outcome>>();
      if (entry.state === "failed") entry.code?.toString();
    },
  },
});
outbox.call(id, [], { durable: true });
outbox.call(id, [], { durable: { owner: "user-1", ttl: 1_000 }, idempotencyKey: "mine" });
expect<Same<Awaited<ReturnType<typeof outbox.outbox.entries>>, OutboxEntry[]>>();
expect<Same<Awaited<ReturnType<typeof outbox.outbox.remove>>, boolean>>();
expect<Same<Awaited<ReturnType<typeof outbox.outbox.flush>>, number>>();
// @ts-expect-error: an outbox has an owner
createDispatcher({ outbox: {} });
// @ts-expect-error: a time is a number
outbox.call(id, [], { durable: { ttl: "1d" } });
