// The hook `useAction`. Must not do more than return what `use_calls.js` shows: `useOptimisticAction` builds on the same.

import { useCalls } from "./use_calls.js";

export const useAction = (action, options) => useCalls(action, options)[0];
