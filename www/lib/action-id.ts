import "server-only";

/**
 * Returns the id of a Server Action, as requests carry it. Only the server can read it: in the browser the same
 * import is a function that hides it, so a page that calls by id passes it down as a prop.
 */
export function actionId(action: (...args: never[]) => Promise<unknown>): string {
  const id = (action as { $$id?: unknown }).$$id;
  if (typeof id !== "string") throw new Error(`${action.name} is not a Server Action`);
  return id;
}
