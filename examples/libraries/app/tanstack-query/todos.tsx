"use client";
import { useMutation, useMutationState, useQuery, useQueryClient } from "@tanstack/react-query";
import { isActionError, withOptions } from "actionlane/next";
import { useQueue } from "actionlane/react";
import { addTodo, listTodos } from "./actions";

interface Adding {
  text: string;
  controller: AbortController;
}

export function Todos() {
  const client = useQueryClient();
  const { data: todos = [] } = useQuery({
    queryKey: ["todos"],
    queryFn: ({ signal }) => withOptions(listTodos, { lane: "parallel", signal })(),
  });
  const { mutate, error } = useMutation({
    mutationKey: ["addTodo"],
    mutationFn: ({ text, controller: { signal } }: Adding) =>
      withOptions(addTodo, { lane: "todos", idempotent: true, signal })(text),
    onSettled: () => client.invalidateQueries({ queryKey: ["todos"] }),
  });
  const open = useMutationState({
    filters: { mutationKey: ["addTodo"], status: "pending" },
    select: ({ state }) => state.variables as Adding,
  });
  const waiting = useQueue({ lane: "todos", state: "waiting" });

  function submit(form: FormData) {
    mutate({ text: String(form.get("todo")), controller: new AbortController() });
  }

  return (
    <form onSubmit={(event) => { event.preventDefault(); submit(new FormData(event.currentTarget)); }}>
      <input name="todo" />
      <button>Add</button>
      <ul>
        {todos.map((text) => <li key={text}>{text}</li>)}
        {open.map(({ text, controller }) => (
          <li key={text}>
            {text} … <button type="button" onClick={() => controller.abort()}>Cancel {text}</button>
          </li>
        ))}
      </ul>
      <p>{waiting.length} waiting</p>
      <p role="alert">{error && (isActionError(error) ? error.code : "refused")}</p>
    </form>
  );
}
