import type { Run, Track } from "@/lib/measure";

/** What is known of one way's last run: under way, finished, or why it failed. */
export interface WayState {
  tracks: Track[];
  /** On the clock of `performance.now()`. */
  clickedAt: number;
  running: boolean;
  run: Run | undefined;
  error: string | undefined;
}

export const blank: WayState = { tracks: [], clickedAt: 0, running: false, run: undefined, error: undefined };

/** From the click to the payment session, as soon as it is there: other calls may still be running. */
export function sessionReadyMs(state: WayState | undefined): number | undefined {
  return state?.tracks.find(({ action }) => action === "createPaymentSession")?.valueMs;
}

/** The last thing that happened, from the click. */
export function lastMs({ tracks }: WayState): number {
  return Math.max(0, ...tracks.map(({ madeMs, startMs, valueMs }) => valueMs ?? startMs ?? madeMs));
}
