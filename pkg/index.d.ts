/**
 * Actionlane: a client-side dispatcher for Next.js Server Actions.
 *
 * Times are milliseconds. Instants are on the clock of `performance.now()`.
 */

/** Where a call waits: `"main"` (one at a time, in order; the default), `"parallel"` (no queue), or a queue of your own by name. */
export type LaneName = "main" | "parallel" | (string & {});

/** A Server Action: its id (40 or 42 hexadecimal digits), or the id with a name for messages, events and the timeline. */
export type ActionRef = string | { id: string; name?: string; url?: string | URL };

/** Milliseconds, greater than 0. `Infinity` or leaving it out means none. */
export type Milliseconds = number;

export interface DispatcherOptions {
  /** Where actions are posted. Default: the page's URL at the moment the call is made. */
  url?: string | URL | (() => string | URL);
  /** Added to every action request; a function is asked before each, also one that is sent again. The protocol's own headers are `INVALID_OPTION`. */
  headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>);
  /**
   * Used instead of `globalThis.fetch`, which is otherwise looked up at each request; where `d.fetch` stands in its place, also among
   * wrappers, the one beneath it is called. A body is read by what it offers: `getReader`, async iteration (a stream of Node.js),
   * `arrayBuffer`, `text`. One that offers none of these, or was read before, is `INVALID_OPTION` (`sent: "yes"`), as is what is no
   * `Response` (`sent: "unknown"`): neither is sent again.
   */
  fetch?: typeof globalThis.fetch;
  /** Default `"same-origin"`. */
  credentials?: RequestCredentials;
  /** For every call without one of its own: see `CallOptions`. Default: none. */
  timeout?: Milliseconds;
  stallTimeout?: Milliseconds;
  /** Not for durable calls: those have a `ttl`. */
  deadline?: Milliseconds;
  /** For every call without its own: see `CallOptions`; also there it does nothing for calls without a key (`idempotency: true`). Default 0. */
  retry?: Retry;
  /**
   * Whether every call carries an idempotency key, as if with `idempotencyKey: true`; an object says that it does, and in which header.
   * Default `false`, and `{ header: "Idempotency-Key" }` for the calls that ask for one.
   */
  idempotency?: boolean | { header?: string };
  /**
   * What becomes of calls once a request has failed while the browser says that there is no network. `"wait"` (default): they keep their
   * places, and nothing is sent until the browser says that it is back, or a probe gets through; a call that may be sent again is, then.
   * `"fail"`: once a probe has not got through either, those that wait, and those made meanwhile, fail with `OFFLINE`. The browser's word alone holds nothing: it is wrong
   * on loopback and with some VPNs.
   */
  offline?: "wait" | "fail";
  /**
   * What is asked for with `HEAD`, at once and then after 1, 2, 4, … up to 30 seconds, to find out whether the network is back: a file that is always there,
   * not a page. Default: a script or style sheet of the page's own origin. `false`, or where there is none: after a second it counts as back.
   */
  probe?: string | URL | false;
  /** Lanes that are not as their name says. */
  lanes?: Record<LaneName, LaneOptions>;
  /**
   * The server's version of Next.js, `"16.4.6"`: FormData, streams and functions among the arguments are written as it reads them.
   * `"any"`: as all versions read them, for more bytes. Default: what an App Router page says of itself (`window.next.version`), else
   * today's form.
   */
  nextVersion?: string;
  /**
   * A body above this is `BODY_TOO_LARGE`, before it is sent. Bytes, of form data to about a KiB; default 1 048 576, which is what
   * Next.js takes by default (`serverActions.bodySizeLimit`). `false`: no limit.
   */
  maxBodyBytes?: number | false;
  /** How many calls may wait before `QUEUE_FULL`. Default 10 000. What an earlier page has left in the outbox counts, and always finds room. */
  maxQueued?: number;
  /** How much of an answer is believed, and how deep arguments may be. */
  limits?: Limits;
  /**
   * Among whom a lane is one at a time: see `docs/tabs.md`. `"dispatcher"` (default): its own calls. `"origin"`: those of all dispatchers of
   * this scope in all tabs, frames and workers of the origin, in lanes of the same name; in order within a dispatcher, in turn between them.
   * `"parallel"` has no order here either, and a lane with a `concurrency` above 1 is `INVALID_OPTION`; so is a browser, or a page, without
   * `navigator.locks`. A call waits for its lane's lease also where nobody else wants it. What asks for locks is loaded with the first: where it
   * cannot be, the call is `NETWORK`, with `sent: "no"`.
   */
  scope?: "dispatcher" | "origin";
  /**
   * With `scope: "origin"`: how long another tab may hold a lane's lease, a suspended one for example, while this one waits for it; after
   * that it is taken away (at the latest after one and a half times as long), and a call of either may run at once. Default 60 000.
   * `Infinity`: never. No shorter than a call may take, its retries included. `INVALID_OPTION` with another scope.
   */
  leaseTimeout?: Milliseconds;
  /** For every call without one of its own: see `CallOptions`. Default `true`. */
  keepalive?: boolean;
  /**
   * Who carries out what answers say of the page: redirects, and the refresh that a revalidation owes. Default `"auto"`.
   *
   * `"next"`: Next's App Router (`window.next.router`, looked up at use). `"document"`: redirects load a document; a refresh is the event
   * `actionlane:refresh` on `document`, with `detail.kind`. `"none"`: nobody; it is all in the outcome. `"auto"`: `"next"` where its router
   * is, else `"document"`. Or an object of your own; what it throws is reported and changes nothing for the call.
   */
  host?: "auto" | "next" | "document" | "none" | Host;
  /**
   * The path under which the app lies (`"/shop"`), which redirects leave out. Default: as a page of Next.js says, whatever its `assetPrefix`;
   * `""` in pages that it has not rendered.
   */
  basePath?: string;
  /** For every call without one of its own: see `CallOptions`. */
  redirect?: RedirectMode;
  render?: RenderMode;
  skew?: SkewMode;
  /**
   * The deployment that actions are sent to, as `x-deployment-id`, for hosts that keep several: visible ASCII. Default: the one the page
   * says it is of, in `data-dpl-id` of `<html>` (read when this package is imported), in Next's `NEXT_DEPLOYMENT_ID`, or in `?dpl=` of its
   * `/_next/` scripts; none where it says nothing. `""`: none is sent.
   */
  deploymentId?: string;
  /** How actions are found in traces and logs, for every call. Default: nothing is sent. */
  trace?: Trace;
  /** What runs around each request of an action, and after each failure. */
  hooks?: Hooks;
  /** Where durable calls are kept until they are answered. Default: nowhere; a durable call is `INVALID_OPTION` then. */
  outbox?: OutboxOptions;
}

