"use client";
// Links to the examples, and switches that make calls wait.
import Link from "next/link";
import { audit } from "./audit";

const PAGES = ["next-safe-action", "zsa", "react-hook-form", "tanstack-form", "use-action-state", "use-optimistic", "tanstack-query", "swr"];

export function Bar() {
  return (
    <nav>
      {PAGES.map((page) => <Link key={page} href={`/${page}`} style={{ marginRight: "1em" }}>{page}</Link>)}
      <button onClick={() => void fetch("/api/hold")}>Hold the database</button>
      <button onClick={() => void fetch("/api/open")}>Open the database</button>
      <button onClick={() => void audit()}>Run an action without a lane</button>
    </nav>
  );
}
