"use server";

import { cookies, headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { idempotencyKey, idempotent } from "actionlane/server";
import { store } from "../../idempotency/store";
import { effect, gate } from "../../state";

/**
 * One effect under `order` and a receipt, once a key. `then`: "redirect", "miss", "throw", "element" (what no store takes) or
 * "gate:KEY", after the effect. The user is who the cookie `user` says.
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
