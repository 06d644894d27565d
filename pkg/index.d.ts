/**
 * Types of `actionlane`: a client-side dispatcher for Next.js Server Actions.
 *
 * Durations are milliseconds. Points in time are milliseconds on the clock of `performance.now()`, unless a field
 * says otherwise. Functions reject, or throw, with an `ActionError` whose `code` is an `ErrorCode`.
 */

/**
 * Name of the queue that a call waits in. `"main"`, the default, runs one call at a time, in order of calling.
 * `"parallel"` has no queue. Any other name is a queue of its own, which runs one call at a time.
 */
export type LaneName = "main" | "parallel" | (string & {});

/** A Server Action as TypeScript sees it. */
export type Action = (...args: any) => PromiseLike<unknown>;

/** Key of the type that a `TypedRef` carries. Exists for the compiler only. */
declare const ACTION: unique symbol;

/**
 * A Server Action with its type, as `refs` of `actionlane/server` makes it: a plain object, fit for the props of a
 * Client Component. See `docs/references.md`.
 */
export interface TypedRef<A extends Action> {
  /** Id of the action. */
  readonly id: string;
  /** Name of the action. */
  readonly name: string;
  /** As in `IdRef`. Not set by `refs`. */
  readonly url?: string | URL;
  /** Never there. Carries the type. */
  readonly [ACTION]?: A;
}

/**
 * A Server Action without its type: its id (40 or 42 hexadecimal digits), or the id with a name and a URL.
 *
 * A Server Component can read the id as `action.$$id`, and `refs` of `actionlane/server` does. The name appears in
 * messages and events, and `skew: "recover"` finds the action by it after a deployment. The URL is where the action is
 * posted; `CallOptions.url` overrides it. Under `withActionlane`, the name of an action that the page imports will do.
 *
 * A `TypedRef` is none, so that a call with wrong arguments is an error of the compiler: pass its `id` to call it
 * without types.
 */
export type ActionRef = string | IdRef | NameRef;

/** An action by its id. */
export interface IdRef {
  /** Id of the action. */
  id: string;
  /** Name of the action. */
  name?: string;
  /** Address that the action is posted to. Default: the dispatcher's `url`. */
  url?: string | URL;
  /** Keeps typed references out. */
  readonly [ACTION]?: never;
}

/**
 * An action by its name, in a page that was built with `withActionlane`. The page must import the action, and no other
 * of this name; else the call fails with `INVALID_OPTION`.
 */
export interface NameRef {
  /** Absent. */
  id?: undefined;
  /** Name of the action. */
  name: string;
  /** As in `IdRef`. */
  url?: string | URL;
  /** Keeps functions out, which have a name. */
  apply?: never;
  /** Keeps typed references out. */
  readonly [ACTION]?: never;
}

/** Action that a typed reference carries, or an imported action itself. */
export type ActionOf<T> = T extends Action
  ? T
  : T extends { readonly [ACTION]?: infer A }
    ? A extends Action
      ? A
      : never
    : never;

/** Arguments of an action. Of one of several actions: those that suit each of them. */
export type ArgumentsOf<A extends Action> = [A] extends [(...args: infer P) => unknown] ? P : never;

/** Result of an action. */
export type ResultOf<A extends Action> = Awaited<ReturnType<A>>;

/** Arguments and options of a typed call. The arguments may be left out if the action needs none. */
export type TypedArguments<A extends Action> = [] extends ArgumentsOf<A>
  ? [args?: Readonly<ArgumentsOf<A>>, options?: CallOptions]
  : [args: Readonly<ArgumentsOf<A>>, options?: CallOptions];

/** Arguments and options of a call. */
export type CallArguments<T> = [ActionOf<T>] extends [never]
  ? [args?: readonly unknown[], options?: CallOptions]
  : TypedArguments<ActionOf<T>>;

/** Result of a call. `R`: that of an action whose type is not known. */
export type CallResult<T, R> = [ActionOf<T>] extends [never] ? R : ResultOf<ActionOf<T>>;

/** Milliseconds, greater than 0 unless an option says otherwise. `Infinity` means no limit. */
export type Milliseconds = number;

