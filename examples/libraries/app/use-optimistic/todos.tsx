"use client";
import { isActionError, withOptions } from "actionlane/next";
import { useOptimistic, useState } from "react";
import { addTodo } from "./actions";

interface Open {
  text: string;
  controller: AbortController;
}

export function Todos({ todos }: { todos: string[] }) {
  const [open, addOpen] = useOptimistic<Open[], Open>([], (open, added) => [...open, added]);
  const [error, setError] = useState("");

  async function add(form: FormData) {
    const text = String(form.get("todo"));
    const controller = new AbortController();
    addOpen({ text, controller });
    try {
      await withOptions(addTodo, { lane: "todos", signal: controller.signal })(text);
      setError("");
    } catch (error) {
      setError(`${text}: ${isActionError(error) ? error.code : "refused"}`);
    }
  }

  return (
    <form action={add}>
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
      <p role="alert">{error}</p>
    </form>
  );
}