/** See `docs/outbox.md`. */
export interface OutboxOptions {
  /**
   * Who is logged in: an id, stored in clear. Entries of this owner that nobody sends any more are sent when the dispatcher is made, in order,
   * before the first call of their lane; those of another owner are never looked into. When somebody else logs in, empty the outbox or close this
   * dispatcher, and make another.
   */
  owner: string;
  /**
   * An entry that was made by another page has ended, failed or been set aside: `outcome` is what its answer said, `error` why there is
   * none. What it throws goes to `reportError`.
   */
  onResult?(entry: OutboxEntry, result: { outcome: Outcome; error?: undefined } | { error: ActionError; outcome?: undefined }): void;
}

/**
 * What the outside may see of an entry: never arguments. `sending`: a call of this dispatcher, under way or waiting. `elsewhere`: of another
 * page that is there, or of another dispatcher. `waiting`: nobody sends it yet. `failed`: what came was no answer, or the entry cannot be used;
 * it is sent again by `flush()` only. `unreadable`: another version has written it, or it is damaged. `done`, to `onResult`: it is no more.
 */
export interface OutboxEntry {
  /** Its key in the store. */
  id: number;
  state: "sending" | "elsewhere" | "waiting" | "failed" | "unreadable" | "done";
  /** The id of the call, with `sending`. */
  call?: number;
  /** Why, with `failed`; to `onResult` that of the error. */
  code?: ErrorCode;
  /** With `unreadable`: why, and the version it is of if that is why. Such an entry has none of what follows. */
  message?: string;
  version?: number;
  lane?: LaneName;
  actionId?: string;
  name?: string;
  url?: string;
  idempotencyKey?: string;
  /** Milliseconds since 1970. */
  queuedAt?: number;
  expiresAt?: number;
}

/** What is kept until it is answered. Rejects with `STORAGE` where it cannot be had, with `INVALID_OPTION` where the dispatcher has none. */
export interface Outbox {
  /** Every entry of the owner, in whatever page, in order; and those of which nobody can tell whose they are. */
  entries(): Promise<OutboxEntry[]>;
  /** Removes an entry, and aborts its call. False where there is none, or another page sends it. */
  remove(id: number): Promise<boolean>;
  /**
   * Sends what nobody sends, and once more what has failed. Gives how many entries that is; it does not wait for their answers. `CLOSED` if the
   * dispatcher is.
   */
  flush(): Promise<number>;
  /**
   * Removes every entry of the owner, and those of which nobody can tell whose they are; aborts the calls of this dispatcher, while another page
   * ends its own before it would send them next. For a logout. Gives how many entries that was.
   */
  clear(): Promise<number>;
}

/**
 * `true`: `{ traceparent: true }`. `false`: nothing. A call's own stands over the dispatcher's, part by part. A header of the same name
 * among `headers`, or set by `beforeRequest`, is sent instead.
 */
