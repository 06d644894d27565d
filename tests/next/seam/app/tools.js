"use client";

import { useActionState, useTransition } from "react";
import { useRouter } from "next/navigation";
import { actions as byName } from "actionlane/actions";
import { configureActions, getDispatcher, withOptions } from "actionlane/next";
import * as actions from "./actions";
import { lane } from "./policies";

export function Tools({ passed, remove, closure, references, refused }) {
  const [state, action, isPending] = useActionState(actions.save, null);
  const router = useRouter();
  const [isOpen, start] = useTransition();
  if (typeof window !== "undefined") {
    const all = { ...actions, passed, remove, closure };
    window.fixture = { actions: all, byName, references, refused, configureActions, getDispatcher, withOptions, router, start, lane };
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
