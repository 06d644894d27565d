import { Suspense } from "react";

/** A root layout of its own: a navigation to here loads a new document. */
export default function Layout({ children }) {
  return (
    <html lang="en" data-root="other">
      <body><Suspense>{children}</Suspense></body>
    </html>
  );
}
