/** Types of `actionlane/state`: the value that the calls of an action lead to. See `docs/state.md`. */

import type {
  Action,
  ActionCall,
  ActionError,
  ActionOf,
  ActionRef,
  ArgumentsOf,
  BindOptions,
  Dispatcher,
  ResultOf,
  TypedRef,
} from "./index.js";

/** A state at one moment. The same object while nothing changes. */
export interface StateSnapshot<S> {
  /** The value: that of the runs that are over, with the expected effect of those that are pending. */
  readonly value: S;
  /** True while a run is pending. */
  readonly pending: boolean;
  /**
   * Error of the last run that failed, until the next `run`, `retry` or `reset`. Results such as
   * `{ ok: false, code }` are values. A run that the page itself has ended (`ABORTED`, `CLEARED`, `DROPPED`,
   * `REPLACED`) sets none.
   */
  readonly error: ActionError | undefined;
  /** `"pending"` while a run is pending; else `"error"` if there is an error, `"success"` after a run, or `"idle"`. */
  readonly status: "idle" | "pending" | "success" | "error";
}

/** A state. Its methods may be used without the object. */
export interface ActionState<S, P extends readonly unknown[], C extends Promise<unknown> = ActionCall<S>> {
  /**
   * Calls the action. The value shows the expected effect at once, and no more if the run fails. An error is in the
   * snapshot, so that the promise needs no `catch`.
   */
  readonly run: (...args: P) => C;
  /**
   * Makes the runs that have failed since the last `run` once more, in their order, with the same arguments and
   * idempotency keys. Returns their calls; an empty array if none has failed.
   *
   * With `previous`, a run that had a key and may have reached the server sends the same value as before, so that the
   * server knows it again. Any other sends the value as it is then.
   */
  readonly retry: () => C[];
  /** Goes back to the initial value. Runs that are pending go on, and count no more. */
  readonly reset: () => void;
  /** Returns the snapshot. */
  readonly getSnapshot: () => StateSnapshot<S>;
  /** Returns the snapshot of the initial value, which a server has rendered. For React's `useSyncExternalStore`. */
  readonly getServerSnapshot: () => StateSnapshot<S>;
  /**
   * Calls `listener` with the snapshot, at once and after each change. Returns the function that ends it. This is
   * the contract of Svelte's stores, and suits `useSyncExternalStore` as well.
   */
  readonly subscribe: (listener: (snapshot: StateSnapshot<S>) => void) => () => void;
}

/** Options of `state`: those of each call, and two of its own. */
export interface StateOptions<S, P extends readonly unknown[], R> extends BindOptions {
  /**
   * Returns the value after a run. `value`: the one before it. Default: the result, or if that is `undefined`, what
   * `reducer` returns. An error that it throws goes to `reportError`, and the value stays.
   */
  confirm?: (value: S, result: R, ...args: P) => S;
  /**
   * `true` for an action as `useActionState` takes it: its first argument is the value, as the runs before have left
   * it. Each run then waits for the one before, in every lane, and `run` returns a plain promise. Default `false`.
   */
  previous?: boolean;
}

/** Value of a state whose results replace it. */
export type StateOf<I, A extends Action> = I | Exclude<ResultOf<A>, undefined | void>;

/** The same type, which the compiler does not infer here. */
type Fixed<T> = [T][T extends any ? 0 : never];

/** First argument of an action as `useActionState` takes it. */
export type Previous<A extends Action> = ArgumentsOf<A> extends readonly [infer S, ...unknown[]] ? S : never;

/** Arguments of `run` for an action as `useActionState` takes it. */
export type AfterPrevious<A extends Action> = ArgumentsOf<A> extends readonly [unknown, ...infer P] ? P : never;

