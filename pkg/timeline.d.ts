/**
 * Types of `actionlane/timeline`: the element `<actionlane-timeline>`, which shows the calls of a page. Import it in
 * Client Components only. See `docs/timeline.md`.
 */

import type { CallState, Dispatcher, ErrorCode, LaneName } from "./index.js";
import type { Observed, WaitedFor } from "./observe.js";

/**
 * Something that a timeline shows. An observer also shows actions that no dispatcher has sent, and headers. It follows
 * the dispatchers beside it, and brings along those that it follows already.
 */
export type TimelineSource = Dispatcher | Observed;

/** One request of a call. Times are on the clock of `performance.now()`. */
export interface TimelineAttempt {
  /** Number of the observer's entry for the request, as in `waitedFor`. Absent without an observer. */
  entry?: number;
  /** Number of the attempt, counting from 1. Absent if the call shares the answer of another one. */
  number?: number;
  /** Set if the call shares the answer of another one. */
  isShared?: true;
  /** When the request was sent. */
  start: number;
  /** When the first byte of the answer arrived. */
  firstByte?: number;
  /** When the head of the answer arrived. */
  head?: number;
  /** When it was over. */
  end?: number;
  /** HTTP status. */
  status?: number;
  /** Name of the error with which the request failed. */
  error?: string;
  /** Bytes of the answer's body as they were sent. */
  size?: number;
}

/** A call, as a timeline shows and exports it: without arguments, answers and headers. */
export interface TimelineCall {
  /** Number of the call in the timeline, counting from 1. */
  number: number;
  /** Id of the action. Absent for routes. */
  id?: string;
  /** Name of the action or route, if it is known. */
  name?: string;
  /** Reason for which it is not known, as in `ObservedAction`. */
  unnamed?: "next-14" | "unread" | "inline";
  /** Lane of the call; `"actions"` if no dispatcher has sent it. */
  lane: LaneName;
  /** State of the call. */
  state: CallState;
  /** When the call was made. Without a dispatcher: since when it is known to have waited. */
  queuedAt: number;
  /** When the call was over. */
  endedAt?: number;
  /** When the call's promise settled. */
  settledAt?: number;
  /** When the next attempt starts. */
  retryAt?: number;
  /** Result of the call, or name of the error with which the request failed. */
  code?: "ok" | ErrorCode | string;
  /** The requests, in order. */
  attempts: TimelineAttempt[];
  /** The observer's entry for which it waited. */
  waitedFor?: WaitedFor;
  /** Number of the call whose answer it shares; 0 if that one is not known. */
  joined?: number;
  /** Address that the action redirected to, without its query. */
  redirected?: string;
  /** True if the action made data stale. */
  revalidated?: true;
}

/** All that a timeline holds, as plain data. */
export interface TimelineExport {
  format: "actionlane-timeline";
  version: 1;
  /** When the clock of `performance.now()` began, in ms since 1970. */
  timeOrigin: number;
  /** When this was exported. */
  now: number;
  /** The calls, in order of arrival. */
  calls: TimelineCall[];
  /** Times without a network. */
  offline: { from: number; to?: number }[];
}

/** A trace in the Trace Event Format, which Perfetto and the Performance panel of DevTools open. */
export interface TimelineTrace {
  displayTimeUnit: "ms";
  traceEvents: { ph: string; name: string; pid: number; tid?: number; ts?: number; dur?: number }[];
}

/**
 * The element `<actionlane-timeline>`. Its attribute `theme` is `"light"` or `"dark"`; without it, the user's
 * preference counts. With `docked` it lies over the lower edge of the window, and `collapsed` makes that a button.
 *
 * @example
 * ```ts
 * import { createDispatcher } from "actionlane";
 * import "actionlane/timeline";
 *
 * const timeline = document.createElement("actionlane-timeline");
 * timeline.source = createDispatcher();
 * document.body.append(timeline);
 * ```
 */
export declare class ActionlaneTimeline extends HTMLElement {
  /** The sources that are shown. Calls of earlier sources stay. Default: none. */
  source: TimelineSource | TimelineSource[] | null | undefined;
  /** True while the calls are shown as they were; new ones are kept. Default `false`. */
  paused: boolean;
  /** Forgets the calls that are over. */
  clear(): void;
  /** Returns the last 1000 calls. */
  toJSON(): TimelineExport;
  /** Returns them as a trace, whose JSON is a file for Perfetto. A lane is a process in it. */
  toTrace(): TimelineTrace;
}

/**
 * Shows a timeline over the lower edge of the window, once the page has loaded. Further calls change what it shows.
 *
 * @example
 * ```ts
 * import { observe } from "actionlane/observe";
 * import { showTimeline } from "actionlane/timeline";
 *
 * showTimeline(observe());
 * ```
 */
export function showTimeline(source: TimelineSource | TimelineSource[]): ActionlaneTimeline;

declare global {
  interface HTMLElementTagNameMap {
    "actionlane-timeline": ActionlaneTimeline;
  }
}
