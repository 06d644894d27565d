// States as a caller uses them. The compiler checks each `expect`; nothing runs.
import { type ActionCall, type ActionError, type createDispatcher, isActionError } from "../../pkg/index.js";
import { refs } from "../../pkg/server.js";
import { type StateSnapshot, state } from "../../pkg/state.js";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function expect<Holds extends true>(): Holds;

type Cart = { items: string[] };
type Taken = { ok: true } | { ok: false; code: "TAKEN" };
declare function add(item: string, count?: number): Promise<Cart>;
declare function track(event: string): Promise<void>;
declare function rename(before: Taken, form: FormData): Promise<Taken>;
declare function comment(text: string): Promise<{ id: number }>;
declare const d: ReturnType<typeof createDispatcher>;
const made = refs({ add, track, rename, comment });

// The result is the value, beside the initial one.
const cart = state(d, made.add, null);
expect<Same<ReturnType<typeof cart.getSnapshot>, StateSnapshot<Cart | null>>>();
const call = cart.run("tea", 2);
expect<Same<typeof call, ActionCall<Cart>>>();
expect<Same<ReturnType<typeof cart.retry>, ActionCall<Cart>[]>>();
// @ts-expect-error: an argument is missing
cart.run();
// @ts-expect-error: an argument of another type
cart.run("tea", "two");
const { value, pending, error, status } = cart.getSnapshot();
expect<Same<typeof value, Cart | null>>();
expect<Same<typeof pending, boolean>>();
expect<Same<typeof error, ActionError | undefined>>();
expect<Same<typeof status, "idle" | "pending" | "success" | "error">>();
if (error && isActionError(error)) error.code satisfies string;
// @ts-expect-error: a snapshot is read-only
cart.getSnapshot().value = null;

// The reducer has the arguments of the action.
state(d, made.add, { items: [] } as Cart, (cart, item, count = 1) => ({ items: [...cart.items, ...Array<string>(count).fill(item)] }));
// @ts-expect-error: the reducer returns another value
state(d, made.add, { items: [] } as Cart, (_cart, item) => item);
state(d, made.add, null, undefined, { lane: "cart", strategy: "queue last" });
// @ts-expect-error: a signal would end all calls
state(d, made.add, null, undefined, { signal: new AbortController().signal });
// @ts-expect-error: all calls would have this key
state(d, made.add, null, undefined, { idempotencyKey: "one" });

// An action that returns nothing does not change the type.
const events = state(d, made.track, 0, (count) => count + 1);
expect<Same<ReturnType<typeof events.getSnapshot>["value"], number>>();

// `confirm` makes the value of a result.
const comments = state(d, made.comment, [] as { id?: number; text: string }[], (list, text) => [...list, { text }], {
  confirm: (list, { id }, text) => [...list, { id, text }],
});
expect<Same<ReturnType<typeof comments.getSnapshot>["value"], { id?: number; text: string }[]>>();
const commented = comments.run("hello");
expect<Same<typeof commented, ActionCall<{ id: number }>>>();

// An action as `useActionState` takes it has the value first, and `run` has the rest.
const form = state(d, made.rename, { ok: true }, undefined, { previous: true });
expect<Same<ReturnType<typeof form.getSnapshot>["value"], Taken>>();
const sent = form.run(new FormData());
expect<Same<typeof sent, Promise<Taken>>>();
// @ts-expect-error: the value is not given by hand
form.run({ ok: true }, new FormData());

// Without a typed reference, the caller says the types.
// @ts-expect-error: the dispatcher is missing
state("40".padEnd(42, "a"), 0);
const likes = state<number, [id: string]>(d, "40".padEnd(42, "a"), 0, (count) => count + 1);
expect<Same<ReturnType<typeof likes.getSnapshot>["value"], number>>();
likes.run("post");
// @ts-expect-error: an argument of another type
likes.run(5);

const counted = likes.run("post");
expect<Same<typeof counted, ActionCall<number>>>();

// `confirm` says the type of a result, which the compiler finds out or the caller says.
type Note = { id?: number; text: string };
const notes = state(d, "40".padEnd(42, "a"), [] as Note[], (list, text: string) => [...list, { text }], {
  confirm: (list, { id }: { id: number }, text) => [...list, { id, text: text satisfies string }],
});
expect<Same<ReturnType<typeof notes.getSnapshot>["value"], Note[]>>();
const noted = notes.run("hello");
expect<Same<typeof noted, ActionCall<{ id: number }>>>();
// @ts-expect-error: an argument of another type
notes.run(5);
const given = state<Note[], [text: string], { id: number }>(d, "40".padEnd(42, "a"), [], undefined, {
  confirm: (list, { id }, text) => [...list, { id, text }],
});
expect<Same<ReturnType<typeof given.retry>, ActionCall<{ id: number }>[]>>();
const loose = state<Note[], [text: string]>(d, "40".padEnd(42, "a"), [], (list, text) => [...list, { text }], {
  confirm: (list, { id }, text) => [...list, { id, text }],
}).run("hello");
expect<Same<typeof loose, ActionCall<any>>>();
// @ts-expect-error: `confirm` makes another value
state<Note[], [text: string]>(d, "40".padEnd(42, "a"), [], undefined, { confirm: (_list, _result, text) => text });

// With `previous`, `run` returns a plain promise.
const renamed = state<Taken, [form: FormData]>(d, "40".padEnd(42, "a"), { ok: true }, undefined, { previous: true }).run(new FormData());
expect<Same<typeof renamed, Promise<Taken>>>();
const numbered = state(d, "40".padEnd(42, "a"), [] as Note[], undefined, {
  confirm: (list, { id }: { id: number }, text: string) => [...list, { id, text }],
  previous: true,
}).run("hello");
expect<Same<typeof numbered, Promise<{ id: number }>>>();

// Stores of frameworks accept it.
declare function useSyncExternalStore<S>(subscribe: (changed: () => void) => () => void, get: () => S, ofServer?: () => S): S;
const shown = useSyncExternalStore(cart.subscribe, cart.getSnapshot, cart.getServerSnapshot);
expect<Same<typeof shown, StateSnapshot<Cart | null>>>();
interface Readable<T> {
  subscribe(this: void, run: (value: T) => void, invalidate?: () => void): () => void;
}
cart satisfies Readable<StateSnapshot<Cart | null>>;
const end = cart.subscribe(({ value }) => void value?.items);
expect<Same<typeof end, () => void>>();

// Progress of an upload.
d.call(made.add, ["tea"], {
  onProgress: ({ loaded, total }) => {
    expect<Same<typeof loaded, number>>();
    expect<Same<typeof total, number>>();
  },
});
// @ts-expect-error: it is a function
d.call(made.add, ["tea"], { onProgress: true });
// @ts-expect-error: fetch reports no progress
d.fetch("/", {}, { onProgress: () => {}, lane: "main" });
