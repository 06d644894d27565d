"use client";

import { useLog } from "@/lib/log";

export function Log() {
  return (
    <ol id="log">
      {useLog().map((line, at) => (
        <li key={at}>{line}</li>
      ))}
    </ol>
  );
}
