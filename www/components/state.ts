import type { Run, Track } from "@/lib/measure";

/** The state of one way's last run: under way, finished or failed. */
export interface WayState {
  tracks: Track[];
  /** Time of the click, on the clock of `performance.now()`. */
  clickedAt: number;
  running: boolean;
  run: Run | undefined;
  error: string | undefined;
}

export const blank: WayState = { tracks: [], clickedAt: 0, running: false, run: undefined, error: undefined };

/**
 * Returns the ms from the click to the payment session as soon as it has arrived, also while other calls still run.
 */
export function sessionReadyMs(state: WayState | undefined): number | undefined {
  return state?.tracks.find(({ action }) => action === "createPaymentSession")?.valueMs;
}

/** Returns the ms from the click to the latest event. */
export function lastMs({ tracks }: WayState): number {
  return Math.max(0, ...tracks.map(({ madeMs, startMs, valueMs }) => valueMs ?? startMs ?? madeMs));
}