/** Options of `createDispatcher`. An option that is unknown or has a wrong value throws `INVALID_OPTION`. */
export interface DispatcherOptions {
  /**
   * Address that actions are posted to. A function runs once for each call, when the call is made. Default: the
   * page's URL at that moment. An address of another origin fails the call with `CROSS_ORIGIN`, except in a page that
   * no server answers for: that of a browser extension, or of an app on a device. There the host must permit the
   * request, and `serverActions.allowedOrigins` in `next.config` must have the host of the page's origin: the
   * extension's id.
   */
  url?: string | URL | (() => string | URL);
  /**
   * Headers added to every action request. A function runs before each attempt, retries included. A header of the
   * protocol (`Accept`, `Content-Type`, `Next-Action`, `RSC`, `x-deployment-id`, …) fails the call with
   * `INVALID_OPTION`.
   */
  headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>);
  /**
   * Function that sends requests. Default: `globalThis.fetch`, looked up for each request. If the page's `fetch` is
   * `d.fetch` or a wrapper around it, the dispatcher calls the `fetch` below it.
   *
   * The body of an answer is read by the first of `getReader`, async iteration (a stream of Node.js), `arrayBuffer`
   * and `text` that it has. A body that has none of these, or was read before, fails the call with `INVALID_OPTION`
   * and `sent: "yes"`. A result that is no `Response` fails it with `INVALID_OPTION` and `sent: "unknown"`. Neither
   * is retried.
   */
  fetch?: typeof globalThis.fetch;
  /** The `credentials` of each action request. Default `"same-origin"`. */
  credentials?: RequestCredentials;
  /** `CallOptions.timeout` for calls that set none. Default: none. */
  timeout?: Milliseconds;
  /** `CallOptions.stallTimeout` for calls that set none. Default: none. */
  stallTimeout?: Milliseconds;
  /**
   * `CallOptions.deadline` for calls that set none. Default: none. Does not apply to durable calls, which have a
   * `ttl`.
   */
  deadline?: Milliseconds;
  /**
   * `CallOptions.retry` for calls that set none. Default 0: no retries. A call is retried only if it carries an
   * idempotency key or certainly did not run, so set `idempotency: true` or `idempotencyKey` as well; calls of
   * `'use cache'` functions need none.
   */
  retry?: Retry;
  /**
   * `true`: every call carries an idempotency key, as with `idempotencyKey: true`. An object means `true`, and names
   * the header. Default `false`, with the header `Idempotency-Key` for the calls that set a key themselves. Does not
   * add keys to routes.
   */
  idempotency?:
    | boolean
    | {
        /** Name of the header. Default `"Idempotency-Key"`. */
        header?: string;
      };
  /**
   * Behaviour without a network. It starts once a request has failed while `navigator.onLine` is false.
   *
   * `"wait"` (default): calls keep their places, and nothing is sent until the browser reports a network or a probe
   * succeeds. Calls that may be retried are sent again then. `"fail"`: once a probe has failed too, waiting calls
   * and new calls fail with `OFFLINE`. `navigator.onLine` alone holds nothing back, since it is wrong on loopback
   * and with some VPNs.
   */
  offline?: "wait" | "fail";
  /**
   * File that is requested with `HEAD` to find out if the network is back: at once, then after 1, 2, 4, … up to 30
   * seconds, as long as a call waits. Name a file that always exists, not a page. Default: a script or style sheet
   * of the page's own origin. With `false`, or if the page has no such file, sending resumes after a second.
   */
  probe?: string | URL | false;
  /** Concurrency and strategy of lanes, by name. */
  lanes?: Partial<Record<LaneName, LaneOptions>>;
  /**
   * The server's version of Next.js, such as `"16.4.6"`. FormData, streams and functions among the arguments are
   * written the way that version reads them. `"any"` writes FormData and streams in both forms, with more bytes: for
   * servers of several versions, but for typed arrays, Blobs and repeated objects of Next.js 14. Default: the
   * version in `window.next.version` of an App Router page; elsewhere the form of the newest version.
   */
  nextVersion?: string;
  /**
   * Largest body that is sent, in bytes. A larger one fails the call with `BODY_TOO_LARGE` before it is sent. The
   * size of form data is known to about 1 KiB. Default 1 048 576, the default of `serverActions.bodySizeLimit` in
   * Next.js. `false`: no limit.
   */
  maxBodyBytes?: number | false;
  /**
   * Most calls that may wait, over all lanes. One more fails with `QUEUE_FULL`. Default 10 000. Calls that an
   * earlier page left in the outbox count, but are never refused.
   */
  maxQueued?: number;
  /** Bounds on answers, and on the depth of arguments. */
  limits?: Limits;
  /**
   * Calls among which a lane runs one at a time: see `docs/tabs.md`.
   *
   * `"dispatcher"` (default): those of this dispatcher. `"origin"`: those of all dispatchers with this scope, in all
   * tabs, frames and workers of the origin, in lanes of the same name. Calls of one dispatcher keep their order;
   * dispatchers take turns. Each call waits for a Web Lock, in a single tab too. `"parallel"` stays without order.
   *
   * Throws `INVALID_OPTION` if a lane has a `concurrency` above 1, or if the page has no `navigator.locks` or no
   * origin of its own. If the file that takes locks cannot be loaded, the call fails with `NETWORK` and
   * `sent: "no"`.
   */
  scope?: "dispatcher" | "origin";
  /**
   * Time that another tab, for example a suspended one, may hold a lane's lease while this dispatcher waits for it.
   * After it, at the latest after one and a half times as long, the lease is stolen, and calls of both tabs may
   * overlap. Default 60 000. `Infinity`: never. Choose more than a call takes with its retries. Only with
   * `scope: "origin"`; otherwise `INVALID_OPTION`.
   */
  leaseTimeout?: Milliseconds;
  /** `CallOptions.keepalive` for calls that set none. Default `true`. */
  keepalive?: boolean;
  /**
   * Navigator and refresher of the page, for redirects and for the refresh after a revalidation. Default `"auto"`.
   *
   * - `"next"`: the router of Next's App Router, `window.next.router`, looked up when it is needed.
   * - `"document"`: a redirect loads a document; a refresh is the event `actionlane:refresh` on `document`, whose
   *   `detail.kind` is a `Revalidated`.
   * - `"none"`: nothing happens; read `outcome.redirect` and `outcome.revalidated`.
   * - `"auto"`: `"next"` if its router is there, else `"document"`.
   * - an object: your own functions. An error that they throw goes to `reportError`; the call is not affected.
   */
  host?: "auto" | "next" | "document" | "none" | Host;
  /**
   * Path that the app is served under, such as `"/shop"`. Default: read from a page that Next.js rendered; `""` in
   * other pages. See `docs/redirects.md`.
   */
  basePath?: string;
  /** `CallOptions.redirect` for calls that set none. Default `"follow"`. */
  redirect?: RedirectMode;
  /** `CallOptions.render` for calls that set none. Default `"auto"`. */
  render?: RenderMode;
  /** `CallOptions.skew` for calls that set none. Default `"recover"`. */
  skew?: SkewMode;
  /**
   * Deployment that actions are sent to, as the header `x-deployment-id`, for platforms that keep several. Visible
   * ASCII. Default: the deployment of the page, from `data-dpl-id` of `<html>`, `NEXT_DEPLOYMENT_ID`, or `?dpl=` in
   * the addresses of its `/_next/` scripts. `""`: the header is not sent.
   */
  deploymentId?: string;
  /** Headers by which requests are found in traces and logs. Default: none. */
  trace?: Trace;
  /** Functions that run around each request of an action, and after each failure. */
  hooks?: Hooks;
  /** Store for durable calls. Default: none; a durable call then fails with `INVALID_OPTION`. */
  outbox?: OutboxOptions;
}

/** The outbox of one user. See `docs/outbox.md`. */
export interface OutboxOptions {
  /**
   * Id of the user who is logged in; not empty, stored in clear. When the dispatcher is made, it sends the entries
   * of this owner that no page sends any more, in order, before the first call of their lane. Entries of other
   * owners are not read. When another user logs in, call `outbox.clear()` or `close()`, and make another dispatcher.
   */
  owner: string;
  /**
   * Runs when an entry that another page made has ended, failed or been set aside. `result` holds the outcome or the
   * error. An error that it throws goes to `reportError`.
   */
  onResult?(
    entry: OutboxEntry,
    result: { outcome: Outcome; error?: undefined } | { error: ActionError; outcome?: undefined },
  ): void;
}

/** A durable call as stored, without its arguments. */
export interface OutboxEntry {
  /** Key of the entry in the store, for `remove(id)`. */
  id: number;
  /**
   * - `"sending"`: a call of this dispatcher, running or waiting.
   * - `"elsewhere"`: a call of another page or dispatcher that is still open.
   * - `"waiting"`: no page sends it yet.
   * - `"failed"`: its answer was not an action's, or the entry cannot be used. Only `flush()` sends it again.
   * - `"unreadable"`: written by another version of the package, or damaged.
   * - `"done"`: removed. Only in `onResult`.
   */
  state: "sending" | "elsewhere" | "waiting" | "failed" | "unreadable" | "done";
  /** Id of the call. Only with `"sending"`. */
  call?: number;
  /** Code of the error. With `"failed"`, and in `onResult` whenever there is an error. */
  code?: ErrorCode;
  /** The reason for which it cannot be read. Only with `"unreadable"`; such an entry has no field below `version`. */
  message?: string;
  /** Version of the format that the entry was written in. Only with `"unreadable"`, if that is why. */
  version?: number;
  /** Lane of the call. */
  lane?: LaneName;
  /** Id of the action. */
  actionId?: string;
  /** Name of the action, if the call had one. */
  name?: string;
  /** Absolute URL that the call is posted to. */
  url?: string;
  /** Idempotency key of the call, the same for every attempt. */
  idempotencyKey?: string;
  /** When the call was made, in milliseconds since 1970. */
  queuedAt?: number;
  /** When the entry expires, in milliseconds since 1970. */
  expiresAt?: number;
}

