"use client";

import { useAction } from "next-safe-action/hooks";
import { HookState } from "@/components/hook-state";
import { note } from "@/lib/log";
import { leave } from "./actions";

/** Throws navigation while it renders: Next shows the page for it. */
export function LeaveByThrowing() {
  const hook = useAction(leave, {
    throwOnNavigation: true,
    onExecute: ({ input }) => note("throwing onExecute", { input }),
    onError: ({ error, input }) => note("throwing onError", { error, input }),
  });
  return (
    <section id="throwing">
      {(["redirect", "notFound", "forbidden", "unauthorized"] as const).map((by) => (
        <button id={`${by}-thrown`} key={by} onClick={() => hook.execute({ by })}>
          {by}
        </button>
      ))}
      <HookState name="throwing" hook={hook} />
    </section>
  );
}
