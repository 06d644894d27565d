"use client";

import { useOptimisticAction } from "next-safe-action/hooks";
import { HookState } from "@/components/hook-state";
import { notes } from "@/lib/log";
import { addTodo } from "./actions";

/** Shows a todo at once, and takes it out again if the server refuses it. */
export function TodoList({ todos }: { todos: string[] }) {
  const hook = useOptimisticAction(addTodo, {
    currentState: todos,
    updateFn: (todos, { title }) => [...todos, title],
    ...notes("addTodo"),
  });
  const { execute, optimisticState, hasErrored, result } = hook;
  return (
    <section>
      <form action={(form) => execute({ title: String(form.get("title")) })}>
        <input name="title" />
      </form>
      <button onClick={() => execute({ title: "Eggs" })}>Add eggs</button>
      <ul id="todos">
        {optimisticState.map((todo, at) => (
          <li key={at}>{todo}</li>
        ))}
      </ul>
      {hasErrored && <p className="error">{result.serverError}</p>}
      <HookState name="addTodo" hook={hook} />
    </section>
  );
}
