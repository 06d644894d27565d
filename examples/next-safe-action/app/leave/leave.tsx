"use client";

import { useAction } from "next-safe-action/hooks";
import { HookState } from "@/components/hook-state";
import { note, notes } from "@/lib/log";
import { leave } from "./actions";

/** Hears of navigation by a callback. Of all but a redirect, the page stays. */
export function Leave() {
  const hook = useAction(leave, notes("leave"));
  return (
    <section id="leave">
      {(["redirect", "notFound", "forbidden", "unauthorized"] as const).map((by) => (
        <button id={by} key={by} onClick={() => hook.execute({ by })}>
          {by}
        </button>
      ))}
      <button id="awaited" onClick={() => hook.executeAsync({ by: "redirect" }).catch((error) => note("rejected", error))}>
        redirect, awaited
      </button>
      <HookState name="leave" hook={hook} />
    </section>
  );
}