/**
 * Durable calls of a dispatcher. Methods reject with `STORAGE` if the store cannot be used, and with
 * `INVALID_OPTION` if the dispatcher has no `outbox`.
 */
export interface Outbox {
  /** Lists the owner's entries, of all pages, in order; and those whose owner cannot be read. */
  entries(): Promise<OutboxEntry[]>;
  /**
   * Removes an entry and aborts its call. Resolves with false if there is no such entry, or another page sends it.
   */
  remove(id: number): Promise<boolean>;
  /**
   * Sends the entries that no page sends, and those that failed. Resolves with their number, without waiting for
   * answers. Does not shorten the wait before a retry. Rejects with `CLOSED` if the dispatcher is closed.
   */
  flush(): Promise<number>;
  /**
   * Removes the owner's entries, of all pages, and those whose owner cannot be read. Aborts the calls of this
   * dispatcher; another page aborts its own before it would send them next. Resolves with the number of entries.
   * Call it at a logout.
   */
  clear(): Promise<number>;
}

/**
 * Trace headers of a request. `true` means `{ traceparent: true }`, `false` sends none. The option of a call
 * overrides the dispatcher's, property by property. A header of the same name in `headers`, or set by
 * `beforeRequest`, is sent instead.
 */
export type Trace = boolean | TraceOptions;

/** Properties of `trace`. */
export interface TraceOptions {
  /**
   * The header `traceparent` (W3C Trace Context, version 00). `true`: a new trace for each call, sampled. A string:
   * the `traceparent` of a parent; its trace and flags continue. Every attempt has a span id of its own. A string
   * that is no `traceparent` is `INVALID_OPTION`.
   */
  traceparent?: boolean | string;
  /**
   * The header `x-request-id`, the same for every attempt. `true`: a UUID of version 4. A string of visible ASCII:
   * itself. Any other string is `INVALID_OPTION`.
   */
  requestId?: boolean | string;
}

/**
 * Functions that run around requests of actions: of `call`, of `bind`, and of functions that the server returned.
 * `route` and `fetch` do not run them. A plain object, read when the dispatcher is made. A hook may call the
 * dispatcher.
 */
export interface Hooks {
  /**
   * Runs before each attempt, and may change `headers`. The dispatcher waits for it; the call's `timeout` includes
   * the wait. Headers of the protocol are `INVALID_OPTION`, as in `headers`.
   *
   * If it throws or rejects, nothing is sent, and the call fails with `INVALID_OPTION`, `sent: "no"` and the error
   * as `cause`. A durable call is kept and tried again; the error goes to `reportError`.
   *
   * @example Refreshes a login
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
  /** Runs for the head of each answer. Not waited for. An error that it throws goes to `reportError`. */
  afterResponse?(response: HookResponse): unknown;
  /**
   * Runs once for each call that fails, before its promise rejects. Not waited for. An error that it throws goes to
   * `reportError`. It also runs for a call that it makes itself, if that fails.
   */
  onError?(error: ActionError, call: HookCall): unknown;
}

/** The call that a hook runs for. */
export interface HookCall {
  /** Id of the call. */
  id: number;
  /** Id of the action that was sent last. Absent if the call's reference could not be read. */
  actionId?: string;
  /** Name of the action, if the call has one. */
  name?: string;
}

/** The attempt that `beforeRequest` runs for. */
export interface HookRequest extends HookCall {
  /** Id of the action that is sent. */
  actionId: string;
  /** Absolute URL of the request. */
  url: string;
  /** Number of the attempt, counting from 1. */
  attempt: number;
  /** Headers of the dispatcher and the call, without those of the protocol. Change them in place. */
  headers: Headers;
}

/** The answer that `afterResponse` runs for. */
export interface HookResponse extends Omit<HookRequest, "headers"> {
  /** HTTP status. */
  status: number;
  /** A copy of the answer's headers. */
  headers: Headers;
  /** URL that answered, if `fetch` was redirected away from `url`. */
  redirected?: string;
}

/** Navigation of your own, for the option `host`. At least one of the two functions, else `INVALID_OPTION`. */
export interface Host {
  /**
   * Navigates to an absolute `http:` or `https:` URL. `type` is undefined if the server does not say (Next.js 14.2);
   * treat it as `"push"`.
   */
  redirect?(url: string, type: "push" | "replace" | undefined): void;
  /**
   * Fetches fresh data for the page. Runs once for a burst of answers, before the last promise of the burst settles.
   */
  refresh?(kind: Revalidated): void;
}

/**
 * Data that an action made stale. `"all"`: data and cached pages. `"dynamic"`: only what is rendered for each
 * request.
 */
export type Revalidated = "all" | "dynamic";

/**
 * Handling of `redirect()`. `"follow"` (default): the host navigates, and the call resolves with `undefined`.
 * `"throw"`: the call rejects with Next's own redirect error, which is no `ActionError`, so that the boundaries of a
 * Next.js page navigate.
 *
 * Both happen only if the user is still on the page that made the call and no later call has redirected. Otherwise
 * the redirect is only in `outcome.redirect`. See `docs/redirects.md`.
 */
export type RedirectMode = "follow" | "throw";

/**
 * Rendering of the page into an answer that revalidates.
 *
 * `"auto"` (default): the server renders the page, and the page's router, the only one that could use it, has it
 * rendered again for the refresh. `"skip"`: asks the server not to render, with `x-action-forwarded`, an internal
 * header of Next.js. Cookies and revalidation still take effect. A server that ignores the header answers as usual.
 * A server that refuses, because the page that the call is posted to does not own the action, is asked once more
 * without it.
 */
export type RenderMode = "auto" | "skip";

/**
 * Handling of an action that the server does not know because another build was deployed. The action did not run.
 *
 * `"recover"` (default): finds an action that has a name by that name in the page as deployed now, and sends the
 * call once more. `"fail"`: fails with `ACTION_NOT_FOUND`. `"reload"`: fails with it, and reloads the page.
 */
export type SkewMode = "recover" | "fail" | "reload";

/**
 * Rule for a new call while calls of the same key are pending (not settled). The words are htmx's. See
 * `docs/strategies.md`.
 *
 * - `"queue"`: waits for its turn in the lane.
 * - `"queue last"`: waits; calls that wait already fail with `REPLACED`.
 * - `"drop"`: fails with `DROPPED`.
 * - `"replace"`: the other calls fail with `REPLACED`, running ones included. The server may still finish those.
 * - `"join"`: is not sent, and shares the answer of a pending call with the same action, URL and arguments. Calls
 *   whose arguments hold a file, form data, a Map, a Set, a stream, a promise or a temporary reference cannot be
 *   joined. Aborting a joined call does not abort the others.
 */
export type Strategy = "queue" | "queue last" | "drop" | "replace" | "join";

/**
 * Retries of a failed call: see `docs/retry.md`. A number is the `limit`.
 *
 * A call is retried only if its failure may pass (no answer, an answer that broke off, a timeout, or status 408,
 * 425, 429 or 5xx without an action's answer) and it is safe to repeat: it carries an idempotency key, is a
 * `'use cache'` function, or certainly did not run. The call holds its lane while it waits.
 */