export type Trace = boolean | TraceOptions;

export interface TraceOptions {
  /**
   * The header `traceparent`, W3C Trace Context version 00. `true`: a trace of the call's own, sampled. A string: the `traceparent` of what
   * the call is part of; its trace and flags are continued. Each time the request is sent it is a new span of that trace. `INVALID_OPTION`
   * if the string is no `traceparent`.
   */
  traceparent?: boolean | string;
  /** The header `x-request-id`, the same each time the request is sent. `true`: a UUID of version 4. A string, visible ASCII: itself. */
  requestId?: boolean | string;
}

/**
 * A plain object, read when the dispatcher is made; its functions are called on it. Only actions are told of: `call`, what `bind` gives,
 * functions of the server's; not `route` and `fetch`. A hook may call the dispatcher.
 */
export interface Hooks {
  /**
   * Before each time a request is sent, also when it is sent again; waited for, within the call's `timeout`. May change `headers`, which
   * holds the dispatcher's and the call's own; the protocol's own headers are `INVALID_OPTION` as they are in `headers`. If it throws or
   * rejects, nothing is sent and the call fails with `INVALID_OPTION` (`sent: "no"`), what it threw as the `cause`. A durable call is kept, and
   * tried again; what it threw goes to `reportError`.
   *
   * The place to refresh a login in:
   *
   * ```ts
   * createDispatcher({
   *   hooks: {
   *     async beforeRequest({ headers }) {
   *       if (token.expiresAt < Date.now() + 5_000) token = await refreshToken();
   *       headers.set("authorization", `Bearer ${token.value}`);
   *     },
   *   },
   * });
   * ```
   */
  beforeRequest?(request: HookRequest): void | PromiseLike<void>;
  /** The head of an answer is there, each time there is one. Not waited for. What it throws goes to `reportError` and changes nothing. */
  afterResponse?(response: HookResponse): unknown;
  /**
   * A call has failed, once each, before its promise rejects. Not waited for. What it throws goes to `reportError` and changes nothing.
   * A call made in here that fails comes here, too.
   */
  onError?(error: ActionError, call: HookCall): unknown;
}

export interface HookCall {
  /** The call's id. */
  id: number;
  /** As sent last. Absent where the call's reference could not be read. */
  actionId?: string;
  name?: string;
}

export interface HookRequest extends HookCall {
  actionId: string;
  url: string;
  /** Counting from 1. */
  attempt: number;
  /** The caller's own headers, to be changed in place. */
  headers: Headers;
}

export interface HookResponse extends Omit<HookRequest, "headers"> {
  status: number;
  /** A copy of the answer's. */
  headers: Headers;
  /** The URL that answered, where `fetch` was redirected to another than `url`. */
  redirected?: string;
}

/** At least one of the two. */
export interface Host {
  /** Goes to an absolute http or https URL. `type` is absent where the server does not say (Next 14): push. */
  redirect?(url: string, type: "push" | "replace" | undefined): void;
  /** Fetches fresh data for the page. Called once for all answers of a burst, before the last promise of it settles. */
  refresh?(kind: Revalidated): void;
}

/** What an action made stale: `"all"`, data and cached pages; `"dynamic"`, only what is rendered for each request. */
export type Revalidated = "all" | "dynamic";

/**
 * `"follow"` (default): the host goes there, and the call gives `undefined`. `"throw"`: the call rejects with Next's own redirect error,
 * which is no `ActionError`, so that a Next page navigates by itself. Either only where the user is still on the page the call was made
 * on, and no call made later has redirected; otherwise the redirect is in the outcome and nowhere else.
 */
export type RedirectMode = "follow" | "throw";

/**
 * `"auto"` (default): the server renders the page into an answer that revalidated, and the page's router, which alone could use that, has
 * it rendered once more by the refresh. `"skip"`: the server is asked to leave it out, by a header that Next's servers use among each
 * other (`x-action-forwarded`): an internal of Next's, so opt-in. Cookies and revalidation are kept. A server that takes no notice answers
 * as always; one that refuses, because the page the call is posted to does not own the action, is asked once more without it.
 */
export type RenderMode = "auto" | "skip";

/**
 * What to do when the server does not know the action, because another build was deployed: it did not run. `"recover"` (default): an
 * action with a name is looked up by it in the page as deployed now, and sent once more. `"fail"`: `ACTION_NOT_FOUND`. `"reload"`: the same,
 * and the page is loaded anew.
 */
export type SkewMode = "recover" | "fail" | "reload";

/**
 * What becomes of a call when others of its key are pending, which is: have not settled. The words are htmx's. `"queue"`: it waits for its
 * turn in the lane. `"queue last"`: the same, and those that wait already fail with `REPLACED`. `"drop"`: it fails with `DROPPED`.
 * `"replace"`: the others fail with `REPLACED`, those that run too; what the server has begun it may finish. `"join"`: it is not sent, but
 * shares the answer of one that is its equal: the same action, URL and arguments; calls that hold a file, a stream, a promise or something
 * that cannot be shown to the server have no equal. Whoever gives up a joined call does so alone.
 */
