/**
 * Types of `actionlane/observe`: shows the Server Actions of a page, and for which one another waited. Needs no wasm
 * and no dispatcher. See `docs/observe.md`.
 */

import type { Dispatcher, LaneName, Milliseconds } from "./index.js";

/**
 * A request of an action. Times are on the clock of `performance.now()`. An entry never changes: a new one replaces it.
 */
export interface ObservedAction {
  /** Number of the entry, counting from 1. */
  readonly number: number;
  /** Id of the action. */
  readonly id: string;
  /** Name of the action, once it is known: see `named()`. */
  readonly name?: string;
  /**
   * Reason for which the action has no name, once names were looked for. `"next-14"`: that version writes none.
   * `"unread"`: some scripts of the page could not be read. `"inline"`: no script imports it, so it is an inline
   * function or was passed as a prop.
   */
  readonly unnamed?: "next-14" | "unread" | "inline";
  /** Lane of the call. Only of a dispatcher that is followed. */
  readonly lane?: LaneName;
  /** Number of the call within its dispatcher, as `ActionCall.id`. Only of a dispatcher that is followed. */
  readonly call?: number;
  /** Number of the request among those of the call. Only of a dispatcher that is followed. */
  readonly attempt?: number;
  /** When the call was made, if a dispatcher has held it back. */
  readonly queuedAt?: number;
  /** When the request was sent. */
  readonly start: number;
  /** When the first byte of the answer arrived, from Resource Timing. */
  readonly firstByte?: number;
  /** When the page got the head of the answer. */
  readonly head?: number;
  /** When the answer ended, from Resource Timing; or when the request failed. */
  readonly end?: number;
  /** HTTP status. */
  readonly status?: number;
  /** Name of the error with which the request failed: `"AbortError"`. */
  readonly error?: string;
  /** Bytes of the answer's body as they were sent, from Resource Timing. */
  readonly size?: number;
  /** Address that the action redirects to, or that answered instead. */
  readonly redirected?: string;
  /** True if the action made data stale. */
  readonly revalidated?: true;
  /** The entry for which this one waited. */
  readonly waitedFor?: WaitedFor;
  /** Time that it has waited: since the call if a dispatcher said so, else since the last click or submit. */
  readonly waited?: Milliseconds;
}

/** The entry for which another one waited. */
export interface WaitedFor {
  /** Its number. */
  readonly entry: number;
  /** Id of its action. */
  readonly id: string;
  /**
   * True if a dispatcher said so. Otherwise the request started after the head of that answer and at most 50 ms after
   * its end, or later if the page was busy, with no click or submit in between.
   */
  readonly certain: boolean;
}

/** An action that a page knows. */
export interface DiscoveredAction {
  /** Id of the action. */
  id: string;
  /** Name of the action. Absent if only a form or a prop holds it. */
  name?: string;
}

/** The actions of a page. */
export interface Discovered {
  /** The actions, those with names first. */
  actions: DiscoveredAction[];
  /** Number of the app's scripts that could not be read, or are left for another call; at most 256. */
  unread: number;
}

/** Headers of a request or an answer. */
export interface ObservedHeaders {
  /** Those that hold no secrets: a fixed list, without cookies, credentials and headers of the app's own. */
  shown: Record<string, string>;
  /** Number of the others. */
  hidden: number;
}

/** The observer that `observe` returns. Its methods may be used without the object. */
export interface Observed {
  /** Returns the last 1000 entries, the oldest first. */
  entries(): readonly ObservedAction[];
  /**
   * Looks for names that are missing, in the page's scripts, and promises the entries. Each script is searched once;
   * one that could not be read is tried again. With `isSeldom`, actions that were looked for are looked for again after
   * 10 s at the earliest.
   */
  named(isSeldom?: boolean): Promise<readonly ObservedAction[]>;
  /** Prints the entries, with names, by `console.table`. */
  table(): Promise<void>;
  /** Calls `listener` for each new entry and for each that has changed. Returns the function that ends it. */
  subscribe(listener: (entry: ObservedAction) => void): () => void;
  /**
   * Finds the actions of a document or element, by default of the page: in the scripts that it names, its forms and its
   * Flight data. At most 256 new scripts, of 16 MiB each, in 10 s; another call goes on.
   */
  discover(root?: Document | Element): Promise<Discovered>;
  /**
   * Promises the headers of an entry's request, and of its answer once it is there. The browser adds more of its own.
   * Undefined if the entry is not known any more.
   */
  headers(number: number): Promise<{ request?: ObservedHeaders; answer?: ObservedHeaders } | undefined>;
  /** Returns the dispatchers that are followed. */
  dispatchers(): Dispatcher[];
  /**
   * Takes lanes, names and waits from the events of a dispatcher. That of `actionlane/next` is followed already.
   * Returns the function that ends it.
   */
  follow(dispatcher: Dispatcher): () => void;
  /** Ends it, and takes the wrapper off the page's `fetch`. Wrappers that others have added since stay. */
  restore(): void;
}

/**
 * Watches the actions that pass the page's `fetch` from now on, no matter which code sends them. Requests and answers
 * pass untouched. Several calls, also of several copies of the package, share one wrapper and its entries.
 *
 * @example
 * ```ts
 * import { observe } from "actionlane/observe";
 *
 * const observed = observe();
 * addEventListener("pagehide", () => console.log(observed.entries()));
 * ```
 */
export function observe(): Observed;

/** Options of `patch`. */
export interface PatchOptions {
  /**
   * `"observe"` (default): shows the calls of the dispatcher. `"queue"`: also sends the actions of other code through
   * the dispatcher's lanes, as `d.fetch` does. If the wasm cannot be loaded, they are sent at once.
   */
  mode?: "observe" | "queue";
}

/**
 * Observes a page together with a dispatcher. Requests that are no actions pass by untouched. Returns the function that
 * ends it.
 *
 * @example
 * ```ts
 * import { createDispatcher } from "actionlane";
 * import { patch } from "actionlane/observe";
 *
 * const restore = patch(createDispatcher(), globalThis, { mode: "queue" });
 * ```
 */
export function patch(dispatcher: Dispatcher, target: typeof globalThis, options?: PatchOptions): () => void;
