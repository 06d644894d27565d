"use client";

import { type InferUseActionHookReturn, useAction } from "next-safe-action/hooks";
import { useState } from "react";
import { HookState } from "@/components/hook-state";
import { note } from "@/lib/log";
import { greet } from "./actions";

/** Shows the result of an action, each of its statuses, and what its callbacks are told. */
export function Greeter() {
  const [name, setName] = useState("");
  const hook = useAction(greet, {
    onExecute: ({ input }) => note("greet onExecute", { input }),
    onSuccess: ({ data, input }) => note("greet onSuccess", { data, input }),
    onError: ({ error, input }) => note("greet onError", { error, input }),
    onNavigation: ({ input, navigationKind }) => note("greet onNavigation", { input, navigationKind }),
    onSettled: ({ result, input }) => note("greet onSettled", { result, input }),
  });
  const { execute, executeAsync, reset, isPending } = hook;

  async function greetAndNote() {
    try {
      note("executeAsync resolved", await executeAsync({ name }));
    } catch (error) {
      note("executeAsync rejected", error);
    }
  }

  return (
    <section id="greeter">
      <input value={name} onChange={(event) => setName(event.target.value)} />
      <button id="execute" disabled={isPending} onClick={() => execute({ name })}>
        Greet
      </button>
      <button id="executeAsync" disabled={isPending} onClick={greetAndNote}>
        Greet and wait
      </button>
      <button id="reset" onClick={reset}>
        Reset
      </button>
      <Answer hook={hook} />
      <HookState name="greet" hook={hook} />
    </section>
  );
}

function Answer({ hook }: { hook: InferUseActionHookReturn<typeof greet> }) {
  if (hook.hasSucceeded) return <p className="message">{hook.result.data.message}</p>;
  if (hook.result.serverError) return <p className="error">{hook.result.serverError}</p>;
  return hook.result.validationErrors?.name?._errors?.map((error) => (
    <p className="invalid" key={error}>
      {error}
    </p>
  ));
}
