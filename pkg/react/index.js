// The entry of `actionlane/react`: hooks for calls of actions. Must hold no code: bundlers take what is used.

export { useAction } from "./use_action.js";
export { useOptimisticAction } from "./use_optimistic_action.js";
export { usePendingCount } from "./use_pending_count.js";
export { useQueue } from "./use_queue.js";
