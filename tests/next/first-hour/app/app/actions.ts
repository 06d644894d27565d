"use server";
// The actions of the user's app. The first waits until the page opens its gate.
import { cookies } from "next/headers";
import { state } from "@/state";

export async function saveTokens(idToken: string, accessToken: string): Promise<void> {
  if (idToken === "a") await state.gate;
  const jar = await cookies();
  jar.set("id_token", idToken);
  jar.set("access_token", accessToken);
}

export async function createPaymentSession(amount: number, idToken: string) {
  state.sessions += 1;
  return { sessionId: `cs_${state.sessions}`, expiresAt: new Date("2026-11-21T09:00:00Z"), amount, idToken };
}