export type Retry = number | RetryOptions;

/** Properties of `retry`. */
export interface RetryOptions {
  /** Most attempts after the first. Required, except for durable calls: an object without it is `INVALID_OPTION`. */
  limit?: number;
  /** Longest time from the first attempt to the start of the last. Default 30 000. */
  budget?: Milliseconds;
  /**
   * Longest wait before the second attempt. It doubles with each attempt; the actual wait is random. May be 0.
   * Default 300.
   */
  delay?: Milliseconds;
  /** Longest wait that `delay` grows to. May be 0. Default 10 000. */
  backoffLimit?: Milliseconds;
  /** Longest `Retry-After` that is honoured; a longer one counts as this. May be 0. Default 60 000. */
  maxRetryAfter?: Milliseconds;
}

/** Options of one lane. */
export interface LaneOptions {
  /**
   * Number of calls that run at once, started in order. A whole number above 0. Default 1; in `"parallel"` no limit.
   */
  concurrency?: number;
  /** `CallOptions.strategy` for calls that set none. Default `"queue"`. */
  strategy?: Strategy;
}

/** Options of one call. An option that is unknown or has a wrong value fails the call with `INVALID_OPTION`. */
export interface CallOptions {
  /**
   * Lane of the call. Default `"main"`. A function runs once, when the call is made, with the call's arguments;
   * `undefined` means the default. If it throws, the call fails with `INVALID_OPTION`.
   */
  lane?: LaneName | ((...args: any[]) => LaneName | undefined);
  /** Rule for this call while calls of its key are pending. Default: the lane's, else `"queue"`. */
  strategy?: Strategy;
  /** Key that `strategy` compares, in all lanes. Default: the same action in the same lane. */
  key?: string;
  /** Aborts the call in any state, with `ABORTED`. The signal's reason becomes the error's `cause`. */
  signal?: AbortSignal;
  /**
   * Longest time from sending to the value, for each attempt, waiting not included. Code `TIMEOUT`. Default: the
   * dispatcher's, else none.
   */
  timeout?: Milliseconds;
  /**
   * Longest silence of an answer: from its head, or one of its bytes, to the next byte. Code `TIMEOUT`. After the
   * value, the parts of it that are still open reject with that error. Default: the dispatcher's, else none.
   */
  stallTimeout?: Milliseconds;
  /**
   * Longest time from the call to the value, over all attempts, waiting included. Code `DEADLINE`. Default: the
   * dispatcher's, else none.
   */
  deadline?: Milliseconds;
  /**
   * Retries of this call. Default: the dispatcher's, else 0. Has no effect without an idempotency key, unless the
   * action is a `'use cache'` function; outside production, `console.warn` says so once for each action.
   */
  retry?: Retry;
  /**
   * Key by which the server recognises another attempt of the same call, sent as the header `Idempotency-Key`.
   * `true`: a UUID of version 4. A string of 1 to 255 visible ASCII characters without quotes and commas: itself.
   * `false`: none. Default: the dispatcher's `idempotency`, else `false`. The key has an effect only if the server
   * honours it, for example with `actionlane/server`.
   */
  idempotencyKey?: boolean | string;
  /**
   * Headers added to the request; they override those of the dispatcher. Headers of the protocol are
   * `INVALID_OPTION`.
   */
  headers?: HeadersInit;
  /** Address that this call is posted to. Default: that of the reference, else the dispatcher's `url`. */
  url?: string | URL;
  /** Name of the action, for events, messages and `skew: "recover"`. Default: the reference's name. */
  name?: string;
  /** Handling of `redirect()`. Default: the dispatcher's, else `"follow"`. */
  redirect?: RedirectMode;
  /** Rendering of the page into the answer. Default: the dispatcher's, else `"auto"`. */
  render?: RenderMode;
  /** Handling of an action that the server does not know. Default: the dispatcher's, else `"recover"`. */
  skew?: SkewMode;
  /**
   * True if the request may outlive the page (`keepalive` of `fetch`). Browsers allow 64 KiB of such bodies at a
   * time for the whole page, and the dispatcher sends at most four such requests at a time. A request that does not
   * fit is sent without it, and `outcome.keepalive` is `false`. See `docs/tabs.md`. Default: the dispatcher's, else
   * `true`.
   */
  keepalive?: boolean;
  /** Trace headers; they override the dispatcher's, property by property. */
  trace?: Trace;
  /**
   * Stores the call in IndexedDB, in clear, before it is sent and until it is answered, so that a later page of the
   * same owner sends it under the same idempotency key. `retry` sets only the waits. See `docs/outbox.md`. Default
   * `false`.
   *
   * Give durable calls a lane of their own and a `timeout`: such a call holds its lane until it is answered, up to
   * its `ttl`.
   *
   * Fails with `STORAGE` if the call cannot be stored: no room, no IndexedDB, no Web Locks (insecure pages), a file
   * that cannot be read, or the outbox's own file that cannot be loaded. Fails with `INVALID_OPTION` together with
   * `deadline`, `strategy: "join"` or `idempotencyKey: false`, and without `outbox` in the dispatcher. Fails with
   * `ENCODE` for functions and class instances among the arguments.
   */
  durable?: boolean | DurableOptions;
  /**
   * Bounds on the answer; they override the dispatcher's, property by property. A durable call that a later page
   * sends has the bounds of that page's dispatcher.
   */
  limits?: Limits;
  /**
   * Receives the progress of the upload. Starts again at 0 with each attempt. An error that it throws goes to
   * `reportError`. See `docs/uploads.md`.
   *
   * Such a call is sent with `XMLHttpRequest`, because `fetch` reports no progress. So its request ends with the page,
   * and a redirect of HTTP to another origin is followed where that origin allows it, before the call fails with
   * `NETWORK`. A call that joins another reports nothing, and neither does a durable call that a later page sends.
   *
   * Fails with `INVALID_OPTION` together with `keepalive: true`, with the dispatcher's `fetch` or
   * `credentials: "omit"`, and where there is no `XMLHttpRequest`: in Node.js and in service workers. If the file that
   * sends such calls cannot be loaded, the call fails with `NETWORK` and `sent: "no"`.
   */
  onProgress?: (progress: UploadProgress) => void;
}

/** Progress of an upload. */
export interface UploadProgress {
  /** Bytes of the body that have been sent. Grows during an attempt, and ends at `total`. */
  loaded: number;
  /** Bytes of the whole body. With files, it is a form with a few hundred bytes for each field. */
  total: number;
}

/** Properties of `durable`. */
export interface DurableOptions {
  /** Owner of the outbox, repeated. Another owner than the dispatcher's is `INVALID_OPTION`. */
  owner?: string;
  /** Time after the call in which it may be sent. Then it fails with `EXPIRED`. Default 86 400 000, a day. */
  ttl?: Milliseconds;
}

/** Options of `bind`: those of a call, but for `signal`. */
export interface BindOptions extends Omit<CallOptions, "signal" | "idempotencyKey"> {
  /** As in `CallOptions`. A string is `INVALID_OPTION`, since all calls would share it. */
  idempotencyKey?: boolean;
}

