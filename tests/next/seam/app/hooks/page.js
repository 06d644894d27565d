"use client";

import { useEffect } from "react";
import { useAction, useOptimisticAction, usePendingCount, useQueue } from "actionlane/react";
import { fail, gated, leave } from "../actions";

/** Shows the checks each hook, and the number of times that React has rendered it. */
export default function Page() {
  return (
    <main>
      <h1>hooks</h1>
      <One name="gated" action={gated} />
      <One name="beside" action={gated} call={{ lane: "beside" }} />
      <One name="leave" action={leave} />
      <List />
      <Waiting />
      <Counted />
    </main>
  );
}

function One({ name, action, call }) {
  const { status, isPending, isQueued, queuePosition, result, error, ...hook } = useAction(action, { call });
  useShown(name, { status, isPending, isQueued, queuePosition, data: result.data, code: error?.code }, hook);
  return null;
}

/** Adds a text for each open call, and fails for the text "fail". */
const addOrFail = (key, name) => (key === "fail" ? fail(key) : gated(name, key));

function List() {
  const { optimisticState, ...hook } = useOptimisticAction(addOrFail, {
    currentState: ["first"],
    updateFn: (texts, text) => [...texts, text],
  });
  useShown("list", optimisticState, hook);
  return null;
}

function Waiting() {
  const calls = useQueue({ state: "waiting" });
  useShown("waiting", calls.map(({ name, lane }) => `${name} in ${lane}`));
  return null;
}

function Counted() {
  useShown("counted", usePendingCount("counted"));
  return null;
}

function useShown(name, shown, hook) {
  useEffect(() => {
    window.fixture ??= {};
    const { renders = 0, history = [] } = window.fixture[name] ?? {};
    const text = JSON.stringify(shown);
    window.fixture[name] = { shown, hook, renders: renders + 1, history: history.at(-1) === text ? history : [...history, text] };
  });
}
