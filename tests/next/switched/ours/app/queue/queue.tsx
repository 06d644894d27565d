"use client";

import { useAction, usePendingCount } from "actionlane/react";
import { HookState } from "@/components/hook-state";
import { notes } from "@/lib/log";
import { save } from "./actions";

/** Shows its place in the queue, and cancels the call. */
export function Queue({ name }: { name: string }) {
  const hook = useAction(save, notes(name));
  const pending = usePendingCount();
  const { execute, abort, isQueued, queuePosition, error } = hook;
  return (
    <section id={name}>
      <button className="save" onClick={() => execute({ text: name })}>
        Save
      </button>
      <button className="abort" onClick={() => abort("not now")}>
        Cancel
      </button>
      <p className="place">
        {isQueued ? `number ${queuePosition} in the queue` : "not in the queue"}, {pending} open
      </p>
      <p className="code">{error instanceof Error && "code" in error && String(error.code)}</p>
      <HookState name={name} hook={hook} />
    </section>
  );
}
