"use client";
import { useState } from "react";
import { actions } from "@/lib/actions";

type Ids = Record<"saveTokens" | "createPaymentSession", string>;
type Session = { sessionId: string; expiresAt: Date };

export function Checkout({ ids, amount }: { ids: Ids; amount: number }) {
  const [shown, show] = useState("Pay");
  async function pay() {
    const [idToken, accessToken] = [crypto.randomUUID(), crypto.randomUUID()];
    const saved = actions.call(ids.saveTokens, [idToken, accessToken]);
    const session = await actions.call<Session>(ids.createPaymentSession, [amount, idToken], { lane: "payment" });
    show(`Paid in ${session.sessionId}`);
    await saved;
  }
  return <button onClick={pay}>{shown}</button>;
}
