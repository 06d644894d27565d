/**
 * Types of `actionlane/next`: Next's own Server Actions through lanes. See `docs/next.md`.
 */

import type { Dispatcher, DispatcherOptions, FetchOptions, LaneName, RenderMode, SkewMode } from "./index.js";

/** Options of an action: of its policy, or of one call. Those that `FetchOptions` lacks are below. */
export interface ActionOptions extends Omit<FetchOptions, "lane" | "name"> {
  /** Lane of the call. Default `"main"`. A function runs once for each call, with its arguments. */
  lane?: LaneName | ((...args: any[]) => LaneName | undefined);
  /** As in `CallOptions`. */
  render?: RenderMode;
  /**
   * `true`: the action may run more than once. Its calls carry an idempotency key, and are retried twice unless `retry`
   * says otherwise. Default `false`.
   */
  idempotent?: boolean;
  /**
   * Handling of an action that the server does not know because another build was deployed. `"recover"`: finds it by
   * its name in the page as deployed now, and sends the call once more. `"fail"`: rejects with Next's own error, as
   * `"recover"` does if it finds none. `"reload"`: rejects, and reloads the page. Default: the dispatcher's, else
   * `"recover"`.
   */
  skew?: SkewMode;
}

/** Options of all calls of an action. A text as `idempotencyKey` would be the same key for all. */
export interface ActionPolicy extends Omit<ActionOptions, "idempotencyKey"> {
  /** As in `CallOptions`. */
  idempotencyKey?: boolean;
}

/** The action that a policy is asked for. */
export interface CalledAction {
  /** Id of the action. */
  id: string;
  /** Name of the action. Absent for inline closures, and in `next dev` for actions that are passed as props. */
  name?: string;
  /**
   * File of the action without its extension, from the folder of `next.config`. Absent in `next dev`, and for actions
   * that no policy names.
   */
  file?: string;
}

/**
 * Policies by the name of the action, or by file and name: `"app/cart/actions#add"`. `default` is for all others;
 * without it they go Next's own way, as does an action whose policy is `false`. A function returns the options of a
 * call, or nothing for Next's own way.
 */
export type ActionPolicies =
  | Record<string, ActionPolicy | false | undefined>
  | ((action: CalledAction, args: readonly unknown[]) => ActionOptions | false | undefined);

/**
 * Sets the policies of the page's actions. The last call counts. Does nothing on the server. Throws a `TypeError` for
 * what is neither an object nor a function.
 *
 * `options` are those of the dispatcher, which is made when it is loaded, and not again. `headers`, `hooks`, `render`
 * and others that shape a request apply to `d.call` of `getDispatcher()`, not to imported actions: `docs/next.md` lists
 * them.
 *
 * @example
 * ```ts
 * // instrumentation-client.ts
 * import { configureActions } from "actionlane/next";
 *
 * configureActions({ createPaymentSession: { lane: "payment", timeout: 10_000 }, saveTokens: { render: "skip" } });
 * ```
 */
export function configureActions(
  policies: ActionPolicies,
  options?: Omit<DispatcherOptions, "url" | "fetch" | "host">,
): void;

/**
 * Returns the action with options for its calls. They are added to its policy, and apply to the first action that the
 * function calls before it returns or awaits; if there is none, `console.warn` says so outside production.
 *
 * @example
 * ```ts
 * await withOptions(search, { signal, strategy: "replace" })(text);
 * ```
 */
export function withOptions<F extends (...args: never[]) => unknown>(action: F, options: ActionOptions): F;

/**
 * Loads the dispatcher of the page's actions, for `snapshot`, `subscribe`, `cancel` and lanes. Resolves with undefined
 * on the server, and if it cannot be loaded.
 */
export function getDispatcher(): Promise<Dispatcher | undefined>;

export { isActionError } from "./index.js";

/** Options of `withActionlane`. */
export interface ActionlaneOptions {
  /** `false` leaves the configuration as it is. Default `true`. */
  enabled?: boolean;
  /**
   * Names that policies have, as `"add"` or `"app/cart/actions#add"`. The build writes down which ids they stand for.
   * Default: all names and texts in the app's source files that call `configureActions`.
   */
  names?: string[];
}

/**
 * Puts the seam into a Next configuration: an object, a promise of one, or a function. For Next 15.5 and 16, Turbopack
 * and webpack. Throws if this Next is not known, and names it.
 *
 * @example
 * ```js
 * // next.config.mjs
 * import { withActionlane } from "actionlane/next";
 *
 * export default withActionlane({ reactStrictMode: true });
 * ```
 */
export function withActionlane<C extends object = {}>(nextConfig?: C, options?: ActionlaneOptions): C;
