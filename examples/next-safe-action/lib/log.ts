// Keeps what callbacks were told, outside of the components that have them: they do not render for it.
import { useSyncExternalStore } from "react";

let lines: string[] = [];
const listeners = new Set<() => void>();
const NONE: string[] = [];

const plain = (_key: string, value: unknown) => (value instanceof Error ? `${value.name}: ${value.message}` : value);

/** Adds a line to the log. */
export function note(name: string, said: unknown) {
  lines = [...lines, `${name} ${JSON.stringify(said, plain)}`];
  listeners.forEach((listener) => listener());
}

/** Returns all callbacks of a hook; each adds a line to the log. */
export const notes = (hook: string) => ({
  onExecute: (args: unknown) => note(`${hook} onExecute`, args),
  onSuccess: (args: unknown) => note(`${hook} onSuccess`, args),
  onError: (args: unknown) => note(`${hook} onError`, args),
  onNavigation: (args: unknown) => note(`${hook} onNavigation`, args),
  onSettled: (args: unknown) => note(`${hook} onSettled`, args),
});

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export const useLog = () => useSyncExternalStore(subscribe, () => lines, () => NONE);
