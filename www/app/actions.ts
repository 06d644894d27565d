// The two actions of the payment page, and the choice of a language.
"use server";

import { cookies } from "next/headers";
import { LOCALE_COOKIE, isLocale } from "@/lib/locale";
import { delays, openPaymentSession, pause, type PaymentSession } from "@/lib/payment";
import { writeTokens } from "@/lib/tokens";

/** Takes long, like an action on a server that has just started. */
export async function saveTokens(idToken: string, accessToken: string): Promise<void> {
  await pause(delays().saveTokens);
  await writeTokens(idToken, accessToken);
}

/** Opens the payment session that the page waits for. */
export async function createPaymentSession(amount: number, idToken: string): Promise<PaymentSession> {
  return openPaymentSession(amount, idToken);
}

export async function chooseLocale(form: FormData): Promise<void> {
  const locale = form.get("locale");
  if (!isLocale(locale)) return;
  (await cookies()).set(LOCALE_COOKIE, locale, { sameSite: "lax", path: "/", maxAge: 365 * 24 * 3600 });
}
