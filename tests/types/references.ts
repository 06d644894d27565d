// Typed references as a caller uses them. The compiler checks each `expect`; nothing runs.
import { type ActionCall, type ActionRef, createDispatcher, decode, type Outcome, type TypedRef } from "../../pkg/index.js";
import { actions } from "../../pkg/actions.js";
import { type Refs, refs } from "../../pkg/server.js";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function expect<Holds extends true>(): Holds;

type Receipt = { id: string; at: Date };
declare function saveTokens(idToken: string, accessToken: string): Promise<void>;
declare function charge(amount: number, note?: string): Promise<Receipt>;
declare function list(): Promise<Receipt[]>;
declare function latest(limit?: number): Promise<Receipt | undefined>;
declare function sum(...numbers: number[]): Promise<number>;
declare function submit(before: string, form: FormData): Promise<string>;
declare function echo<T>(value: T): Promise<T>;
declare const d: ReturnType<typeof createDispatcher>;
const id = "40".padEnd(42, "a");

// The server gives references, by key, with id, name and type.
const made = refs({ saveTokens, charge, list, latest, sum, submit, echo });
expect<Same<keyof typeof made, "saveTokens" | "charge" | "list" | "latest" | "sum" | "submit" | "echo">>();
expect<Same<typeof made.charge, TypedRef<typeof charge>>>();
expect<Same<typeof made.charge.id, string>>();
expect<Same<typeof made.charge.name, string>>();
// @ts-expect-error: there is no other reference
void made.refund;
// @ts-expect-error: a value is no action
refs({ charge: "4200" });
// @ts-expect-error: an action is asynchronous
refs({ charge: () => 1 });
// @ts-expect-error: an id is read-only
made.charge.id = id;

// They survive as the props of a client component, by inference and by name.
declare function Checkout(props: { actions: Refs<{ charge: typeof charge }>; list: TypedRef<typeof list> }): null;
Checkout({ actions: refs({ charge }), list: made.list });
Checkout({ actions: made, list: made.list });
// @ts-expect-error: another action
Checkout({ actions: refs({ charge: list }), list: made.list });
// @ts-expect-error: another action
Checkout({ actions: made, list: made.charge });
type Sent = { [K in keyof TypedRef<typeof charge>]: TypedRef<typeof charge>[K] };
expect<Sent extends TypedRef<typeof charge> ? true : false>();

// A call infers arguments and result.
const paid = d.call(made.charge, [4200, "lunch"], { lane: "payment" });
expect<Same<typeof paid, ActionCall<Receipt>>>();
expect<Same<Awaited<typeof paid>, Receipt>>();
expect<Same<Awaited<typeof paid.outcome>, Outcome<Receipt>>>();
d.call(made.charge, [4200]);
const elsewhere = d.call({ ...made.charge, url: "/checkout" }, [4200]);
expect<Same<typeof elsewhere, ActionCall<Receipt>>>();
// @ts-expect-error: an argument of another type, also of a copy
d.call({ ...made.charge, url: "/checkout" }, ["wrong"]);
const given: readonly [string, string] = ["id", "access"];
const saved = d.call(made.saveTokens, given);
expect<Same<typeof saved, ActionCall<void>>>();
const total = d.call(made.sum, [1, 2, 3]);
expect<Same<typeof total, ActionCall<number>>>();
d.call(made.submit, ["", new FormData()]);
d.call(made.echo, [Symbol.iterator]);
// @ts-expect-error: an argument of another type
d.call(made.charge, ["wrong"]);
// @ts-expect-error: an argument is missing
d.call(made.saveTokens, ["id"]);
// @ts-expect-error: an argument too many
d.call(made.charge, [4200, "lunch", true]);
// @ts-expect-error: arguments are a list
d.call(made.charge, 4200);
// @ts-expect-error: a number among the numbers
d.call(made.sum, [1, "2"]);
// @ts-expect-error: there is no such option
d.call(made.charge, [4200], { lanes: "payment" });
// @ts-expect-error: the result is not chosen by the caller
d.call<string>(made.charge, [4200]);
// @ts-expect-error: the result is another
void d.call(made.charge, [4200]).then((receipt) => receipt.total);

// Arguments may be left out if the action needs none.
const listed = d.call(made.list);
expect<Same<typeof listed, ActionCall<Receipt[]>>>();
d.call(made.list, undefined, { lane: "parallel" });
d.call(made.latest);
d.call(made.latest, [3]);
d.call(made.sum);
// @ts-expect-error: the action needs an amount
d.call(made.charge);
// @ts-expect-error: the action needs an amount
d.call(made.charge, undefined, { lane: "payment" });
// @ts-expect-error: the action takes none
d.call(made.list, [1]);

// So does a bound function.
const pay = d.bind(made.charge, { lane: "payment" });
expect<Same<Parameters<typeof pay>, [amount: number, note?: string | undefined]>>();
expect<Same<ReturnType<typeof pay>, ActionCall<Receipt>>>();
const form: (before: string, form: FormData) => string | Promise<string> = d.bind(made.submit);
void form;
// @ts-expect-error: the action needs an amount
pay();
// @ts-expect-error: an argument of another type
pay("4200");
// @ts-expect-error: bound calls have no signal of their own
d.bind(made.charge, { signal: new AbortController().signal });
// @ts-expect-error: the types of a typed reference are not chosen by the caller
d.bind<[string], string>(made.charge);

