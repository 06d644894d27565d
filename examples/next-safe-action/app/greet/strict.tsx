"use client";

import { useAction } from "next-safe-action/hooks";
import { HookState } from "@/components/hook-state";
import { note } from "@/lib/log";
import { greetOrThrow } from "./actions";

/** Calls an action that throws. */
export function Strict() {
  const hook = useAction(greetOrThrow, {
    onSuccess: () => note("strict onSuccess", {}),
    onError: ({ error, input }) => note("strict onError", { thrown: error.thrownError?.message, input }),
    onSettled: ({ result, input }) => note("strict onSettled", { result, input }),
  });
  return (
    <section id="strict">
      <button onClick={() => hook.execute({ name: "Ann" })}>Greet or throw</button>
      <HookState name="strict" hook={hook} />
    </section>
  );
}
