// The hook `useAction`. Must not do more than return what `use_calls.js` shows, on which `useOptimisticAction` builds.

import { useCalls } from "./use_calls.js";

export const useAction = (action, options) => useCalls(action, options)[0];
