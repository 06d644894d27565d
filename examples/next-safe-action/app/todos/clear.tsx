"use client";

import { useAction } from "next-safe-action/hooks";
import { HookState } from "@/components/hook-state";
import { clearTodos } from "./actions";

/** Empties the list: the page shows it once the server has rendered it again. */
export function Clear() {
  const hook = useAction(clearTodos);
  return (
    <section id="clear">
      <button onClick={() => hook.execute()}>Clear</button>
      <HookState name="clear" hook={hook} />
    </section>
  );
}