/**
 * Options of the forms of one binding. Those of `CallOptions` have their meaning there, but for these defaults:
 * `strategy` is `"drop"`, and `key` is one for each form.
 *
 * A form overrides them by attributes: `data-lane`, `data-strategy`, `data-key`, `data-timeout` (ms),
 * `data-idempotency-key`, `data-durable`, `data-reset-on-success`, `data-disable-submitter` and `data-show-errors`.
 * An attribute that is a yes or no means no with the value `"false"`, else yes.
 */
export interface FormOptions extends Omit<CallOptions, "lane" | "signal" | "url" | "name" | "idempotencyKey"> {
  /** Lane of the calls. Default `"main"`. */
  lane?: string;
  /** As in `CallOptions`. A string is `INVALID_OPTION`, since all submissions would share it. */
  idempotencyKey?: boolean;
  /** True if the button that submitted is disabled until the answer is there. Its value is sent. Default `true`. */
  disableSubmitter?: boolean;
  /** True if the form is reset once the action has returned, as React does. Default `true`. */
  resetOnSuccess?: boolean;
  /**
   * True if the validation issues in an answer are shown in the form's elements `[data-error-for="name"]`, each for the
   * field of that name; `data-error-for=""` shows those of the whole form. The field gets `aria-invalid`. Knows the
   * answers of next-safe-action, zod (issues, `flatten`, `treeify`, `format`) and zod-form-data. Default `false`.
   */
  showErrors?: boolean;
}

/** Options of `route`. The dispatcher's `timeout`, `retry` and `idempotency: true` do not apply to routes. */
export interface RouteOptions {
  /** Aborts the request, with `ABORTED`. */
  signal?: AbortSignal;
  /** Longest time from sending to the head of the answer, for each attempt. Code `TIMEOUT`. Default: none. */
  timeout?: Milliseconds;
  /**
   * Retries. Default 0. Applies to `GET` and `HEAD`, and to requests with an `idempotencyKey`, if no answer came or
   * its status is 408, 425, 429 or 5xx. With a key, 409 is retried too: the key's first request is still running.
   * The route gives what the last attempt gave. A request whose `init.body` is a stream is not retried. If retries
   * can have no effect, `console.warn` says so once, outside production.
   */
  retry?: Retry;
  /** As in `CallOptions`. Sent as `Idempotency-Key`, or as the header that the dispatcher's `idempotency` names. */
  idempotencyKey?: boolean | string;
  /** Name for events and messages. Default: method and path. */
  name?: string;
}

/**
 * Options of `fetch` for an action whose request is already built: see `docs/fetch.md`.
 *
 * `url`, `durable`, `keepalive`, `redirect`, `render`, `skew`, `limits` and `onProgress` are `INVALID_OPTION`: the
 * request has them, or the reader of the answer decides, or `fetch` cannot do it. The dispatcher's `timeout`,
 * `stallTimeout`, `deadline`, `retry`, `idempotency` and `trace` apply; its `headers` and hooks do not. An
 * idempotency key or trace that the request carries itself is kept.
 */
export interface FetchOptions
  extends Pick<
    CallOptions,
    "key" | "signal" | "timeout" | "stallTimeout" | "deadline" | "retry" | "idempotencyKey" | "name" | "trace"
  > {
  /** Lane of the action. Default `"main"`. A function is `INVALID_OPTION`, since the arguments are not known. */
  lane?: LaneName;
  /**
   * As in `CallOptions`. `"join"` is `INVALID_OPTION`, since a `Response` is read once; a lane's strategy `"join"`
   * counts as `"queue"` here.
   */
  strategy?: Exclude<Strategy, "join">;
  /**
   * Headers added to the request; they override its own. A function runs before each attempt, with its number from
   * 1.
   */
  headers?: HeadersInit | ((attempt: number) => HeadersInit | Promise<HeadersInit>);
  /**
   * Moment that frees the lane. `"value"` (default): the action's value has arrived, as for a call. The dispatcher
   * reads the body up to there, even if the caller does not. `"head"`: the head of the answer has arrived. A
   * redirect, an answer that is not an action's, and a result that is no `Response` of the browser free the lane
   * with the head in any case.
   */
  frees?: "value" | "head";
}

/**
 * State of a call, in this order:
 *
 * - `"loading"`: waits for the wasm.
 * - `"preparing"`: has its place in the lane, and holds it while promises or streams among its arguments complete.
 * - `"waiting"`: waits for its turn in the lane.
 * - `"running"`: sent, without a value yet; or waiting for a retry.
 * - `"draining"`: settled, while the rest of the answer arrives. Of `fetch`, also while the lane is held for the
 *   value.
 * - `"done"`: over.
 */
export type CallState = "loading" | "preparing" | "waiting" | "running" | "draining" | "done";

/** Times of a call, on the clock of `performance.now()`. Of several attempts, those of the last. */
export interface Timings {
  /** When the call was made. */
  queuedAt: number;
  /** When the request was sent. */
  startedAt?: number;
  /** When the head of the answer arrived. */
  headAt?: number;
  /** When the action's own value arrived. */
  valueAt?: number;
  /** When the call's promise settled. */
  settledAt?: number;
}

/** Everything that an answer said. */
export interface Outcome<R = unknown> {
  /** Value that the action returned. `undefined` after a redirect. */
  value: R;
  /** HTTP status. An answer with status 404 or 500 can carry a value. */
  status: number;
  /** Headers of the answer. */
  headers: Headers;
  /** URL that answered, if `fetch` was redirected, for example by a middleware. */
  url?: string;
  /**
   * Redirect of the action. `url` is absolute; of a blocked redirect it is the server's own text. `type` is absent
   * if the server does not say (Next.js 14.2). `followed` is true if the host was told to navigate.
   */
  redirect?: { url: string; type?: "push" | "replace"; followed: boolean };
  /** Data that the action made stale. The host refreshes once for a burst of answers, within 500 ms. */
  revalidated?: Revalidated;
  /** True if the answer holds the page, rendered again. */
  rendered: boolean;
  /**
   * The page in the answer, or the page that a redirect within the app leads to. For tools: only the page's own
   * router can display it. `undefined` if there is none, or if another build or deployment than the document's
   * rendered it.
   *
   * Resolves after the end of the answer. The bytes stay in memory as long as the outcome, and are decoded when this
   * is first read. Rejects with `NETWORK` if the file that decodes them cannot be loaded; reading it again loads it
   * again.
   */
  readonly payload: Promise<Payload | undefined>;
  /**
   * Number of requests that were sent for the call: more than 1 after a retry, after a refused `render: "skip"`, and
   * after a skew recovery.
   */
  attempts: number;
  /**
   * Trace headers of the last request, with `trace`. Those of a failed call are in `error.outcome`, once it was
   * sent.
   */
  trace?: { traceparent?: string; requestId?: string };
  /** Idempotency key of the call, if it had one. */
  idempotencyKey?: string;
  /** `false` if the request should have outlived the page but did not fit. Absent otherwise. */
  keepalive?: false;
  /** Times of the call. */
  timings: Timings;
}

