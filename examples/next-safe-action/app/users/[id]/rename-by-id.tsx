"use client";

import { useAction } from "next-safe-action/hooks";
import { HookState } from "@/components/hook-state";
import { notes } from "@/lib/log";
import { renameUser } from "./actions";

/** Binds the first argument of an action itself. */
export function RenameById({ id }: { id: string }) {
  const hook = useAction(renameUser.bind(null, id), notes("renameById"));
  return (
    <section id="renameById">
      <button onClick={() => hook.execute({ name: "Dora" })}>Rename to Dora</button>
      <HookState name="renameById" hook={hook} />
    </section>
  );
}