export type Strategy = "queue" | "queue last" | "drop" | "replace" | "join";

/**
 * When a call that failed is sent again: see `docs/retry.md`. Only what may be over by itself (no answer, an answer that broke off, a
 * timeout, 408, 425, 429, 5xx without an action's answer), and only where that is harmless: the call carries an `idempotencyKey`, or is
 * of a `'use cache'` function. The lane is held meanwhile. A number is the `limit`.
 */
export type Retry = number | RetryOptions;

export interface RetryOptions {
  /** Attempts after the first. Without it the others do nothing, which is `INVALID_OPTION`, but for durable calls. */
  limit?: number;
  /** From the first attempt to the start of the last. Default 30 000. */
  budget?: Milliseconds;
  /**
   * Up to this long is waited before the second attempt, up to twice as long before each one after: how long is left to chance (full
   * jitter). Default 300.
   */
  delay?: Milliseconds;
  /** What that does not grow beyond. Default 10 000. */
  backoffLimit?: Milliseconds;
  /** `Retry-After` is the least that is waited; one that says more counts as this. Default 60 000. */
  maxRetryAfter?: Milliseconds;
}

export interface LaneOptions {
  /** How many of its calls may run at once, started in order. Default 1, and any number in `"parallel"`. */
  concurrency?: number;
  /** For calls that do not say. Default `"queue"`. */
  strategy?: Strategy;
}

export interface CallOptions {
  /**
   * Default `"main"`. A function is asked once, when the call is made, with the call's arguments; `undefined` is the default. If it throws,
   * the call fails with `INVALID_OPTION`.
   */
  lane?: LaneName | ((...args: any[]) => LaneName | undefined);
  /** Default: the lane's, then `"queue"`. */
  strategy?: Strategy;
  /** Which calls its strategy looks at: those with the same key, in whatever lane. Default: those of the same action in the same lane. */
  key?: string;
  /** Aborts the call, wherever it is. Its reason becomes the error's `cause`. */
  signal?: AbortSignal;
  /** Time from sending to the value, for each attempt, waiting not included. The error's code is `TIMEOUT`. */
  timeout?: Milliseconds;
  /**
   * Time from the head of the answer, or any of its bytes, to the next. The error's code is `TIMEOUT`; after the value, what of it is still
   * open rejects with that.
   */
  stallTimeout?: Milliseconds;
  /** Time from the call to the value, over all attempts, waiting included. The error's code is `DEADLINE`. */
  deadline?: Milliseconds;
  /**
   * Does nothing for a call without an `idempotencyKey`, unless it is of a `'use cache'` function: what may have run is not sent again. Outside
   * production, `console.warn` says so, once an action.
   */
  retry?: Retry;
  /**
   * By which the server knows a request that is sent again, in the header `Idempotency-Key`: the same for every attempt. `true`: a UUID of
   * version 4. A string, 1 to 255 visible ASCII characters without quotes and commas: itself. It is a promise of the server's that must be kept
   * there, as by `actionlane/server`.
   */
  idempotencyKey?: boolean | string;
  /** Added to this request, over those of the dispatcher. */
  headers?: HeadersInit;
  /** Where this call is posted. Default: the dispatcher's `url`. */
  url?: string | URL;
  /** Shown in events and messages, and what the action is known by to another build. Default: the reference's name. */
  name?: string;
  redirect?: RedirectMode;
  render?: RenderMode;
  skew?: SkewMode;
  /**
   * Whether the request goes on when the page is left (`keepalive` of `fetch`). Browsers allow that for 64 KiB of bodies at a time, over the
   * whole page: what would not fit beside the actions that are open is sent without, and says so in `outcome.keepalive`. So does what
   * would be the fifth at a time: Chromium keeps such a request going for 30 s if it is aborted before its answer begins, and there are six
   * connections (HTTP/1.1). Default: the dispatcher's, then `true`.
   */
  keepalive?: boolean;
  /** Over that of the dispatcher, part by part. */
  trace?: Trace;
  /**
   * The call is kept in IndexedDB, in clear, before it is sent, and until it is answered: by whatever page of the same owner, under the same
   * idempotency key, again and again (`retry` says only how long to wait). `STORAGE` where it cannot be kept: no room, no storage, no Web Locks
   * (pages that are not secure), a file that cannot be read, an outbox (a file of the package) that cannot be loaded. Not with `deadline` (the
   * dispatcher's is not for it) and `strategy: "join"`. It holds its lane until it is answered, up to its `ttl`: give it a lane of its own, and a
   * `timeout`. The arguments are those the server can be shown: no functions or class instances. `idempotencyKey: false` beside it is
   * `INVALID_OPTION`.
   */
  durable?: boolean | DurableOptions;
  /** Over the dispatcher's, name by name. What is sent again from the outbox of an earlier page has the dispatcher's alone. */
  limits?: Limits;
}

