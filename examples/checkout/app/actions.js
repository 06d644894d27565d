"use server";
import { cookies } from "next/headers";

/** Stores two tokens. Takes two seconds, as on a cold start. */
export async function saveTokens(idToken, accessToken) {
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const jar = await cookies();
  jar.set("id_token", idToken, { httpOnly: true });
  jar.set("access_token", accessToken, { httpOnly: true });
}

export async function createPaymentSession(amount) {
  return { sessionId: `cs_${amount}`, expiresAt: new Date(Date.now() + 600_000) };
}
