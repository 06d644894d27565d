"use server";

import { cookies, headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { idempotencyKey, idempotent } from "actionlane/server";
import { store } from "../../idempotency/store";
import { effect, gate } from "../../state";

/**
 * Makes one effect under `order`, once for a key, and returns a receipt. `then` says what follows the effect:
 * "redirect", "miss", "throw", "element" (which no store takes) or "gate:KEY". The cookie `user` names the user.
 */
export async function charge(order, amount, then) {
  const jar = await cookies();
  const key = idempotencyKey({
    user: jar.get("user")?.value ?? "ada",
    action: "charge",
    headers: await headers(),
    fingerprint: JSON.stringify([order, amount, then]),
  });
  const receipt = await idempotent(
    key,
    async (id) => {
      const runs = effect(order);
      jar.set("receipt", order, { path: "/" });
      if (then?.startsWith("gate:")) await gate(then.slice(5)).pass();
      if (then === "redirect") redirect("/target");
      if (then === "miss") notFound();
      if (then === "throw") throw new Error("declined");
      if (then === "element") return <p>paid</p>;
      return { runs, id, at: new Date(), lines: new Map([["amount", BigInt(amount)]]) };
    },
    store(),
  );
  jar.set("asked", order, { path: "/" });
  return receipt;
}
