import { Suspense } from "react";
import Link from "next/link";

// Cache Components require a boundary above everything that depends on the request.
export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>
        <nav>
          {["/", "/second", "/target", "/other"].map((href) => (
            <Link key={href} href={href} prefetch={false} data-testid={`link-${href.slice(1) || "home"}`}>{href}</Link>
          ))}
        </nav>
        <Suspense>{children}</Suspense>
      </body>
    </html>
  );
}
