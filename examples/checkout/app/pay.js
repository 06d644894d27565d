"use client";
import { useState } from "react";
import { createPaymentSession, saveTokens } from "./actions";

export function Pay({ amount }) {
  const [shown, show] = useState("Pay");
  async function pay() {
    const saved = saveTokens("id token", "access token");
    const { sessionId } = await createPaymentSession(amount); // does not wait for the tokens
    show(`Paid in ${sessionId}`);
    await saved;
    show(`Paid in ${sessionId}, tokens saved`);
  }
  return <button onClick={pay}>{shown}</button>;
}
