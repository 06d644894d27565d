// Actions that take time or have effects, for tests of their order.
"use server";

import { effect, gate, state } from "../state";

/** Returns `value` after `ms` milliseconds. */
export async function slow(ms, value) {
  return counted(async () => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return value;
  });
}

/** Returns `value` once a test has opened the gate `key` (POST /api/gate?key=). */
export async function wait(key, value) {
  return counted(async () => {
    await gate(key).pass();
    return value;
  });
}

/** Makes one effect under `key` and returns their number. */
export async function write(key) {
  return effect(key);
}

/** Makes the effect at once and answers when the gate opens, so that a test can lose the answer alone. */
export async function writeAndWait(key, gateKey) {
  const total = effect(key);
  await gate(gateKey).pass();
  return total;
}

async function counted(run) {
  const it = state();
  it.running += 1;
  it.mostRunning = Math.max(it.mostRunning, it.running);
  try {
    return await run();
  } finally {
    it.running -= 1;
  }
}