/** A rendered page in an answer, as Next.js writes it. The shape is Next's own and differs between versions. */
export interface Payload {
  /** Transport data in Next.js 16.4, flight data before. */
  data: unknown;
  /** Build that rendered the page. Absent if a deployment id is used instead. */
  buildId?: string;
  /** Search string that the page was rendered for. From Next.js 16.1. */
  search?: string;
  /** True if an intercepted route was rendered. */
  intercepted?: boolean;
}

/** A call: a promise of the action's value, with a handle on the call. */
export interface ActionCall<R = unknown> extends Promise<R> {
  /** Number of the call, unique within its dispatcher, counting from 1 in order of calling. */
  readonly id: number;
  /** State of the call now. */
  readonly state: CallState;
  /**
   * Aborts the call with `ABORTED`. A waiting call is never sent. A running call frees its lane at once; the server
   * may still finish it. Of a settled call, the rest of the answer is not read. `reason` becomes the error's
   * `cause`. Returns false if the call was over.
   */
  abort(reason?: unknown): boolean;
  /** Everything that the answer said. Rejects as the call does, without an unhandled rejection of its own. */
  readonly outcome: Promise<Outcome<R>>;
}

/** A call or route as `snapshot()` shows it, without arguments and answers. */
export interface CallInfo extends Timings {
  /** Number of the call, as `ActionCall.id`. */
  id: number;
  /** Id of the action. Absent for routes. */
  actionId?: string;
  /** Name of the action or route, if it has one. */
  name?: string;
  /** Lane of the call; `"route"` for a route. */
  lane: LaneName;
  /** State of the call. */
  state: CallState;
  /** Number of requests that were sent, once there is one. */
  attempt?: number;
  /**
   * When the next attempt starts, on the clock of `performance.now()`. Only with `"running"`, after a failed
   * attempt.
   */
  retryAt?: number;
  /**
   * Set if it has waited for 30 s (`"preparing"`, `"waiting"`), or the attempt has had no value for 30 s
   * (`"running"`).
   */
  late?: true;
  /** `false` if the request should have outlived the page but did not fit, as in `Outcome`. */
  keepalive?: false;
  /** Set if an earlier page made the call: it comes from the outbox. */
  replayed?: true;
}

/** A change of state, for `subscribe`: a call entered `state`. Holds no arguments and no answers. */
export interface CallEvent extends CallInfo {
  /**
   * Number of calls that wait behind this one, after it has held its lane for 30 s. Sent once for each call, with
   * `"preparing"`, `"running"`, and `"draining"` of `fetch`. `console.warn` says the same, in production too.
   */
  behind?: number;
  /**
   * Set if the server did not know the action, and the call is sent again under the id of the page as deployed now.
   */
  recovered?: true;
  /** Result of the call. With `"draining"` and `"done"`. */
  code?: "ok" | ErrorCode;
}

/**
 * Properties that calls must have to be cancelled. At least one, and none of them undefined, else `INVALID_OPTION`.
 * In the states `"draining"` and `"done"` there is nothing to cancel.
 */
export type CancelFilter = Partial<Pick<CallInfo, "id" | "actionId" | "name" | "lane">> & {
  /** State of the call. */
  state?: Exclude<CallState, "draining" | "done">;
};

/** One lane of a dispatcher. */
export interface Lane {
  /** Name of the lane. */
  readonly name: LaneName;
  /** Number of calls that wait in the lane. */
  readonly size: number;
  /** Starts no more calls until `resume()`. Running calls go on. */
  pause(): void;
  /** Starts calls again. */
  resume(): void;
  /**
   * Fails the calls that wait in the lane with `CLEARED`. Running calls go on. Returns the number of failed calls.
   * `reason` becomes the `cause` of the errors.
   */
  clear(reason?: unknown): number;
}

/** Sends actions in lanes, and routes at once. Its methods may be used without the object: `const { call } = d`. */
export interface Dispatcher {
  /**
   * Calls a Server Action. Never throws: every fault rejects the promise with an `ActionError`.
   *
   * Infers arguments and result from a reference that `refs` of `actionlane/server` has made, and from an imported
   * action, which only a page that was built with `withActionlane` can call. Else the result is `unknown`, unless `R`
   * says more.
   *
   * Arguments are read when the call is made, or once the wasm and, for values that are not plain, the codec are
   * loaded: do not change them until the call is sent. A getter among them may run more than once. At most 1000
   * arguments.
   *
   * @example
   * ```ts
   * const order = await d.call(refs.placeOrder, [cart], { lane: "checkout", timeout: 10_000 });
   * ```
   * @example Without a typed reference
   * ```ts
   * const order = await d.call<Order>(ids.placeOrder, [cart]);
   * ```
   * @example Aborts a call
   * ```ts
   * const call = d.call(ids.search, [text], { strategy: "replace" });
   * call.abort("the dialog was closed"); // true; call rejects with ABORTED
   * ```
   */
  call<R = unknown, T extends ActionRef | Action | TypedRef<any> = ActionRef>(
    ref: T,
    ...rest: CallArguments<T>
  ): ActionCall<CallResult<T, R>>;
  /**
   * Returns the action as a function, for `<form action>`, `useActionState` and event handlers.
   *
   * @example
   * ```tsx
   * const save = d.bind({ id: ids.save, name: "save" }, { lane: "draft", strategy: "queue last" });
   * return <form action={save}>…</form>;
   * ```
   */
  bind<A extends readonly unknown[] = any[], R = unknown>(
    ref: ActionRef,
    options?: BindOptions,
  ): (...args: A) => ActionCall<R>;
  /** Does the same for a typed reference or an imported action, whose arguments and result the function has. */
  bind<T extends Action | TypedRef<any>>(
    ref: T,
    options?: BindOptions,
  ): (...args: ArgumentsOf<ActionOf<T>>) => ActionCall<ResultOf<ActionOf<T>>>;
  /**
   * Calls a route handler: `fetch` with a timeout, retries and typed errors. Sends at once, past every lane, and
   * needs no wasm. Resolves with an answer of any status. Rejects with an `ActionError`.
   *
   * @example
   * ```ts
   * const init = { method: "POST", body: JSON.stringify({ amount }) };
   * const response = await d.route("/api/session", init, { timeout: 5_000, retry: 2, idempotencyKey: true });
   * ```
   */
  route(input: RequestInfo | URL, init?: RequestInit, options?: RouteOptions): Promise<Response>;
  /**
   * A drop-in for `fetch`. A POST with the header `Next-Action` waits for its turn in its lane; every other request
   * is sent at once. Resolves with the head of the answer, and rejects as `fetch` does. Once the dispatcher is
   * closed, every request is sent at once. An action takes `FetchOptions`, other requests take `RouteOptions`. See
   * `docs/fetch.md`.
   *
   * It may replace the page's `fetch`; it then calls the function that was there when `d.fetch` was last read.
   * Inside a function of your own, `(...args) => d.fetch(...args)`, that is the one that was there when the
   * dispatcher was made or last sent a request. A wrapper that waits, changes the address of an action and then
   * makes a `new Request` hides the request's origin: pass the `fetch` below it as the option `fetch`, or the action
   * waits for itself.
   *
   * @example Puts Next's own actions through lanes
   * ```ts
   * window.fetch = d.fetch;
   * ```
   */
  readonly fetch: (
    input: RequestInfo | URL,
    init?: RequestInit,
    options?: FetchOptions | RouteOptions,
  ) => Promise<Response>;
  /**
   * Loads `actionlane/forms` and does what its `bindForms` does. Forms that are submitted before it is loaded are
   * posted by the browser. Reports a wrong option, or a part that cannot be loaded, as an uncaught error.
   *
   * @example
   * ```ts
   * const unbind = d.bindForms(document, { lane: "forms" });
   * ```
   */
  bindForms(root?: Document | ShadowRoot | Element, options?: FormOptions): () => void;
  /** Durable calls of this dispatcher. Always the same object. */
  readonly outbox: Outbox;
  /** Returns a lane by name; the same object for the same name. Throws `INVALID_OPTION` for an empty name. */
  lane(name: LaneName): Lane;
  /** Starts no more calls, in any lane, until `resume()`. Running calls go on. */
  pause(): void;
  /** Starts calls again. A lane that was paused by itself stays paused. */
  resume(): void;
  /**
   * Aborts the calls and routes that the filter chooses. Returns their number. A function gets each call as
   * `snapshot()` shows it. Throws `INVALID_OPTION`, and aborts nothing, if the filter throws, is empty, or has an
   * undefined property.
   *
   * @example
   * ```ts
   * d.cancel({ lane: "search" });
   * d.cancel((call) => call.state === "waiting" && call.name === "track", "the user opted out");
   * ```
   */
  cancel(filter: ((call: CallInfo) => unknown) | CancelFilter, reason?: unknown): number;
  /** Fails all waiting calls, in every lane, with `CLEARED`. Returns their number. Running calls go on. */
  clear(reason?: unknown): number;
  /** Resolves when every call made so far has settled, and every call made meanwhile. */
  idle(): Promise<void>;
  /** Number of calls and routes that have not settled. */
  readonly pending: number;
  /**
   * Lists the calls and routes that are not over, in order of calling. Returns the same array until something
   * changes, and the same object for each call that has not changed.
   *
   * @example Shows the calls in React
   * ```tsx
   * const calls = useSyncExternalStore(d.subscribe, d.snapshot, d.snapshot);
   * ```
   */
  snapshot(): readonly CallInfo[];
  /**
   * Calls `listener` for every change of state, in order, in a microtask of its own. Returns the function that ends
   * it. Throws `INVALID_OPTION` if `listener` is not a function.
   *
   * @example
   * ```ts
   * const end = d.subscribe(({ name, state, code }) => console.log(name, state, code));
   * ```
   */
  subscribe(listener: (event: CallEvent) => void): () => void;
  /**
   * Fails all open calls and routes with `CLOSED`, and reads no more of the answers that still stream. Later calls
   * fail with `CLOSED`. The outbox is kept. A dispatcher that is not closed lives as long as the page.
   */
  close(): void;
}

