import { Suspense } from "react";

/** A root layout of its own: the way here is a hard navigation. */
export default function Layout({ children }) {
  return (
    <html lang="en" data-root="other">
      <body><Suspense>{children}</Suspense></body>
    </html>
  );
}
