import "server-only";

/**
 * The id of a Server Action, as the wire knows it. Only the server can read it: in the browser the same import is a function that
 * hides it, so a page that wants to call by id passes it down as a prop.
 */
export function actionId(action: (...args: never[]) => Promise<unknown>): string {
  const id = (action as { $$id?: unknown }).$$id;
  if (typeof id !== "string") throw new Error(`${action.name} is not a Server Action`);
  return id;
}
