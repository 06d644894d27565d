/**
 * Types of `actionlane/react`: hooks for calls of actions. See `docs/react.md`.
 */

import type { Action, ActionRef, BindOptions, CallInfo, Dispatcher, LaneName, ResultOf, TypedRef } from "./index.js";
import type { ActionPolicy } from "./next.js";

/** Navigation by which an action ended. */
export type NavigationKind = "redirect" | "notFound" | "forbidden" | "unauthorized";

/** The result before an action has ended, and of one that threw, navigated, or returned nothing. */
export interface EmptyResult {
  data?: undefined;
  serverError?: undefined;
  validationErrors?: undefined;
}

type ResultKey = "data" | "serverError" | "validationErrors";
/** Part of those values of an action that have no other keys than these. */
type PartOf<V, Key extends ResultKey> = V extends object
  ? [keyof V] extends [ResultKey]
    ? Key extends keyof V
      ? V extends { [K in Key]: infer Part }
        ? Part
        : Exclude<V[Key], undefined>
      : never
    : never
  : never;

/** The value that an action returned, without its errors. */
export type DataOf<V> = V extends object ? ([keyof V] extends [ResultKey] ? PartOf<V, "data"> : V) : V;

type Filled<V> = { data: DataOf<V>; serverError?: undefined; validationErrors?: undefined };
type Success<V> = [unknown] extends [DataOf<V>]
  ? Filled<V>
  : [DataOf<V>] extends [void | undefined]
    ? EmptyResult
    : Filled<V>;
type Faults<V> =
  | ([PartOf<V, "serverError">] extends [never]
      ? never
      : { data?: undefined; serverError: PartOf<V, "serverError">; validationErrors?: undefined })
  | ([PartOf<V, "validationErrors">] extends [never]
      ? never
      : { data?: undefined; serverError?: undefined; validationErrors: PartOf<V, "validationErrors"> });

/**
 * The value of an action as `result` shows it: `{ data }`. A value that has no other keys than `data`, `serverError`
 * and `validationErrors`, as actions of next-safe-action return, is shown as it is.
 */
export type ActionResult<V> = EmptyResult | Success<V> | Faults<V>;

/** Functions that run after the component has rendered a step of its last call. Errors go to `console.error`. */
export interface ActionCallbacks<A extends readonly unknown[], V> {
  /** Runs when a call was made. */
  onExecute?(args: { input: A[0] }): unknown;
  /** Runs when the action has returned, without `serverError` and `validationErrors`. */
  onSuccess?(args: { data: DataOf<V>; input: A[0] }): unknown;
  /** Runs when the action has returned one of these, or threw. */
  onError?(args: {
    error: (EmptyResult & { thrownError: Error }) | (Faults<V> & { thrownError?: undefined });
    input: A[0];
  }): unknown;
  /** Runs when the action has navigated. */
  onNavigation?(args: { input: A[0]; navigationKind: NavigationKind }): unknown;
  /** Runs after each of the three. */
  onSettled?(args: { result: ActionResult<V>; input: A[0]; navigationKind?: NavigationKind }): unknown;
}

/** Options of `useAction`. */
export interface UseActionOptions<A extends readonly unknown[], V, I = EmptyResult> extends ActionCallbacks<A, V> {
  /** The `result` before the first call, and after `reset()`. Default `{}`. */
  initResult?: I;
  /**
   * `true`: the error by which Next navigates is thrown while the component renders. `onNavigation` and `onSettled` do
   * not run for it. Default `false`.
   */
  throwOnNavigation?: boolean;
  /** `true`: open calls are aborted when the component unmounts. Default `false`: they go on. */
  abortOnUnmount?: boolean;
}

/** Options for an imported action. */
export interface OfAction {
  /** Options of each call, as of `withOptions`. */
  call?: Omit<ActionPolicy, "signal">;
  dispatcher?: undefined;
}

/** Options for a reference to an action. */
export interface OfReference {
  /** Dispatcher that makes the calls. */
  dispatcher: Dispatcher;
  /** Options of each call. */
  call?: BindOptions;
}

type Flags<Name extends string> = {
  [Flag in "isIdle" | "isExecuting" | "hasSucceeded" | "hasErrored" | "hasNavigated"]: Flag extends Name ? true : false;
};

/** Members that do not depend on the status. */
export interface ActionHandle<A extends readonly unknown[], V> {
  /** Calls the action. Its error is in `error`. Always the same function. */
  execute(...args: A): void;
  /** Calls the action and promises what it returns. Rejects as the action does. Always the same function. */
  executeAsync(...args: A): Promise<V>;
  /** Shows nothing of the calls made so far. They go on. Always the same function. */
  reset(): void;
  /**
   * Aborts the open calls of this component with `ABORTED`; `reason` becomes the error's `cause`. Returns false if none
   * can be aborted: they are over, or go Next's own way. Before the page's dispatcher is loaded, the error of the call
   * is the reason itself. Always the same function.
   */
  abort(reason?: unknown): boolean;
  /** Error that the last call threw. With `"hasNavigated"`, the one by which Next navigates. */
  error: unknown;
  /** True while the last call waits and runs; of one that goes Next's own way, also while `isTransitioning`. */
  isPending: boolean;
  /**
   * True until React has rendered what the call has brought. React ends all such transitions together, so calls in
   * other lanes delay it.
   */
  isTransitioning: boolean;
  /** True while the last call waits to be sent. Reading it renders the component when that changes. */
  isQueued: boolean;
  /**
   * Place of the last call among those of its lane that wait, from 1; 0 if it does not wait. Before the page's
   * dispatcher is loaded, among all calls that wait for it. Reading it renders the component when it changes.
   */
  queuePosition: number;
}

