// Reads the code that the payment page shows from the files that are tested.
import "server-only";
import { readFileSync } from "node:fs";
import path from "node:path";

/** The two calls as lines of code: with Next's own client, and with Actionlane. */
export interface ShownCode {
  next: string[];
  actionlane: string[];
}

export function shownCode(): ShownCode {
  return {
    next: callsIn(readFileSync(path.join(process.cwd(), "app/checkout/imported/page.tsx"), "utf8")),
    actionlane: callsIn(readFileSync(path.join(process.cwd(), "app/checkout/checkout.tsx"), "utf8")),
  };
}

function callsIn(source: string): string[] {
  const lines = source.split("\n").map((line) => line.trim());
  return lines.filter((line) => line.startsWith("const saved = ") || line.startsWith("const session = "));
}
