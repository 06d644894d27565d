"use client";

import { createContext, useContext, type ReactNode } from "react";
import type { Locale, Messages } from "@/lib/locale";
import type { Session } from "@/lib/session";

const LocaleContext = createContext<{ locale: Locale; messages: Messages } | null>(null);
const SessionContext = createContext<Session | null>(null);

interface Props {
  locale: Locale;
  messages: Messages;
  session: Session;
  children: ReactNode;
}

/** Gives client components the language, its texts and the order. */
export function Providers({ locale, messages, session, children }: Props) {
  return (
    <LocaleContext value={{ locale, messages }}>
      <SessionContext value={session}>{children}</SessionContext>
    </LocaleContext>
  );
}

export function useLocale() {
  const context = useContext(LocaleContext);
  if (!context) throw new Error("useLocale needs <Providers>");
  return context;
}

export function useSession() {
  const context = useContext(SessionContext);
  if (!context) throw new Error("useSession needs <Providers>");
  return context;
}
