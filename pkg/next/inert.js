// The entry of `actionlane/next` for Server Components and edge functions, where no action is sent: the functions are
// there and do nothing. Must not import anything.

export function configureActions() {}

export const withOptions = (action) => action;

export const getDispatcher = async () => undefined;

export const isActionError = () => false;

export function withActionlane() {
  throw new Error("withActionlane() belongs in next.config");
}