export interface DurableOptions {
  /** The dispatcher's; another is `INVALID_OPTION`. */
  owner?: string;
  /** How long after the call it may still be sent; then the error's code is `EXPIRED`. Default 86 400 000, a day. */
  ttl?: Milliseconds;
}

export interface BindOptions extends Omit<CallOptions, "signal" | "idempotencyKey"> {
  /** As for a call; a key of your own would be that of every call, whatever its arguments: `INVALID_OPTION`. */
  idempotencyKey?: boolean;
}

export interface RouteOptions {
  signal?: AbortSignal;
  /** Time from sending to the head of the answer, for each attempt. */
  timeout?: Milliseconds;
  /**
   * Default 0. A `GET` or `HEAD`, or a request with an `idempotencyKey`, is sent again where no answer came, and for 408, 425, 429 and 5xx; with
   * a key for 409, too, which says that its first request is still under way. What the last attempt gave is what the route gives. Not where
   * `init.body` is a stream, which can be sent once. Where it does nothing, `console.warn` says so, once, outside production.
   */
  retry?: Retry;
  /** As for a call: sets the header `Idempotency-Key`, or the one that the dispatcher's `idempotency` names. */
  idempotencyKey?: boolean | string;
  /** Shown in events. Default: method and path. */
  name?: string;
}

/**
 * How an action goes whose request somebody else has built: the third argument of `fetch`; see `docs/fetch.md`. What a call
 * has beside these (`url`, `durable`, `keepalive`, `redirect`, `render`, `skew`, `limits`) is `INVALID_OPTION`: the request
 * has it, or whoever reads the answer sees to it. The dispatcher's own `timeout`, `stallTimeout`, `deadline`, `retry`,
 * `idempotency` and `trace` are for such an action, too; its `headers` and hooks are not. What the request carries itself (a
 * key, a trace) stands over those.
 */
export interface FetchOptions
  extends Pick<CallOptions, "key" | "signal" | "timeout" | "stallTimeout" | "deadline" | "retry" | "idempotencyKey" | "name" | "trace"> {
  /** Default `"main"`. No function: the arguments are not known. */
  lane?: LaneName;
  /** Without `"join"`: a `Response` is read once. A lane whose strategy that is takes it for `"queue"`. */
  strategy?: Exclude<Strategy, "join">;
  /** Added to the request, over its own; a function is asked before each attempt, which it is told, counting from 1. */
  headers?: HeadersInit | ((attempt: number) => HeadersInit | Promise<HeadersInit>);
  /**
   * When the lane is free. `"value"` (default): once the action's own value has gone by, as for a call; until then the answer
   * is read along, whether or not its caller reads. `"head"`: with the head. An answer that is none of an action's, redirects,
   * or is no `Response` of the browser's frees it with the head in any case.
   */
  frees?: "value" | "head";
}

/**
 * `loading`: the wasm is not there yet. `preparing`: it has its place in the lane, and holds it, while promises or streams among its
 * arguments are collected. `waiting`: for its turn in the lane. `running`: sent, no value yet.
 * `draining`: settled, the rest of the answer is still coming; of `fetch`, also while its lane is held for the value. `done`: over.
 */
export type CallState = "loading" | "preparing" | "waiting" | "running" | "draining" | "done";

export interface Timings {
  /** When the call was made. */
  queuedAt: number;
  /** When its request was sent. */
  startedAt?: number;
  /** When the head of the answer arrived. */
  headAt?: number;
  /** When the action's own value arrived. */
  valueAt?: number;
  /** When the caller's promise was settled. */
  settledAt?: number;
}

export interface Outcome<R = any> {
  /** What the action returned; `undefined` after a redirect. */
  value: R;
  /** HTTP status. It does not decide: an answer of 404 or 500 can carry a value. */
  status: number;
  headers: Headers;
  /** The URL that answered, where `fetch` was redirected to another, as by a middleware. */
  url?: string;
  /**
   * The action called `redirect()`: to this absolute URL (as the server wrote it, if it is blocked). `type` is absent where the server does
   * not say (Next 14). `followed`: the host was sent there.
   */
  redirect?: { url: string; type?: "push" | "replace"; followed: boolean };
  /** What the action made stale. The host is asked to refresh, once for all answers of a burst, at the latest after half a second. */
  revalidated?: Revalidated;
  /** The answer holds the page, rendered again. */
  rendered: boolean;
  /**
   * That page, or the one a redirect within the app leads to, once the answer has ended; `undefined` if there is none, or if another
   * build or deployment than that of the document has rendered it. For tools: only the page's own router can put it on the page. The answer's bytes are kept as long as the outcome is, and decoded when this is first
   * read. Rejects with `NETWORK` where what reads it, a file of the package, cannot be loaded; read once more, it is loaded again.
   */
  readonly payload: Promise<Payload | undefined>;
  /** How often the action was sent: more than once after a skipped render was refused, or the action was found under another id. */
  attempts: number;
  /** With `trace`: what the request was sent with, last. A failed call's is in `error.outcome`, from when it was sent. */
  trace?: { traceparent?: string; requestId?: string };
  /** What the request was sent with. */
  idempotencyKey?: string;
  /** The request was to go on when the page is left, and was sent without: it did not fit beside those that were open. */
  keepalive?: false;
  timings: Timings;
}

