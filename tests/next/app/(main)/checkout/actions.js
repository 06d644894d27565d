"use server";

import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { idempotencyKey, idempotent } from "actionlane/server";
import { store } from "../../idempotency/store";
import { effect, gate } from "../../state";

const PRICES = { book: 1250 };

/**
 * Pays an order, once for a key. Its card may be one for tests: "declined" fails, "expired" sends the user to the
 * login, and "gate:KEY" waits at the gate.
 */
export async function pay(order) {
  const key = idempotencyKey({ user: "ada", action: "pay", headers: await headers(), fingerprint: JSON.stringify(order) });
  return idempotent(key, () => charge(order), store());
}

/** Notes a step of the user, and returns the number of its notes. */
export async function track(step) {
  return effect(`track:${step}`);
}

async function charge({ sku, count, card }) {
  const number = effect("pay");
  if (card.startsWith("gate:")) await gate(card.slice(5)).pass();
  if (card === "expired") redirect("/login");
  if (card === "declined") throw Object.assign(new Error("declined"), { digest: "CARD_DECLINED" });
  return { number, cents: PRICES[sku] * count, at: new Date() };
}