/**
 * Makes a dispatcher. In a document or a worker it starts to load the wasm; elsewhere the first call does. Sends
 * nothing, unless the outbox has entries left. Throws `INVALID_OPTION` for a wrong option.
 *
 * Make one in a module, not in a component: each dispatcher has lanes of its own.
 *
 * @example
 * ```ts
 * // lib/actions.ts
 * import { createDispatcher } from "actionlane";
 *
 * export const actions = createDispatcher({ timeout: 10_000, lanes: { uploads: { concurrency: 3 } } });
 * ```
 */
export function createDispatcher(options?: DispatcherOptions): Dispatcher;

/** Options of `ready`. */
export interface ReadyOptions {
  /**
   * True to load the codec as well, which otherwise the first argument or answer that is not plain loads. Default
   * `false`.
   */
  codec?: boolean;
}

/**
 * Loads the wasm, again if it failed before. Resolves once it is loaded. Rejects with `WASM_LOAD`, or with
 * `WASM_BLOCKED` if the page's Content-Security-Policy forbids wasm.
 *
 * @example Loads both modules ahead of the first call
 * ```ts
 * await ready({ codec: true });
 * ```
 */
export function ready(options?: ReadyOptions): Promise<void>;

/** A wasm module, or its address. */
export type WasmSource = string | URL | Request | Response | BufferSource | WebAssembly.Module;

/** Sources of the two wasm modules. */
export interface WasmSources {
  /** The file `actionlane/actionlane.wasm` of this version. Default: the place that the package knows. */
  dispatcher?: WasmSource | Promise<WasmSource>;
  /**
   * The file `actionlane/flight.wasm` of this version, the codec; loaded when needed. Default: the place that the
   * package knows.
   */
  flight?: WasmSource | Promise<WasmSource>;
}

/**
 * Loads the wasm from a place of your own, and from no other. Call it before `createDispatcher()`, which loads from
 * the default place; only the first success counts. A single source is the dispatcher's. Rejects with `WASM_LOAD` if
 * the source does not have the wasm of this version.
 *
 * @example
 * ```ts
 * await init({ dispatcher: "/static/actionlane.wasm", flight: "/static/flight.wasm" });
 * ```
 */
export function init(source?: WasmSource | Promise<WasmSource> | WasmSources): Promise<void>;

/**
 * Bounds on what the package accepts from a server. The defaults accept what React's client accepts in every
 * browser. An answer beyond a bound fails with `DECODE`, which names the bound. `Infinity` removes a bound; then
 * only memory limits it.
 */
export interface Limits {
  /**
   * Bytes of the whole answer, streams included. Default 1 GiB. Protects the decoder's memory: 4 GiB for all
   * answers.
   */
  maxBytes?: number;
  /**
   * Bytes of one row, with its id and tag. Default 128 MiB. Protects the decoder's memory: a row of small values
   * takes twenty times its size.
   */
  maxRowBytes?: number;
  /**
   * Promises and lazy values that wait for their rows at the same time. Default 1 048 576. Each takes a few bytes of
   * the answer and some hundred bytes of memory.
   */
  maxOpenRows?: number;
  /**
   * Depth of containers inside containers, in one row. Default 20 000. Applies to all arguments of a call too, with
   * the code `ENCODE`. Protects code that walks a value by recursion, as `JSON.stringify` does in some browsers.
   */
  maxDepth?: number;
  /**
   * Digits of one bigint. Default 1 000 000; Firefox has none of more than 315 653. Protects the time to read them.
   */
  maxDigits?: number;
  /**
   * Bytes of all streams in the answer that have arrived and are not read. Default 1 GiB. There is no back-pressure:
   * this protects the page's memory. Only the stream that exceeds it fails.
   */
  maxUnreadBytes?: number;
}

/** Options of `decode`. */
export interface DecodeOptions extends Limits {
  /** The object that was given to `encode`, so that values which the answer refers back to are found. */
  temporaryReferences?: object;
}

