"use client";

import { useActionState, useTransition } from "react";
import { useRouter } from "next/navigation";
import { configureActions, getDispatcher, withOptions } from "actionlane/next";
import * as actions from "./actions";
import { lane } from "./policies";

export function Tools({ passed, remove, closure }) {
  const [state, action, isPending] = useActionState(actions.save, null);
  const router = useRouter();
  const [isOpen, start] = useTransition();
  if (typeof window !== "undefined") {
    window.fixture = { actions: { ...actions, passed, remove, closure }, configureActions, getDispatcher, withOptions, router, start, lane };
  }
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
