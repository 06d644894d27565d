"use client";
// Runs the code of a document: gives it the values that the document takes for granted, loads its module, and renders
// the component that it exports. `window.block` tells how far it is.
import { getDispatcher } from "actionlane/next";
import { useEffect, useState } from "react";
import * as imported from "@/app/actions";

export function Runner({ load, given, refs, todos }) {
  const [Shown, show] = useState();
  useEffect(() => {
    if (window.block) return;
    const block = (window.block = { state: "running" });
    const query = Object.fromEntries(new URLSearchParams(location.search));
    Object.assign(window, { refs, imported, getDispatcher }, given.values?.({ refs, query }));
    const done = (module) => {
      const component = Object.keys(module).find((name) => /^[A-Z]/.test(name) && typeof module[name] === "function");
      Object.assign(block, { state: "done", module });
      if (component) show(() => module[component]);
    };
    load().then(done, (error) => Object.assign(block, { state: "failed", error }));
  }, [load, given, refs]);
  return Shown && <Shown {...given.props?.({ refs, todos })} />;
}