/** A page inside an answer, as Next.js writes it there. Its shape is Next's own and differs between versions. */
export interface Payload {
  /** Next 16.4: transport data; before: flight data. */
  data: unknown;
  /** Which build answered; absent where a deployment id takes its place. */
  buildId?: string;
  /** The search string it was rendered for. From Next 16.1. */
  search?: string;
  intercepted?: boolean;
}

/** A call under way: a promise of the action's value. */
export interface ActionCall<R = any> extends Promise<R> {
  /** Unique within its dispatcher, counting from 1 in order of calling. */
  readonly id: number;
  readonly state: CallState;
  /**
   * Gives up the call: a waiting one is never sent, a running one frees its lane at once (the server may still finish it), the rest
   * of a settled one is no longer read. False when it was over already. `reason` becomes the error's `cause`.
   */
  abort(reason?: unknown): boolean;
  /** Everything the answer said. Rejects as the call does, but never shows up as an unhandled rejection. */
  readonly outcome: Promise<Outcome<R>>;
}

export interface CallInfo extends Timings {
  id: number;
  /** Absent for routes. */
  actionId?: string;
  name?: string;
  /** `"route"` for what `route()` sends. */
  lane: LaneName;
  state: CallState;
  /** How often it has been sent, once it has. */
  attempt?: number;
  /** With `running`: the attempt failed, and the next one starts then; the lane is held. On the clock of `performance.now()`. */
  retryAt?: number;
  /** With `preparing` and `waiting`: it has waited for half a minute. With `running`: the attempt has had no value for as long. */
  late?: true;
  /** Once it has been sent: it was to go on when the page is left, and does not, as in `Outcome`. */
  keepalive?: false;
  /** Another page has made it: it comes from the outbox. */
  replayed?: true;
}

/** What `subscribe` hears: a call entered `state`. Never arguments, never answers. */
export interface CallEvent extends CallInfo {
  /**
   * With `preparing`, `running`, and `draining` of `fetch`: it holds its lane for half a minute, and so many calls wait behind
   * it. Told once a call; `console.warn` says the same, in production, too.
   */
  behind?: number;
  /** With `running`: the server did not know the action, it was found in the page as deployed now, and is sent once more. */
  recovered?: true;
  /** With `draining` and `done`: how the call was settled. */
  code?: "ok" | ErrorCode;
}

/** In other states there is nothing to cancel: `INVALID_OPTION`. */
export type CancelFilter = Partial<Pick<CallInfo, "id" | "actionId" | "name" | "lane">> & { state?: Exclude<CallState, "draining" | "done"> };

export interface Lane {
  readonly name: LaneName;
  /** How many calls wait in it. */
  readonly size: number;
  /** Nothing more starts until `resume()`; what runs goes on. */
  pause(): void;
  resume(): void;
  /** Rejects what waits in it with `CLEARED`; what runs goes on. Gives how many those were. */
  clear(reason?: unknown): number;
}

