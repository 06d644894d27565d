// The hooks as a component uses them. The compiler checks each `expect`; nothing runs.
import { createDispatcher } from "../../pkg/index.js";
import type { CallInfo, TypedRef } from "../../pkg/index.js";
import { type EmptyResult, type InferUseActionHookReturn, type InferUseOptimisticActionHookReturn, type NavigationKind, usePendingCount, useAction, useOptimisticAction, useQueue } from "../../pkg/react.js";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function expect<Holds extends true>(): Holds;

const d = createDispatcher();
const id = "40".padEnd(42, "a");

// A plain action.
declare function save(title: string, count?: number): Promise<{ id: number }>;
const saving = useAction(save, { call: { lane: "draft", timeout: 1_000, render: "skip" }, onSuccess: ({ data, input }) => expect<Same<[typeof data, typeof input], [{ id: number }, string]>>() });
expect<Same<Parameters<typeof saving.execute>, Parameters<typeof save>>>();
expect<Same<ReturnType<typeof saving.executeAsync>, Promise<{ id: number }>>>();
expect<Same<typeof saving.input, string | undefined>>();
if (!saving.isIdle) expect<Same<typeof saving.input, string>>();
expect<Same<ReturnType<typeof saving.abort>, boolean>>();
if (saving.hasSucceeded) expect<Same<typeof saving.result.data, { id: number }>>();
if (saving.status === "idle") expect<Same<typeof saving.result, EmptyResult>>();
if (saving.status === "hasNavigated") expect<Same<typeof saving.result.data, undefined>>();
if (saving.hasErrored) expect<Same<typeof saving.result.serverError, undefined>>();
const { status, result } = saving;
if (status === "hasSucceeded") expect<Same<typeof result.data.id, number>>();
// @ts-expect-error: the title is a string
saving.execute(1);
// @ts-expect-error: the title is required
saving.execute();
// @ts-expect-error: a hook has no signal
useAction(save, { call: { signal: new AbortController().signal } });
// @ts-expect-error: no such option
useAction(save, { lane: "draft" });
// @ts-expect-error: an imported action has a dispatcher already
useAction(save, { dispatcher: d });

const plain = useAction(save);
expect<Same<InferUseActionHookReturn<typeof save>, typeof plain>>();

// An action that returns nothing.
declare function track(): Promise<void>;
const tracking = useAction(track);
tracking.execute();
if (tracking.hasSucceeded) expect<Same<typeof tracking.result.data, undefined>>();

// An action as next-safe-action types it.
type Faulty = { formErrors: string[] };
declare function add(input: { text: string }): Promise<
  | { data?: undefined; serverError?: undefined; validationErrors?: undefined }
  | { data: string[]; serverError?: undefined; validationErrors?: undefined }
  | { data?: undefined; serverError: { code: number }; validationErrors?: undefined }
  | { data?: undefined; serverError?: undefined; validationErrors: Faulty }
>;
const adding = useAction(add, {
  initResult: { data: ["first"] },
  onSuccess: ({ data }) => expect<Same<typeof data, string[]>>(),
  onError: ({ error }) => {
    expect<Same<typeof error.serverError, { code: number } | undefined>>();
    expect<Same<typeof error.thrownError, Error | undefined>>();
  },
  onNavigation: ({ navigationKind }) => expect<Same<typeof navigationKind, NavigationKind>>(),
  onSettled: ({ result }) => expect<Same<typeof result.data, string[] | undefined>>(),
});
if (adding.isIdle) expect<Same<typeof adding.result, { data: string[] }>>();
if (adding.hasSucceeded) expect<Same<typeof adding.result.data, string[]>>();
if (adding.hasErrored && adding.result.serverError) expect<Same<typeof adding.result.serverError, { code: number }>>();
if (adding.hasErrored && adding.result.validationErrors) expect<Same<typeof adding.result.validationErrors, Faulty>>();
adding.executeAsync({ text: "" }).then(({ data }) => expect<Same<typeof data, string[] | undefined>>());

const optimistic = useOptimisticAction(add, { currentState: ["a"], updateFn: (list, { text }) => [...list, text] });
expect<Same<typeof optimistic.optimisticState, string[]>>();
expect<Same<InferUseOptimisticActionHookReturn<typeof add, string[]>["optimisticState"], string[]>>();
// @ts-expect-error: it needs a current state
useOptimisticAction(add, { updateFn: (list: string[]) => list });

// A reference.
const charging = useAction<[amount: number], { paid: boolean }>({ id, name: "charge" }, { dispatcher: d, call: { durable: true } });
if (charging.hasSucceeded) expect<Same<typeof charging.result.data, { paid: boolean }>>();
useAction(id, { dispatcher: d });
// @ts-expect-error: a reference needs a dispatcher
useAction(id);

expect<Same<ReturnType<typeof useQueue>, readonly CallInfo[]>>();
useQueue({ lane: "a", state: "waiting" });
useQueue(({ name }) => name === "save", { dispatcher: d });
expect<Same<ReturnType<typeof usePendingCount>, number>>();
// @ts-expect-error: a lane is named
usePendingCount(1);

// An action whose type is one of several promises, as zsa types it.
declare function rename(name: string): Promise<[{ id: number }, null]> | Promise<[null, { code: string }]>;
type Renamed = [{ id: number }, null] | [null, { code: string }];
const renaming = useAction(rename, { onSuccess: ({ data }) => expect<Same<typeof data, Renamed>>() });
if (renaming.hasSucceeded) expect<Same<typeof renaming.result.data, Renamed>>();
expect<Same<ReturnType<typeof renaming.executeAsync>, Promise<Renamed>>>();
const renamingAhead = useOptimisticAction(rename, { currentState: 0, updateFn: (count, name) => count + name.length });
expect<Same<ReturnType<typeof renamingAhead.executeAsync>, Promise<Renamed>>>();

// A typed reference brings its types along.
declare const refund: TypedRef<typeof save>;
const refunding = useAction(refund, { dispatcher: d, onSuccess: ({ data }) => expect<Same<typeof data, { id: number }>>() });
expect<Same<Parameters<typeof refunding.execute>, Parameters<typeof save>>>();
useOptimisticAction(refund, { dispatcher: d, currentState: 0, updateFn: (count, title) => count + title.length });
// @ts-expect-error: the title is a string
refunding.execute(1);
// @ts-expect-error: a reference needs a dispatcher
useAction(refund);

// Results as each value is shown.
const loose = useAction(id, { dispatcher: d });
if (loose.hasSucceeded) expect<Same<typeof loose.result.data, any>>();
declare function find(id: number): Promise<{ data: string } | undefined>;
const finding = useAction(find);
if (finding.hasSucceeded) expect<Same<typeof finding.result.data, string | undefined>>();
declare function store(id: number): Promise<{ data?: string; serverError?: Error }>;
const storing = useAction(store);
if (storing.hasSucceeded) expect<Same<typeof storing.result.data, string>>();
if (storing.hasErrored) expect<Same<typeof storing.result.serverError, Error | undefined>>();
// @ts-expect-error: the first result is one of the action
useAction(add, { initResult: { data: 1 } });
// @ts-expect-error: a key of its own for each call
useAction(save, { call: { idempotencyKey: "save" } });
// @ts-expect-error: a key of its own for each call
useAction(refund, { dispatcher: d, call: { idempotencyKey: "save" } });
useAction(refund, { dispatcher: d, call: { idempotencyKey: true, durable: true } });
