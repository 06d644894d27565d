"use client";
import { isActionError, withOptions } from "actionlane/next";
import { useQueue } from "actionlane/react";
import { useRef } from "react";
import useSWR from "swr";
import useSWRMutation from "swr/mutation";
import { addTodo, listTodos } from "./actions";

interface Adding {
  text: string;
  signal: AbortSignal;
}

const list = withOptions(listTodos, { lane: "parallel" });
const add = (_key: string, { arg: { text, signal } }: { arg: Adding }) =>
  withOptions(addTodo, { lane: "todos", signal })(text);

export default function Page() {
  const { data: todos = [], mutate } = useSWR("todos", () => list());
  const { trigger, error } = useSWRMutation("todos", add);
  const last = useRef<AbortController>(null);
  const calls = useQueue({ lane: "todos" });

  async function submit(form: FormData) {
    const text = String(form.get("todo"));
    const { signal } = (last.current = new AbortController());
    await trigger({ text, signal }, {
      optimisticData: (todos: string[] = []) => [...todos, text],
      rollbackOnError: true,
      throwOnError: false,
    });
    await mutate(); // after a call that a later one has overtaken, SWR does not load the list
  }

  return (
    <form onSubmit={(event) => { event.preventDefault(); void submit(new FormData(event.currentTarget)); }}>
      <input name="todo" />
      <button>Add</button>
      <button type="button" onClick={() => last.current?.abort()}>Cancel the last</button>
      <ul>{todos.map((text) => <li key={text}>{text}</li>)}</ul>
      <p>{calls.map(({ state }) => state).join(", ")}</p>
      <p role="alert">{isActionError(error) ? error.code : error ? "refused" : ""}</p>
    </form>
  );
}