export interface Dispatcher {
  /**
   * Calls a Server Action. Never throws: whatever is wrong, the promise rejects with an `ActionError`. The arguments are read when the
   * call is made, or when the wasm is there: do not change them before. A getter among them may run more than once.
   */
  call<R = any>(ref: ActionRef, args?: readonly unknown[], options?: CallOptions): ActionCall<R>;
  /** The action as a function, for `<form action>`, `useActionState` and event handlers. */
  bind<A extends readonly unknown[] = any[], R = any>(ref: ActionRef, options?: BindOptions): (...args: A) => ActionCall<R>;
  /** `fetch` for route handlers: at once, past every lane, also before the wasm is there. Rejects with an `ActionError`. */
  route(input: RequestInfo | URL, init?: RequestInit, options?: RouteOptions): Promise<Response>;
  /**
   * A drop-in for `fetch`: a POST with `Next-Action` waits for its turn in its lane, everything else goes at once. Resolves with the head of
   * the answer, and rejects as `fetch` does. Once the dispatcher is closed, everything goes at once.
   *
   * An action takes `FetchOptions`, everything else `RouteOptions`; what is wrong with them is an `INVALID_OPTION`, which rejects.
   *
   * It may take the place of the page's: `window.fetch = d.fetch`. It calls the one that was there when it was read last. Within a function,
   * `(...args) => d.fetch(...args)`, that is the one that was there when the dispatcher was made, or has sent last. What the dispatcher sends
   * itself goes through the wrappers around it, then past its lanes. A wrapper that waits, then changes the address of an action and makes a
   * `new Request` of it hides whose it is: give the `fetch` beneath as the option `fetch`, or the action waits for itself.
   */
  readonly fetch: (input: RequestInfo | URL, init?: RequestInit, options?: FetchOptions | RouteOptions) => Promise<Response>;
  /** The same object each time, as is that of a lane. */
  readonly outbox: Outbox;
  lane(name: LaneName): Lane;
  /** Nothing more starts, in any lane, until `resume()`; what runs goes on. A lane paused by itself stays so. */
  pause(): void;
  resume(): void;
  /**
   * Aborts the calls, and routes, that the filter chooses: a function of what `snapshot()` shows, or properties that must be equal. Gives how
   * many those were. Throws `INVALID_OPTION`, and aborts nothing, where the filter throws, and where an object has no property, or an undefined
   * one.
   */
  cancel(filter: ((call: CallInfo) => unknown) | CancelFilter, reason?: unknown): number;
  /** Rejects everything that waits, in every lane, with `CLEARED`. Gives how many those were. */
  clear(reason?: unknown): number;
  /** Resolves when every call made so far, and every one made meanwhile, has settled. */
  idle(): Promise<void>;
  /** How many calls and routes have not settled. */
  readonly pending: number;
  /**
   * Every call and route that is not over, in order of calling. The same array while nothing in it has changed, and in the next one the same object
   * for each call that has not: `useSyncExternalStore(d.subscribe, d.snapshot, d.snapshot)`.
   */
  snapshot(): readonly CallInfo[];
  /** Hears every change of state, in order, in a microtask of its own. Gives the function that ends it. */
  subscribe(listener: (event: CallEvent) => void): () => void;
  /**
   * Rejects everything open with `CLOSED`, cancels what drains; later calls reject with `CLOSED`. What is in the outbox stays there. A dispatcher that is
   * not closed lives as long as the page.
   */
  close(): void;
}

/** Nothing is sent and nothing waited for here; loading the wasm starts where there is a document or a worker. */
export function createDispatcher(options?: DispatcherOptions): Dispatcher;

/** What `ready` is to wait for, beside the dispatcher. */
export interface ReadyOptions {
  /**
   * The codec, too: a second module of wasm, and its JavaScript, which are loaded by the first argument or answer that is not plain. Default `false`.
   */
  codec?: boolean;
}

/**
 * Resolves when the wasm is there; rejects with `WASM_LOAD` or `WASM_BLOCKED`. Starts the loading, again if it failed. Where the file cannot
 * be had (a bundler has not copied it, a policy forbids fetching it), the copy of it in a chunk of the package is loaded.
 */
export function ready(options?: ReadyOptions): Promise<void>;

/** What `init` takes: where a wasm is, or the wasm itself. */
export type WasmSource = string | URL | Request | Response | BufferSource | WebAssembly.Module;

/** Where each of the two modules is: `actionlane/actionlane.wasm`, the dispatcher, and `actionlane/flight.wasm`, the codec. */
export interface WasmSources {
  dispatcher?: WasmSource | Promise<WasmSource>;
  /** Loaded when it is needed, or by `ready({ codec: true })`. Default: the place that the package knows. */
  flight?: WasmSource | Promise<WasmSource>;
}

/**
 * Loads the wasm from a place of your own, and from no other: it fails where the wasm of this version is not there. One source is that of the
 * dispatcher. Only the first success counts; call it before `createDispatcher()`, which loads from the default place.
 */
export function init(source?: WasmSource | Promise<WasmSource> | WasmSources): Promise<void>;

/**
 * How much of an answer is believed. The defaults take whatever React's client takes in any browser. Beyond a bound the error is a `DECODE`
 * that names it. `Infinity` is no bound: then the end of the memory, or the engine, is.
 */
export interface Limits {
  /** Bytes of the whole answer, streams in it included. Default 1 GiB. Protects the memory of the decoder: 4 GiB, in which all answers are. */
  maxBytes?: number;
  /** Bytes of one row, its id and tag included. Default 128 MiB. Protects the same: a row of small values takes twenty times as much. */
  maxRowBytes?: number;
  /** Promises and lazy values that wait for their rows at the same time. Default 1 048 576. Protects from a few bytes each that cost some hundred. */
  maxOpenRows?: number;
  /**
   * Containers inside containers, within one row; of arguments, all in all, where the error is an `ENCODE`. Default 20 000. Nothing here
   * needs the stack for them: it protects whoever walks through a value by recursion, as `JSON.stringify` does in some browsers.
   */
  maxDepth?: number;
  /** Digits of one bigint. Default 1 000 000; Firefox has no bigint of more than 315 653. Protects the time that it takes to read them. */
  maxDigits?: number;
  /**
   * Bytes that have arrived of all streams in the answer and have not been read. There is no back-pressure. Default 1 GiB. Protects the
   * memory of the page. The stream that goes beyond it fails, the answer does not.
   */
  maxUnreadBytes?: number;
}

