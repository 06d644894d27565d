"use client";

import { useActionState, useTransition } from "react";
import { useRouter } from "next/navigation";
import * as actions from "./actions";

/** `Tools` of an app that does not import Actionlane. `more`: what else the page shows to the checks. */
export function Bare({ passed, remove, closure, more }) {
  const [state, action, isPending] = useActionState(actions.save, null);
  const router = useRouter();
  const [isOpen, start] = useTransition();
  if (typeof window !== "undefined") window.fixture = { actions: { ...actions, passed, remove, closure }, router, start, ...more };
  return (
    <form action={action} id="stateful">
      <input name="text" id="stateful-text" />
      <input name="key" defaultValue="stateful" />
      <button id="stateful-submit">save</button>
      <output id="open">{String(isOpen)}</output>
      <output id="stateful-result">{isPending ? "pending" : JSON.stringify(state)}</output>
    </form>
  );
}
