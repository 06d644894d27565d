// The entry of `actionlane/react` for Server Components, which have no hooks: says where they work. Must not import
// anything.

const refuse = (name) => () => {
  throw new Error(`actionlane/react: ${name}() works in Client Components only: put "use client" at the top of the file that calls it`);
};

export const useAction = refuse("useAction");
export const useOptimisticAction = refuse("useOptimisticAction");
export const usePendingCount = refuse("usePendingCount");
export const useQueue = refuse("useQueue");
