/** Types of `actionlane/actions`: Server Actions called by name. See `docs/references.md`. */

import type { Action, ActionCall, BindOptions, Dispatcher, ResultOf } from "./index.js";

/** The actions of a module, as functions that make calls. What is no action is left out. */
export type CalledByName<M> = {
  readonly [K in keyof M as M[K] extends Action ? K : never]: M[K] extends Action
    ? (...args: Parameters<M[K]>) => ActionCall<ResultOf<M[K]>>
    : never;
};

/** Ids by name, as `npx actionlane names .next` prints them, or the references that `refs` makes. */
export type ActionManifest = { readonly [name: string]: string | { readonly id: string } };

/**
 * Returns an object that calls the actions of a module by name. Without a manifest the names are those of the actions
 * that the page imports, which takes `withActionlane`. Makes a call for any name: one that is not known rejects with
 * `INVALID_OPTION`, and its message has the nearest name. `then`, `toJSON`, `toString`, `valueOf` and symbols are
 * `undefined`.
 *
 * `options` are those of every call.
 *
 * @example
 * ```ts
 * const api = actions<typeof import("./actions")>(d, manifest, { lane: "payment" });
 * const session = await api.createPaymentSession(4200, idToken);
 * ```
 */
export function actions<M extends object>(
  d: Pick<Dispatcher, "bind">,
  manifest?: ActionManifest,
  options?: BindOptions,
): CalledByName<M>;
