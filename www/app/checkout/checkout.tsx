"use client";
import type { Refs } from "actionlane/server";
import { useState } from "react";
import { actions } from "@/lib/actions";

type Props = { refs: Refs<typeof import("@/app/actions")>; amount: number };

export function Checkout({ refs, amount }: Props) {
  const [shown, show] = useState("Pay");
  async function pay() {
    const [idToken, accessToken] = [crypto.randomUUID(), crypto.randomUUID()];
    const saved = actions.call(refs.saveTokens, [idToken, accessToken]);
    const session = await actions.call(refs.createPaymentSession, [amount, idToken], { lane: "payment" });
    show(`Paid in ${session.sessionId}`);
    await saved;
  }
  return <button onClick={pay}>{shown}</button>;
}