/**
 * Returns a state of an action: its last result, and what its pending calls are expected to do.
 *
 * `reducer(value, ...args)` returns the value that a run is expected to lead to. When a result arrives, or a run fails,
 * the value is made again from those that are left, in the order of the runs. It must not change its arguments. An
 * error that it throws goes to `reportError`, and the value stays.
 *
 * A state holds no resources: one that is not used any more needs no end. Throws `INVALID_OPTION` if `reducer` or an
 * option of its own is wrong; other options fail each call.
 *
 * @example
 * ```ts
 * const likes = state(d, refs.like, 0, (count) => count + 1);
 * likes.subscribe(({ value, error }) => (label.textContent = error ? error.message : `${value} likes`));
 * button.onclick = () => likes.run(post.id);
 * ```
 */
export function state<T extends Action | TypedRef<any>, I>(
  d: Pick<Dispatcher, "call">,
  ref: T,
  initial: I,
  reducer?:
    | ((value: StateOf<Fixed<I>, ActionOf<T>>, ...args: ArgumentsOf<ActionOf<T>>) => StateOf<Fixed<I>, ActionOf<T>>)
    | undefined,
  options?: BindOptions & { confirm?: undefined; previous?: false },
): ActionState<StateOf<I, ActionOf<T>>, ArgumentsOf<ActionOf<T>>, ActionCall<ResultOf<ActionOf<T>>>>;
/** Does the same with a value that `confirm` makes of each result. */
export function state<T extends Action | TypedRef<any>, S>(
  d: Pick<Dispatcher, "call">,
  ref: T,
  initial: S,
  reducer: ((value: S, ...args: ArgumentsOf<ActionOf<T>>) => S) | undefined,
  options: StateOptions<S, ArgumentsOf<ActionOf<T>>, ResultOf<ActionOf<T>>> & { previous?: false },
): ActionState<S, ArgumentsOf<ActionOf<T>>, ActionCall<ResultOf<ActionOf<T>>>>;
/** Does the same for an action as `useActionState` takes it. */
export function state<T extends Action | TypedRef<any>>(
  d: Pick<Dispatcher, "call">,
  ref: T,
  initial: Previous<ActionOf<T>>,
  reducer:
    | ((value: Previous<ActionOf<T>>, ...args: AfterPrevious<ActionOf<T>>) => Previous<ActionOf<T>>)
    | undefined,
  options: StateOptions<Previous<ActionOf<T>>, AfterPrevious<ActionOf<T>>, ResultOf<ActionOf<T>>> & { previous: true },
): ActionState<Previous<ActionOf<T>>, AfterPrevious<ActionOf<T>>, Promise<ResultOf<ActionOf<T>>>>;
/** Does the same for an action without its type. */
export function state<S = any, P extends readonly unknown[] = any[]>(
  d: Pick<Dispatcher, "call">,
  ref: ActionRef,
  initial: S,
  reducer?: ((value: S, ...args: P) => S) | undefined,
  options?: BindOptions & { confirm?: undefined; previous?: false },
): ActionState<S, P, ActionCall<S>>;
/** Does the same for an action without its type, with a value that `confirm` makes of each result, of the type `R`. */
export function state<S = any, P extends readonly unknown[] = any[], R = any>(
  d: Pick<Dispatcher, "call">,
  ref: ActionRef,
  initial: S,
  reducer: ((value: S, ...args: P) => S) | undefined,
  options: StateOptions<S, P, R> & { previous?: false },
): ActionState<S, P, ActionCall<R>>;
/** Does the same for an action as `useActionState` takes it, without its type. */
export function state<S = any, P extends readonly unknown[] = any[]>(
  d: Pick<Dispatcher, "call">,
  ref: ActionRef,
  initial: S,
  reducer: ((value: S, ...args: P) => S) | undefined,
  options: BindOptions & { confirm?: undefined; previous?: boolean },
): ActionState<S, P, Promise<S>>;
/** Does the same for such an action, with a value that `confirm` makes of each result, of the type `R`. */
export function state<S = any, P extends readonly unknown[] = any[], R = any>(
  d: Pick<Dispatcher, "call">,
  ref: ActionRef,
  initial: S,
  reducer: ((value: S, ...args: P) => S) | undefined,
  options: StateOptions<S, P, R>,
): ActionState<S, P, Promise<R>>;

// Without this line every declaration is an export, that of `Fixed` too.
export {};
