// A page that runs the checks in the browser, and one more that calls the route handler.
"use client";

import { ActionError, createDispatcher, decode, encode, isActionError, ready } from "actionlane";
import { useEffect } from "react";
import { run } from "../src/checks.js";

const onTheServer = {
  async "a route handler that uses the package"() {
    const response = await fetch("/api/encode");
    const { encoded, value } = await response.json();
    if (encoded !== '[1,"two"]' || value !== "2026-01-02T03:04:05.000Z") throw new Error(`${response.status}: ${encoded}, ${value}`);
  },
};

export default function Page() {
  useEffect(() => {
    window.checks ??= run({ ActionError, createDispatcher, decode, encode, isActionError, ready }, onTheServer);
  }, []);
  return <h1>Checks</h1>;
}
