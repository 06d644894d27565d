// The entry of `actionlane/next` for Server Components and edge functions, where no action is sent: the functions are
// there and do nothing. Must not import anything.

export function configureActions() {}

export const withOptions = (action) => action;

export const getDispatcher = async () => undefined;

/** Knows the error by the mark that `lib/error.js` gives it: a test may make one. */
export const isActionError = (error) => error?.[Symbol.for("actionlane.ActionError")] === true;

export function withActionlane() {
  throw new Error("withActionlane() belongs in next.config");
}
