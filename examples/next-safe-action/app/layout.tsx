import Link from "next/link";
import type { ReactNode } from "react";
import { Log } from "@/components/log";

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <Link id="home" href="/" prefetch={false}>
          Home
        </Link>
        <main>{children}</main>
        <Log />
      </body>
    </html>
  );
}
