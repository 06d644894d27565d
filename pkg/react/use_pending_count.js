// The hook `usePendingCount`: the number of calls that have not settled. Must not render for calls of other lanes.

import { checkLane } from "./check.js";
import { countIn } from "./count_in.js";
import { useListed } from "./use_listed.js";

export function usePendingCount(lane, options) {
  if (process.env.NODE_ENV !== "production") checkLane(lane);
  return useListed(options, lane, 0, () => countIn);
}
