// Reads the ids of Server Actions, which only the server can see, so that client components can call them. Must not
// give the id of an action that has bound arguments: the call would run without them.

/** Mark that React puts on server references. A client reference has an id too, and another mark. */
const SERVER_REFERENCE = Symbol.for("react.server.reference");

/** Beginning of the names that Next's compiler gives to closures and caches. */
const UNNAMED = "$$";

/** Returns `{ [key]: { id, name } }`, plain objects that may be props of client components. */
export function refs(actions) {
  if (typeof actions !== "object" || actions === null) throw new TypeError("refs: expected an object of actions by name");
  const keys = Object.keys(actions).filter((key) => !key.startsWith(UNNAMED));
  return Object.fromEntries(keys.map((key) => [key, { id: idOf(key, actions[key]), name: key }]));
}

function idOf(key, action) {
  if (typeof action !== "function" || action.$$typeof !== SERVER_REFERENCE || typeof action.$$id !== "string") {
    const where = 'an exported function of a "use server" file, read in a server component or a route handler';
    throw new TypeError(`refs: ${key} is no Server Action: expected ${where}`);
  }
  if (action.$$bound?.length > 0) {
    const instead = "an id does not carry them: pass the function itself as a prop, or give the action these values as arguments";
    throw new TypeError(`refs: ${key} has bound arguments, of bind() or of the function around it; ${instead}`);
  }
  return action.$$id;
}
