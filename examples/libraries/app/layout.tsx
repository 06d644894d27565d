import type { ReactNode } from "react";
import { Bar } from "./bar";

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <Bar />
        <main>{children}</main>
      </body>
    </html>
  );
}