// One of several references takes the arguments that suit each, and gives the result of any.
declare const isGift: boolean;
declare function thank(amount: number): Promise<string>;
const either = isGift ? refs({ thank }).thank : made.charge;
const gaveOrPaid = d.call(either, [4200]);
expect<Same<typeof gaveOrPaid, ActionCall<string | Receipt>>>();
const giveOrPay = d.bind(either);
expect<Same<ReturnType<typeof giveOrPay>, ActionCall<string | Receipt>>>();
giveOrPay(4200);
// @ts-expect-error: an argument that suits one of them
d.call(isGift ? made.charge : made.saveTokens, ["id", "access"]);
// @ts-expect-error: one of them needs an argument
d.call(isGift ? made.charge : made.list);
// @ts-expect-error: one of them takes no second argument
giveOrPay(4200, "lunch", true);

// Functions of the page may pass on what they are given.
const through = <A extends unknown[], R>(ref: TypedRef<(...args: A) => Promise<R>>, ...args: A): Promise<R> => d.call(ref, args);
const all = <A extends unknown[], R>(action: (...args: A) => Promise<R>): ((...args: A) => ActionCall<R>) => d.bind(action);
const passedOn = through(made.charge, 4200);
expect<Same<typeof passedOn, Promise<Receipt>>>();
expect<Same<ReturnType<ReturnType<typeof all<[number], string>>>, ActionCall<string>>>();
// @ts-expect-error: an argument of another type
through(made.charge, "4200");

// An imported action is its own type.
const imported = d.call(charge, [4200]);
expect<Same<typeof imported, ActionCall<Receipt>>>();
d.call(list);
const bound = d.bind(charge);
expect<Same<Parameters<typeof bound>, [amount: number, note?: string | undefined]>>();
// @ts-expect-error: an argument of another type
d.call(charge, ["wrong"]);
// @ts-expect-error: the action needs an amount
d.call(charge);
// @ts-expect-error: a function that is not asynchronous is no action
d.call((amount: number) => amount, [4200]);

// Without a type the result is unknown, unless the caller says more.
const untyped = d.call(id, ["wrong", 1]);
expect<Same<typeof untyped, ActionCall<unknown>>>();
const named = d.call({ name: "charge" }, [4200]);
expect<Same<typeof named, ActionCall<unknown>>>();
const chosen = d.call<Receipt>({ id, name: "charge" }, [4200]);
expect<Same<typeof chosen, ActionCall<Receipt>>>();
const back = d.bind<[number], Receipt>({ name: "charge" });
expect<Same<ReturnType<typeof back>, ActionCall<Receipt>>>();
const loose = d.bind(id);
expect<Same<ReturnType<typeof loose>, ActionCall<unknown>>>();
const free = d.bind({ id, name: "charge" });
expect<Same<Parameters<typeof free>, any[]>>();
expect<Same<ReturnType<typeof free>, ActionCall<unknown>>>();
const inForm: (form: FormData) => unknown = d.bind({ id, name: "charge" });
void inForm;
const decoded = decode(new Uint8Array());
expect<Same<typeof decoded.value, Promise<unknown>>>();
const known: ActionRef = made.charge.id;
void known;
// @ts-expect-error: nothing is known of the result
void d.call(id).then((value) => value.total);
// @ts-expect-error: a reference without id and name
d.call({ url: "/" });
// @ts-expect-error: a typed reference is not an untyped one
const swallowed: ActionRef = made.charge;
void swallowed;

// Calls by name.
type Module = { charge: typeof charge; list: typeof list; limit: number };
const byName = actions<Module>(d);
expect<Same<keyof typeof byName, "charge" | "list">>();
const receipt = byName.charge(4200);
expect<Same<typeof receipt, ActionCall<Receipt>>>();
const receipts = actions<Module>(d, { charge: id, list: id }, { lane: "payment" }).list();
expect<Same<typeof receipts, ActionCall<Receipt[]>>>();
const passed = actions<Module>(d, made);
expect<Same<keyof typeof passed, "charge" | "list">>();
// @ts-expect-error: an argument of another type
byName.charge("4200");
// @ts-expect-error: there is no such action
byName.chrage(4200);
// @ts-expect-error: the module exports it, but it is no action
byName.limit;
// @ts-expect-error: a manifest has ids
actions<Module>(d, { charge: 1 });
// @ts-expect-error: there is no such option
actions<Module>(d, undefined, { lanes: "payment" });

// The error is where the mistake is.
d.call(
  made.charge,
  // @ts-expect-error: the amount is a number
  ["wrong"],
  { lane: "payment" },
);
d.call(
  made.charge,
  [4200],
  // @ts-expect-error: there is no such option
  { lanes: "payment" },
);
