// Times the two calls of the payment page, in any of the six ways.
import type { Refs } from "actionlane/server";
import type { PaymentSession } from "@/lib/payment";

export type ActionName = "saveTokens" | "createPaymentSession";
export type PaymentRefs = Refs<Pick<typeof import("@/app/actions"), ActionName>>;

/** The two calls of the payment page, in one of the ways. */
export interface Pair {
  saveTokens(idToken: string, accessToken: string): Promise<unknown>;
  createPaymentSession(amount: number, idToken: string): Promise<PaymentSession>;
}

/**
 * The times of one call, in ms since the click: call made, request started, head of its answer arrived, value
 * arrived.
 */
export interface Track {
  action: ActionName;
  madeMs: number;
  startMs?: number;
  headMs?: number;
  valueMs?: number;
}

export interface Row {
  action: ActionName;
  /** Ms from the click to the request. */
  startMs: number;
  /** Ms from the click to the head of the answer, taken before the client that sent the request sees it. */
  headMs: number;
  /** Ms from the request to the value, when the caller's promise settles. */
  durationMs: number;
  /** Ms from the call to the request. */
  waitedMs: number;
}

export interface Run {
  /** Ms from the click to the payment session. */
  sessionReadyMs: number;
  rows: Row[];
  /** True for each token that the next request carried exactly. */
  cookies: { id_token: boolean; access_token: boolean };
  session: PaymentSession;
}

/** Receives every change: the tracks so far, and the time of the click on the clock of `performance.now()`. */
export type Progress = (tracks: Track[], clickedAt: number) => void;

const route = "/api/payin/session";

/**
 * Makes the two calls of a click without awaiting the first, and times them from the page's side. One wrapper
 * around `fetch` sees the requests of every way; the caller's own promises tell when the values arrive.
 */
export async function measure(pair: Pair, refs: PaymentRefs, amount: number, progress: Progress): Promise<Run> {
  await fetch("/api/cookies", { method: "DELETE" });
  const idToken = crypto.randomUUID();
  const accessToken = crypto.randomUUID();

  const clickedAt = performance.now();
  const tracks: Track[] = [];
  const elapsed = () => performance.now() - clickedAt;
  const update = (action: ActionName, times: Partial<Track>) => {
    const track = tracks.find((track) => track.action === action);
    if (track) Object.assign(track, times);
    else tracks.push({ action, madeMs: elapsed(), ...times });
    progress(tracks.map((track) => ({ ...track })), clickedAt);
  };
  const timed = async <T>(action: ActionName, call: () => Promise<T>): Promise<T> => {
    update(action, {});
    const value = await call();
    update(action, { valueMs: elapsed() });
    return value;
  };

  hear = (target, moment) => {
    const times = { [moment]: elapsed() };
    if (target === refs.saveTokens.id) update("saveTokens", times);
    if (target === refs.createPaymentSession.id || target === route) update("createPaymentSession", times);
  };
  wrapFetch();

  const [saved, session] = await Promise.allSettled([
    timed("saveTokens", () => pair.saveTokens(idToken, accessToken)),
    timed("createPaymentSession", () => pair.createPaymentSession(amount, idToken)),
  ]);
  hear = undefined;
  if (saved.status === "rejected") throw saved.reason;
  if (session.status === "rejected") throw session.reason;

  const carried: { id_token: string | null; access_token: string | null } = await (await fetch("/api/cookies")).json();
  const ready = tracks.find(({ action }) => action === "createPaymentSession");
  return {
    sessionReadyMs: tenths(ready?.valueMs ?? NaN),
    rows: tracks.map(row),
    cookies: { id_token: carried.id_token === idToken, access_token: carried.access_token === accessToken },
    session: session.value,
  };
}

/**
 * Receives the action's id or the path of each request when it starts, and again when the head of its answer
 * arrives.
 */
let hear: ((target: string, moment: "startMs" | "headMs") => void) | undefined;
let wrapped = false;

function wrapFetch() {
  if (wrapped) return;
  wrapped = true;
  const original = window.fetch;
  window.fetch = async (input, init) => {
    const target = targetOf(input, init);
    hear?.(target, "startMs");
    const response = await original.call(window, input, init);
    hear?.(target, "headMs");
    return response;
  };
}

function targetOf(input: RequestInfo | URL, init?: RequestInit): string {
  const request = input instanceof Request ? input : undefined;
  const headers = new Headers(init?.headers ?? request?.headers);
  return headers.get("next-action") ?? new URL(request?.url ?? String(input), location.href).pathname;
}

function row({ action, madeMs, startMs, headMs, valueMs }: Track): Row {
  if (startMs === undefined || headMs === undefined || valueMs === undefined) {
    throw new Error(`no request was seen for ${action}`);
  }
  return {
    action,
    startMs: tenths(startMs),
    headMs: tenths(headMs),
    durationMs: tenths(valueMs - startMs),
    waitedMs: tenths(startMs - madeMs),
  };
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
