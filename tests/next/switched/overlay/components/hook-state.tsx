import { useEffect } from "react";
import { type Hook, textOf } from "./example-hook-state";

declare global {
  /** By hook: the text of each render, and each text that was on the screen. */
  var switched: Record<string, { renders: string[]; texts: string[] }> | undefined;
}

/** Shows what a hook returns, and writes down each render and each step that was on the screen. */
export function HookState({ name, hook }: { name: string; hook: Hook }) {
  const text = textOf(hook);
  if (typeof window !== "undefined") recordOf(name).renders.push(text);
  useEffect(() => {
    const { texts } = recordOf(name);
    if (texts.at(-1) !== text) texts.push(text);
  });
  return <pre data-hook={name}>{text}</pre>;
}

function recordOf(name: string) {
  const all = (globalThis.switched ??= {});
  return (all[name] ??= { renders: [], texts: [] });
}