type Step<Status extends string, Flag extends string, Input, Result> = Flags<Flag> & {
  status: Status;
  input: Input;
  result: Result;
};

/** The object that `useAction` returns. `input`: the first argument of the last call. */
export type UseAction<A extends readonly unknown[], V, I = EmptyResult> = ActionHandle<A, V> &
  (
    | Step<"idle", "isIdle", undefined, EmptyResult extends I ? EmptyResult : I>
    | Step<"executing", "isExecuting", A[0], ActionResult<V> | I>
    | Step<"hasSucceeded", "hasSucceeded", A[0], Success<V>>
    | Step<"hasErrored", "hasErrored", A[0], EmptyResult | Faults<V>>
    | Step<"hasNavigated", "hasNavigated", A[0], EmptyResult>
  );

/** The object that `useAction` returns for an action, by the name that it has in next-safe-action. */
export type InferUseActionHookReturn<F> = F extends (...args: infer A) => Promise<infer V> ? UseAction<A, V> : never;

/** The object that `useOptimisticAction` returns for an action, by the name that it has in next-safe-action. */
export type InferUseOptimisticActionHookReturn<F, S = any> = InferUseActionHookReturn<F> & { optimisticState: S };

/**
 * Calls an action and shows the state of the last call: of an imported action, by the lanes of `withActionlane`; or of
 * a reference, by a dispatcher. Without `withActionlane`, any function may be called, past every lane.
 *
 * @example
 * ```tsx
 * const { execute, isPending, isQueued, result } = useAction(saveDraft, { call: { lane: "draft" } });
 * ```
 */
export function useAction<
  A extends readonly unknown[],
  P extends Promise<unknown>,
  I extends ActionResult<Awaited<P>> = EmptyResult,
>(
  action: (...args: A) => P,
  options?: UseActionOptions<A, Awaited<P>, I> & OfAction,
): UseAction<A, Awaited<P>, I>;
export function useAction<F extends Action, I extends ActionResult<ResultOf<F>> = EmptyResult>(
  ref: TypedRef<F>,
  options: UseActionOptions<Parameters<F>, ResultOf<F>, I> & OfReference,
): UseAction<Parameters<F>, ResultOf<F>, I>;
export function useAction<A extends readonly unknown[] = any[], V = any, I extends ActionResult<V> = EmptyResult>(
  ref: ActionRef,
  options: UseActionOptions<A, V, I> & OfReference,
): UseAction<A, V, I>;

/** Options of `useOptimisticAction` that `useAction` lacks. */
export interface OptimisticOptions<A extends readonly unknown[], S> {
  /** State without the open calls. */
  currentState: S;
  /** Returns the state after a call with this input. Must be pure. */
  updateFn(state: S, input: A[0]): S;
}

/**
 * Does what `useAction` does, and shows a state that is ahead of the server: `updateFn` applied to `currentState` for
 * each open call, in the order of the calls. A call that fails is taken out at once. One that succeeds stays until
 * `currentState` changes, or React has rendered what the call changed.
 *
 * @example
 * ```tsx
 * const { execute, optimisticState } = useOptimisticAction(addTodo, {
 *   currentState: todos,
 *   updateFn: (todos, todo) => [...todos, todo],
 * });
 * ```
 */
export function useOptimisticAction<
  A extends readonly unknown[],
  P extends Promise<unknown>,
  S,
  I extends ActionResult<Awaited<P>> = EmptyResult,
>(
  action: (...args: A) => P,
  options: UseActionOptions<A, Awaited<P>, I> & OfAction & OptimisticOptions<A, S>,
): UseAction<A, Awaited<P>, I> & { optimisticState: S };
export function useOptimisticAction<F extends Action, S, I extends ActionResult<ResultOf<F>> = EmptyResult>(
  ref: TypedRef<F>,
  options: UseActionOptions<Parameters<F>, ResultOf<F>, I> & OfReference & OptimisticOptions<Parameters<F>, S>,
): UseAction<Parameters<F>, ResultOf<F>, I> & { optimisticState: S };
export function useOptimisticAction<
  A extends readonly unknown[] = any[],
  V = any,
  S = any,
  I extends ActionResult<V> = EmptyResult,
>(
  ref: ActionRef,
  options: UseActionOptions<A, V, I> & OfReference & OptimisticOptions<A, S>,
): UseAction<A, V, I> & { optimisticState: S };

/** Options of `useQueue` and `usePendingCount`. */
export interface UseQueueOptions {
  /** Dispatcher to look at. Default: that of `withActionlane`, once it is loaded. */
  dispatcher?: Dispatcher;
}

/** Chooses calls: by a function, or by properties that they must have. */
export type CallFilter =
  | ((call: CallInfo) => unknown)
  | Partial<Pick<CallInfo, "id" | "actionId" | "name" | "lane" | "state">>;

/**
 * Lists the calls and routes that are not over, as `snapshot()` does. Returns the same list until one that the filter
 * chooses changes. An empty list on the server.
 *
 * @example
 * ```tsx
 * const payments = useQueue({ lane: "payment" });
 * ```
 */
export function useQueue(filter?: CallFilter, options?: UseQueueOptions): readonly CallInfo[];

/** Counts the calls of a lane that have not settled; without a lane, all calls and routes. 0 on the server. */
export function usePendingCount(lane?: LaneName, options?: UseQueueOptions): number;
