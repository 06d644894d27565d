// The hook `usePendingCount`: the number of calls that have not settled. Must not render for calls of other lanes.

import { countIn } from "./count_in.js";
import { useListed } from "./use_listed.js";

export const usePendingCount = (lane, options) => useListed(options, lane, 0, () => countIn);
