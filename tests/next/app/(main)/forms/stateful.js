"use client";

import * as React from "react";
import * as ReactDOM from "react-dom";

// In React 18 it is `useFormState`, in react-dom.
const useActionState = React["useActionState"] ?? ReactDOM["useFormState"];

/** A form whose action has a state, which the page shows. */
export function Stateful({ name, action }) {
  const [state, submit] = useActionState(action, { times: 0 });
  return (
    <form id={name} action={submit}>
      <input name="text" defaultValue={`text of ${name}`} />
      <button name="pressed" value="yes" data-testid={`submit-${name}`}>{name}</button>
      <output data-testid={`state-${name}`}>{JSON.stringify(state)}</output>
    </form>
  );
}