export interface DecodeOptions extends Limits {
  /** The object that `encode` was given: the answer may refer back to what was sent. */
  temporaryReferences?: object;
}

/**
 * Decodes a React Flight stream: what a server component page or an action answers with.
 *
 * `value` is there as soon as the rows it needs are; promises inside it settle while the rest arrives. `done` resolves when the last
 * byte has been read. Both reject with an `ActionError`: `DECODE`, `ACTION_THREW` for a value the server threw, `NETWORK` where the
 * stream broke off.
 */
export function decode<R = any>(
  source: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Response | Uint8Array | ArrayBuffer,
  options?: DecodeOptions,
): { value: Promise<R>; done: Promise<void> };

export interface EncodeOptions {
  /** The server's, as in `DispatcherOptions`. */
  nextVersion?: string;
  /**
   * An object of your own, `{}`. With it, what the server cannot be shown (functions, class instances, …) is sent as a reference it can
   * give back, kept under that object: pass the same to `decode`. Without it such values are an `ENCODE` error.
   */
  temporaryReferences?: object;
  /** Once it aborts, the body is what there is of it: promises and streams that are still open are left open. */
  signal?: AbortSignal;
  /** As in `Limits`. */
  maxDepth?: number;
}

/**
 * Encodes a value, of an action the array of its arguments, as React does: the body of a request. Rejects with `ENCODE`, saying which
 * argument and where.
 */
export function encode(value: unknown, options?: EncodeOptions): Promise<string | FormData>;

export type ErrorCode =
  | "ABORTED" | "TIMEOUT" | "NETWORK" | "HTTP" | "NOT_FLIGHT" | "DECODE" | "ENCODE"
  | "ACTION_THREW" | "NOT_FOUND" | "FORBIDDEN" | "UNAUTHORIZED" | "ACTION_NOT_FOUND"
  | "DEADLINE" | "OFFLINE" | "REDIRECT_BLOCKED" | "CROSS_ORIGIN" | "BODY_TOO_LARGE" | "QUEUE_FULL" | "DROPPED" | "REPLACED" | "CLEARED" | "KEY_CONFLICT" | "STORAGE" | "EXPIRED" | "CLOSED" | "WASM_BLOCKED" | "WASM_LOAD" | "INTERNAL" | "INVALID_OPTION";

/** `no`: the action certainly did not run. `unknown`: it may have. `yes`: the server answered. */
export type Sent = "no" | "unknown" | "yes";

/**
 * `message` begins with the call's name, or the first digits of the action's id: `saveTokens: no value within 50 ms`; of a route with its method
 * and path. `stack` shows who made the call.
 */
export class ActionError extends Error {
  readonly name: "ActionError";
  readonly code: ErrorCode;
  readonly sent: Sent;
  /** HTTP status, once there was an answer. */
  readonly status?: number;
  /** The server's digest of a thrown error. Untrusted text. */
  readonly digest?: string;
  /** The `errors` of an AggregateError that the action threw, which `next dev` tells. Not enumerable. */
  readonly errors?: unknown[];
  /** Where the action threw: `Server` and the like, which `next dev` tells. */
  readonly environmentName?: string;
  readonly actionId?: string;
  readonly actionName?: string;
  readonly outcome?: Partial<Outcome>;
  /** How often it was sent, where it was answered. */
  readonly attempt?: number;
  /** What the request was sent with. */
  readonly idempotencyKey?: string;
  /** What the server said with `Retry-After`. */
  readonly retryAfter?: Milliseconds;
  /** The reason of an abort, the error of `fetch`, …; of `ACTION_THREW`, the `cause` of the server's own error, which `next dev` tells. */
  readonly cause?: unknown;
  /** With `HTTP` and `NOT_FLIGHT`: the first 200 characters of a textual answer. Not enumerable, so that logs do not carry it along. */
  readonly excerpt?: string;
  /**
   * With `ACTION_NOT_FOUND`, `OFFLINE`, `QUEUE_FULL`, `DROPPED`, `CLEARED` and `WASM_LOAD`, after which the action certainly did not run: makes the
   * call once more, with the arguments and options it had. Not enumerable.
   */
  readonly retry?: () => ActionCall;
}

/** Also true for errors of another copy of this package, another frame, another realm. */
export function isActionError(error: unknown): error is ActionError;