/**
 * Decodes a React Flight stream: the answer of an action, or of a Server Component page.
 *
 * `value` resolves once the rows that it needs have arrived; promises inside it settle as the rest arrives. `done`
 * resolves after the last byte. Both reject with an `ActionError`: `DECODE`, `ACTION_THREW` for a value that the
 * server threw, `NETWORK` for a stream that broke off, `INVALID_OPTION` for a source that cannot be read.
 *
 * @example
 * ```ts
 * const { value } = decode(await fetch("/page", { headers: { RSC: "1" } }));
 * console.log(await value);
 * ```
 */
export function decode<R = unknown>(
  source: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Response | Uint8Array | ArrayBuffer,
  options?: DecodeOptions,
): { value: Promise<R>; done: Promise<void> };

/** Options of `encode`. */
export interface EncodeOptions {
  /** The server's version of Next.js, as in `DispatcherOptions`. */
  nextVersion?: string;
  /**
   * An object of your own, `{}`. With it, values that cannot be sent (functions, class instances, …) are sent as
   * references that the server can give back, and are stored under that object: pass it to `decode`. Without it they
   * are `ENCODE`.
   */
  temporaryReferences?: object;
  /** Ends the body early: once it aborts, promises and streams that are still open are left open. */
  signal?: AbortSignal;
  /** As in `Limits`. */
  maxDepth?: number;
}

/**
 * Encodes a value as React does, as the body of a request: of an action, the array of its arguments. Rejects with
 * `ENCODE`, which says which argument cannot be sent and where.
 *
 * @example
 * ```ts
 * const body = await encode([{ id: 7n, due: new Date() }]);
 * ```
 */
export function encode(value: unknown, options?: EncodeOptions): Promise<string | FormData>;

/** Code of an `ActionError`. `sent` says if the action may have run. */
export type ErrorCode =
  /** The call was aborted: by its signal, `abort()`, `cancel()`, or `remove()` and `clear()` of the outbox. */
  | "ABORTED"
  /** An attempt took longer than `timeout`, or no byte arrived for `stallTimeout`. */
  | "TIMEOUT"
  /** No answer, or one that broke off. With sent no, a file of the package could not be loaded. */
  | "NETWORK"
  /** The answer is not an action's, and its status is 400 or above. */
  | "HTTP"
  /** The answer is not an action's, and its status is below 400: a login page, for example. */
  | "NOT_FLIGHT"
  /** The answer cannot be read, ended before the value, or exceeds one of `limits`. */
  | "DECODE"
  /** An argument cannot be sent. */
  | "ENCODE"
  /** The action threw. In production only `digest` says what. */
  | "ACTION_THREW"
  /** The action called `notFound()`. */
  | "NOT_FOUND"
  /** The action called `forbidden()`. */
  | "FORBIDDEN"
  /** The action called `unauthorized()`. */
  | "UNAUTHORIZED"
  /** The server does not know the action, and `skew` could not recover it. It did not run. */
  | "ACTION_NOT_FOUND"
  /** All attempts together took longer than `deadline`. */
  | "DEADLINE"
  /** There is no network, and the dispatcher has `offline` set to fail. */
  | "OFFLINE"
  /** The action redirected to an address that may not be followed: see `docs/redirects.md`. */
  | "REDIRECT_BLOCKED"
  /** The URL has another origin than the page. */
  | "CROSS_ORIGIN"
  /** The body is larger than `maxBodyBytes`. */
  | "BODY_TOO_LARGE"
  /** More calls than `maxQueued` wait. */
  | "QUEUE_FULL"
  /** A call of the same key is pending, and the strategy is drop. */
  | "DROPPED"
  /** A later call of the same key took its place. */
  | "REPLACED"
  /** `clear()` removed the call while it waited. */
  | "CLEARED"
  /** The first request with this idempotency key is still running, or was another request. */
  | "KEY_CONFLICT"
  /** A durable call could not be stored, or a stored one cannot be used. */
  | "STORAGE"
  /** A durable call had no answer within its `ttl`. */
  | "EXPIRED"
  /** The dispatcher is closed. */
  | "CLOSED"
  /** The Content-Security-Policy of the page forbids wasm. */
  | "WASM_BLOCKED"
  /** The wasm could not be loaded. */
  | "WASM_LOAD"
  /** A fault of the package. The next call gets a fresh instance. */
  | "INTERNAL"
  /** An option, an id, or a combination of options is wrong. */
  | "INVALID_OPTION";

/** `"no"`: the action certainly did not run. `"unknown"`: it may have run. `"yes"`: a response came. */
export type Sent = "no" | "unknown" | "yes";

/**
 * The error of every failed call. `message` begins with the call's name, the first digits of the action's id, or the
 * method and path of a route: `saveTokens: no value within 50 ms`. `stack` shows the code that made the call.
 *
 * @example
 * ```ts
 * try {
 *   await d.call(ids.pay, [amount]);
 * } catch (error) {
 *   if (isActionError(error) && error.sent !== "no") await askIfThePaymentWasMade();
 * }
 * ```
 */
export class ActionError extends Error {
  /** Always `"ActionError"`. */
  readonly name: "ActionError";
  /** Reason, from a closed list. */
  readonly code: ErrorCode;
  /** Says if the action may have run. */
  readonly sent: Sent;
  /** HTTP status, if there was an answer. */
  readonly status?: number;
  /** The server's digest of the error that the action threw. Untrusted text. */
  readonly digest?: string;
  /** The `errors` of an AggregateError that the action threw. Only from `next dev`. Not enumerable. */
  readonly errors?: unknown[];
  /** Environment in which the action threw, such as `Server`. Only from `next dev`. */
  readonly environmentName?: string;
  /** Id of the action. Absent for routes. */
  readonly actionId?: string;
  /** Name of the action, if the call had one. */
  readonly actionName?: string;
  /** The part of the outcome that is known. */
  readonly outcome?: Partial<Outcome>;
  /** Number of requests that were sent, if there is an `outcome`. Of a route, only after a retry. */
  readonly attempt?: number;
  /** Idempotency key of the call, if it had one. */
  readonly idempotencyKey?: string;
  /** The wait that the server asked for with `Retry-After`. */
  readonly retryAfter?: Milliseconds;
  /**
   * Reason of an abort, error of `fetch`, …. Of `ACTION_THREW`, the `cause` of the server's error, only from
   * `next dev`.
   */
  readonly cause?: unknown;
  /**
   * First 200 characters of a textual answer. With `HTTP` and `NOT_FLIGHT`. Not enumerable, so that logs leave it
   * out.
   */
  readonly excerpt?: string;
  /**
   * Makes the call once more, with the same arguments and options. Defined if the action certainly did not run and
   * the code is `ACTION_NOT_FOUND`, `OFFLINE`, `QUEUE_FULL`, `DROPPED`, `CLEARED` or `WASM_LOAD`. Not enumerable.
   */
  readonly retry?: () => ActionCall;
}

/**
 * Returns true if a value is an `ActionError`, also one of another copy of this package, another frame or another
 * realm.
 *
 * @example
 * ```ts
 * if (isActionError(error) && error.code === "TIMEOUT") showRetryButton();
 * ```
 */
export function isActionError(error: unknown): error is ActionError;

// Without this line every declaration is an export, that of `ACTION` too.
export {};
