"use client";
import { isActionError, withOptions } from "actionlane/next";
import { useActionState, useRef } from "react";
import { type State, rename } from "./actions";

export default function Page() {
  const controller = useRef<AbortController>(null);
  const [state, action, isPending] = useActionState(async (previous: State, form: FormData) => {
    const { signal } = (controller.current = new AbortController());
    try {
      return await withOptions(rename, { lane: "profile", timeout: 10_000, signal })(previous, form);
    } catch (error) {
      if (isActionError(error)) return { ...previous, error: error.code };
      if (signal.aborted) return { ...previous, error: "ABORTED" };
      throw error;
    }
  }, { name: "nothing" });
  return (
    <form action={action}>
      <input name="name" />
      <button>Save</button>
      {isPending && <button type="button" onClick={() => controller.current?.abort()}>Cancel</button>}
      <p>{isPending ? "runs" : `saved ${state.name}`}</p>
      <p role="alert">{state.error}</p>
    </form>
  );
}
