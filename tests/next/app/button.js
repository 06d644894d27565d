"use client";

import * as React from "react";

/** A button that only answers of actions contain. Calls the server's function and shows its value. */
export function Button({ text, press, later }) {
  const [value, setValue] = React.useState("not pressed");
  const [came, setCame] = React.useState("");
  React.useEffect(() => void later.then(setCame), [later]);
  return <button data-testid="button" onClick={async () => setValue(await press(2))}>{`${text}, ${came}, ${value}`}</button>;
}
