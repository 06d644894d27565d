"use client";

import { useState } from "react";
import { Search } from "./search";

/** Shows the search, and hides it, also while it runs. */
export default function Page() {
  const [isShown, show] = useState(true);
  return (
    <>
      <button id="toggle" onClick={() => show(!isShown)}>
        {isShown ? "Hide" : "Show"}
      </button>
      {isShown && <Search />}
    </>
  );
}
