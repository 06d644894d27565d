// Languages and their texts.
import "server-only";
import { cookies, headers } from "next/headers";
import en from "@/messages/en.json";

export const LOCALE_COOKIE = "locale";
export const locales = ["en", "de"] as const;
export type Locale = (typeof locales)[number];
export type Messages = typeof en;

/** Returns the visitor's choice, or the browser's first language that has a translation, or English. */
export async function chosenLocale(): Promise<Locale> {
  const chosen = (await cookies()).get(LOCALE_COOKIE)?.value;
  if (isLocale(chosen)) return chosen;
  const accepted = (await headers()).get("accept-language") ?? "";
  for (const range of accepted.split(",")) {
    const language = range.trim().slice(0, 2).toLowerCase();
    if (isLocale(language)) return language;
  }
  return "en";
}

export async function loadMessages(locale: Locale): Promise<Messages> {
  const file: { default: Messages } = await import(`@/messages/${locale}.json`);
  return file.default;
}

export function isLocale(value: unknown): value is Locale {
  return locales.some((locale) => locale === value);
}
