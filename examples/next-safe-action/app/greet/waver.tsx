"use client";

import { useAction } from "next-safe-action/hooks";
import { HookState } from "@/components/hook-state";
import { notes } from "@/lib/log";
import { wave } from "./actions";

/** Calls an action without an input and without a result. */
export function Waver() {
  const hook = useAction(wave, notes("wave"));
  return (
    <section id="waver">
      <button onClick={() => hook.execute()}>Wave</button>
      <HookState name="wave" hook={hook} />
    </section>
  );
}
