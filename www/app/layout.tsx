import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { Providers } from "@/components/providers";
import { chosenLocale, loadMessages } from "@/lib/locale";
import { currentSession } from "@/lib/session";
import "./globals.css";

export const viewport: Viewport = {
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fcfcfa" },
    { media: "(prefers-color-scheme: dark)", color: "#131416" },
  ],
};

export async function generateMetadata(): Promise<Metadata> {
  const { title, description } = await loadMessages(await chosenLocale());
  return { title, description };
}

/** Renders for each request, like the layout of a shop: cookies, translations, the visitor's order. */
export default async function Layout({ children }: { children: ReactNode }) {
  const locale = await chosenLocale();
  const [messages, session] = await Promise.all([loadMessages(locale), currentSession()]);
  return (
    <html lang={locale}>
      <body>
        <Providers locale={locale} messages={messages} session={session}>
          {children}
        </Providers>
      </body>
    </html>
  );
}
