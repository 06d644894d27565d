export type Hook = {
  status: string;
  input: unknown;
  result: unknown;
  isIdle: boolean;
  isExecuting: boolean;
  isTransitioning: boolean;
  isPending: boolean;
  hasSucceeded: boolean;
  hasErrored: boolean;
  hasNavigated: boolean;
};

/** Returns what a hook shows, as text. */
export function textOf(hook: Hook) {
  const { status, input, result } = hook;
  const { isIdle, isExecuting, isTransitioning, isPending, hasSucceeded, hasErrored, hasNavigated } = hook;
  const all = { isIdle, isExecuting, isTransitioning, isPending, hasSucceeded, hasErrored, hasNavigated };
  const flags = Object.entries(all).filter(([, isOn]) => isOn).map(([name]) => name);
  return JSON.stringify({ status, flags, input, result });
}

/** Shows what a hook returns. */
export function HookState({ name, hook }: { name: string; hook: Hook }) {
  return <pre data-hook={name}>{textOf(hook)}</pre>;
}
