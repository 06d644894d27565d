"use client";

import * as React from "react";
import * as ReactDOM from "react-dom";

// In React 18 it is `useFormState`, in react-dom.
const useActionState = React["useActionState"] ?? ReactDOM["useFormState"];

/** The parts of a state that the page shows. */
const PARTS = ["times", "text", "bound", "ok", "code", "data.saved"];

/** A form whose action has a state, which the page shows. */
export function Stateful({ name, action, initial = { times: 0 }, permalink, children }) {
  const [state, submit] = useActionState(action, initial, permalink);
  return (
    <form id={name} action={submit}>
      <input name="text" defaultValue={`text of ${name}`} />
      {children}
      <button name="pressed" value="yes">{name}</button>
      {PARTS.map((part) => <output key={part} data-state-for={name} data-state={part}>{textOf(state, part)}</output>)}
      <Pending />
    </form>
  );
}

const textOf = (state, part) => String(part.split(".").reduce((value, key) => value?.[key], state) ?? "");

/** Shows if its form is pending: without script it never is. */
export function Pending() {
  const { pending } = ReactDOM.useFormStatus();
  return <i data-pending-by-react={String(pending)} />;
}
