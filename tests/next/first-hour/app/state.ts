// Holds what the server of the user's app keeps, for all its bundles.

const make = () => {
  let open = () => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  return { gate, open, sessions: 0 };
};
const kept = globalThis as { firstHour?: ReturnType<typeof make> };
export const state = (kept.firstHour ??= make());
