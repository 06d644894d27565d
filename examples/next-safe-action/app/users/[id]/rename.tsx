"use client";

import { useAction } from "next-safe-action/hooks";
import { HookState } from "@/components/hook-state";
import { notes } from "@/lib/log";
import type { renameUser } from "./actions";

type Bound = (input: { name: string }) => ReturnType<typeof renameUser>;

/** Takes an action whose first argument the server has bound. */
export function Rename({ rename }: { rename: Bound }) {
  const hook = useAction(rename, notes("rename"));
  return (
    <section id="rename">
      <button onClick={() => hook.execute({ name: "Cora" })}>Rename to Cora</button>
      <HookState name="rename" hook={hook} />
    </section>
  );
}
