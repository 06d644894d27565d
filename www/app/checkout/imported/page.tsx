"use client";
import { useState } from "react";
import { createPaymentSession, saveTokens } from "@/app/actions";

/** Pays as the page above does, but calls the imported actions: Next's client sends them one after the other. */
export default function Page() {
  const [shown, show] = useState("Pay");
  async function pay() {
    const [idToken, accessToken, amount] = [crypto.randomUUID(), crypto.randomUUID(), 4200];
    const saved = saveTokens(idToken, accessToken);
    const session = await createPaymentSession(amount, idToken);
    show(`Paid in ${session.sessionId}`);
    await saved;
  }
  return <button onClick={pay}>{shown}</button>;
}
