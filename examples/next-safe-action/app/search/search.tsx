"use client";

import { useAction } from "next-safe-action/hooks";
import { HookState } from "@/components/hook-state";
import { note, notes } from "@/lib/log";
import { search } from "./actions";

/** Searches at each change: the last search counts, also if an earlier one ends after it. */
export function Search() {
  const hook = useAction(search, { initResult: { data: { found: ["Athens", "Rome"] } }, ...notes("search") });

  async function searchFor(text: string) {
    const result = await hook.executeAsync({ text });
    note(`searched for ${text}`, result.data?.found);
  }

  return (
    <section id="search">
      <input onChange={(event) => searchFor(event.target.value)} />
      <button id="reset" onClick={hook.reset}>
        Reset
      </button>
      <p id="found">{hook.result.data?.found.join(", ")}</p>
      <HookState name="search" hook={hook} />
    </section>
  );
}
