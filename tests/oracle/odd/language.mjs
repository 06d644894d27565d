// Odd values of the language, by name. One that an engine lacks is `undefined`.

import { Point, dom, named, own, stream, throwing } from "./parts.mjs";

const json = (result) => ({ a: 1, toJSON: () => result });
const once = (first, second) => {
  let reads = 0;
  return Object.defineProperty({}, "x", { enumerable: true, get: () => (reads++ ? second : first) });
};
const asyncly = (next) => ({ [Symbol.asyncIterator]: () => ({ next }) });
const sparse = [1, , 3];
const temporal = globalThis.Temporal;

/** `frame` is the window of another realm. */
export const language = (frame) => ({
  // Primitives, boxed and not
  "a boxed number": () => new Number(5),
  "a boxed NaN": () => new Number(NaN),
  "a boxed string": () => new String("$x"),
  "a boxed boolean": () => new Boolean(false),
  "a boxed symbol": () => Object(Symbol("s")),
  "a boxed bigint": () => Object(1n),
  "a boxed number with a property": () => own(new Number(5), { x: 1 }),
  "a symbol": () => Symbol("s"),
  "a registered symbol": () => Symbol.for("s"),
  "a well-known symbol": () => Symbol.iterator,
  "a function": () => () => {},
  "an async generator function": () => async function* () {},
  "a class": () => Point,
  "a bound function": () => Point.bind(null),
  "a function with toJSON": () => own(() => {}, { toJSON: () => "json" }),
  "a function with then": () => own(() => {}, { then: (resolve) => resolve(1) }),
  "a function with $$id": () => own(() => {}, { $$id: "x", $$bound: null }),
  "a bigint of 300 digits": () => 10n ** 299n,
  "lone surrogates": () => ["\ud800", "a\udc00b", "\udc00\ud800", { "\ud800": "\udfff" }],
  "texts that begin with a dollar": () => ["$", "$$", "$1", "$Q1", "$undefined", "\\$", "@1", { $: "$", "$1": "$T" }],
  "a text with line ends": () => "\r\n\u2028\u2029\0\ufeff\ufffd",
  "zeros and the like": () => [0, -0, NaN, Infinity, -Infinity, 1e21, 1e-7, 5e-324, 2 ** 53],
  "document.all": () => document.all,

  // Objects
  "an instance": () => new Point(),
  "an instance of a subclass of Object": () => new (class extends Object {})(),
  "an object without a prototype": () => own(Object.create(null), { a: 1 }),
  "an object whose prototype is empty": () => own(Object.create({}), { a: 1 }),
  "an object whose prototype has no prototype": () => own(Object.create(Object.create(null)), { a: 1 }),
  "an object whose prototype is an array": () => Object.create([1]),
  "an object whose prototype is a date": () => Object.create(new Date(0)),
  "an object whose prototype is a Map": () => Object.create(new Map()),
  "an object whose prototype is a promise": () => Object.create(Promise.resolve(1)),
  "a frozen object": () => Object.freeze({ a: Object.freeze([1]) }),
  "a key __proto__": () => JSON.parse('{"__proto__":{"a":1},"b":2}'),
  "keys of all sorts": () => ({ b: 1, 1: 2, "a:b": {}, "": 3, constructor: 4, hasOwnProperty: 5, then: 6, toJSON: 7, [Symbol("s")]: 8 }),
  "a member that is not enumerable": () => Object.defineProperty({ a: 1 }, "b", { value: 2 }),
  "symbols as keys": () => ({ [Symbol.toStringTag]: "Map", a: 1 }),
  "undefined members": () => ({ a: undefined, b: [undefined, , null] }),
  "a getter": () => ({ get a() { return { b: 1 }; } }),
  "a getter that throws": () => ({ get a() { return throwing(); } }),
  "a getter that changes": () => once(1, 2),
  "a getter that becomes a function": () => once(1, () => {}),
  "a getter that was a function": () => once(() => {}, 1),
  "a getter that becomes an object": () => once({ a: 1 }, [2]),
  "a getter that becomes undefined": () => once("x", undefined),
  "a getter that is new each time": () => ({ get a() { return {}; } }),
  "a getter on an array": () => Object.defineProperty([1, 2], 1, { enumerable: true, get: throwing }),
  "a getter then deletes another": () => {
    const made = { get a() { delete made.b; return 1; }, b: 2 };
    return made;
  },
  "a getter that adds another": () => {
    const made = { get a() { made.z = 3; return 1; } };
    return made;
  },
  "the same object twice": () => {
    const made = { a: [1] };
    return [made, made, { again: made.a }];
  },
  "a circle": () => {
    const made = { list: [] };
    made.list.push(made);
    return made;
  },
  "a member constructor": () => ({ constructor: { name: "x" } }),
  "an object named Map": () => named("Map"),
  "an object named Promise": () => named("Promise", { a: 1 }),
  "an instance named Object": () => named("Object", new Point()),
  "arguments": () => (function () { return arguments; })(1, { a: 2 }),
  "globalThis": () => (globalThis.window === undefined ? globalThis : 0) || Math,
  "the window": () => window,
  "another window": () => frame,
  "the document": () => document,
  "an element": () => dom("p"),
  "a form element": () => dom("form"),
  "a list of nodes": () => document.querySelectorAll("nothing"),
  "a list of tokens": () => dom("p").classList,
  "an event": () => new Event("x"),
  "the location": () => location,
  "the navigator": () => navigator,
  "the storage": () => localStorage,
  "a style": () => dom("p").style,
  "a dataset": () => dom("p").dataset,
  "a module": () => import("data:text/javascript,export const a = 1"),

  // Errors and other objects of the language
  "an error": () => new Error("message"),
  "an error with a cause": () => new TypeError("message", { cause: 1 }),
  "an AggregateError": () => new AggregateError([1], "m"),
  "a DOMException": () => new DOMException("m", "AbortError"),
  "a regular expression": () => /x/g,
  "a WeakMap": () => new WeakMap(),
  "a WeakRef": () => new WeakRef({}),
  "an Intl object": () => new Intl.NumberFormat("en"),
  "an Intl segmentation": () => new Intl.Segmenter("en").segment("ab"),
  "JSON": () => JSON,
  "Math": () => Math,
  "Reflect": () => Reflect,
  "Intl": () => Intl,
  "Atomics": () => Atomics,
  "WebAssembly": () => WebAssembly,
  "a plain date of Temporal": () => temporal && temporal.PlainDate.from("2020-01-02"),
  "an instant of Temporal": () => temporal && temporal.Instant.from("2020-01-02T00:00:00Z"),
  "a duration of Temporal": () => temporal && temporal.Duration.from("PT1S"),

  // toJSON
  "toJSON: undefined": () => json(undefined),
  "toJSON: null": () => json(null),
  "toJSON: a function": () => json(() => {}),
  "toJSON: a symbol": () => json(Symbol("s")),
  "toJSON: a bigint": () => json(5n),
  "toJSON: a number": () => json(-0),
  "toJSON: NaN": () => json(NaN),
  "toJSON: a text with a dollar": () => json("$1"),
  "toJSON: a text that ends in Z": () => json("2020Z"),
  "toJSON: an array": () => json([{ b: 1 }]),
  "toJSON: a date": () => json(new Date(0)),
  "toJSON: another toJSON": () => json(json("inner")),
  "toJSON: a Map": () => json(new Map([[1, { a: 1 }]])),
  "toJSON: a Blob": () => json(new Blob(["x"])),
  "toJSON: a promise": () => json(Promise.resolve({ a: 1 })),
  "toJSON: an instance": () => json(new Point()),
  "toJSON: an object without a prototype": () => json(Object.create(null)),
  "toJSON: a boxed number": () => json(new Number(1)),
  "toJSON: a typed array": () => json(new Uint8Array(2)),
  "toJSON: itself": () => ({ toJSON() { return this; }, a: 1 }),
  "toJSON: the same twice": () => {
    const made = json({ b: 1 });
    return [made, made];
  },
  "toJSON: an object that was met before": () => {
    const known = { b: 1 };
    return [known, json(known), known];
  },
  "toJSON throws": () => ({ toJSON: throwing }),
  "toJSON is no function": () => ({ toJSON: 1, a: { toJSON: null } }),
  "toJSON is a getter": () => ({ get toJSON() { return () => "x"; } }),
  "toJSON is a getter that throws": () => ({ get toJSON() { return throwing(); } }),
  "toJSON is told the key": () => ({ k: { toJSON: (key) => `key ${typeof key} ${key}` }, l: [{ toJSON: (key) => `${typeof key} ${key}` }] }),
  "toJSON of an instance": () => own(new Point(), { toJSON: () => ({ x: 1 }) }),
  "toJSON of an array": () => own([1], { toJSON: () => "list" }),
  "toJSON of a Map": () => own(new Map(), { toJSON: () => ({ map: 1 }) }),
  "toJSON of a Set in a Map": () => new Map([["s", own(new Set(), { toJSON: () => [1] })]]),
  "toJSON of a promise": () => own(Promise.resolve(1), { toJSON: () => "promise" }),
  "toJSON of a Blob": () => own(new Blob(["x"]), { toJSON: () => "blob" }),
  "toJSON of a typed array": () => own(new Uint8Array(1), { toJSON: () => "bytes" }),
  "toJSON of a stream": () => own(stream((c) => c.close()), { toJSON: () => "stream" }),
  "toJSON of an element of React": () => ({ $$typeof: Symbol.for("react.transitional.element"), toJSON: () => "element" }),

  // Dates
  "an invalid date": () => new Date(NaN),
  "a date far away": () => [new Date(8.64e15), new Date(-8.64e15)],
  "a subclass of Date": () => new (class extends Date {})(0),
  "a subclass of Date with toJSON": () => new (class extends Date { toJSON() { return { day: 1 }; } })(0),
  "a date with a toJSON that ends in Z": () => own(new Date(0), { toJSON: () => "anything at all Z" }),
  "a date with a toJSON that does not": () => own(new Date(0), { toJSON: () => "anything" }),
  "a date with a toJSON that gives a dollar": () => own(new Date(0), { toJSON: () => "$Z" }),
  "a date with a toJSON that gives itself": () => own(new Date(0), { toJSON() { return this; } }),
  "a date with toISOString": () => own(new Date(0), { toISOString: () => "isoZ" }),
  "a date with a toISOString that throws": () => own(new Date(0), { toISOString: throwing }),
  "a date without toJSON": () => own(new Date(0), { toJSON: undefined }),
  "a date without a prototype": () => Object.setPrototypeOf(new Date(0), null),
  "a date with a property": () => own(new Date(0), { x: 1 }),
  "a date in a Map": () => new Map([[new Date(0), new Date(NaN)]]),

  // Arrays and other collections
  "a sparse array": () => sparse.slice(),
  "an array with a hole at the end": () => Array(3),
  "an array with properties": () => own([1, 2], { x: 3 }),
  "a subclass of Array": () => (class extends Array {}).from([1, { a: 1 }]),
  "an array without a prototype": () => Object.setPrototypeOf([1, 2], null),
  "an array with an iterator of its own": () => own([1, 2], { [Symbol.iterator]: throwing }),
  "an array with then": () => own([1, 2], { then: (resolve) => resolve("x") }),
  "a frozen array": () => Object.freeze([Object.freeze({ a: -0 }), "$"]),
  "an array of undefined": () => [undefined, [undefined]],
  "a subclass of Map": () => new (class extends Map {})([["a", { b: 1 }]]),
  "a subclass of Set": () => new (class extends Set {})([{ b: 1 }]),
  "a Map with a key that is an object": () => new Map([[{ a: 1 }, new Set([1n, undefined, NaN])]]),
  "a Map with properties": () => own(new Map([[1, 2]]), { x: 1 }),
  "a Map whose iterator throws": () => own(new Map([[1, 2]]), { [Symbol.iterator]: throwing }),
  "a Map whose iterator gives others": () => own(new Map([[1, 2]]), { *[Symbol.iterator]() { yield [3, 4]; } }),
  "a Map whose iterator gives no pairs": () => own(new Map([[1, 2]]), { *[Symbol.iterator]() { yield 3; yield { 0: 1, 1: 2 }; } }),
  "a Map whose iterator gives long pairs": () => own(new Map(), { *[Symbol.iterator]() { yield [3, 4, 5]; } }),
  "a Map without an iterator": () => own(new Map([[1, 2]]), { [Symbol.iterator]: undefined }),
  "a Set whose iterator throws": () => own(new Set([1]), { [Symbol.iterator]: throwing }),
  "a Set whose iterator gives others": () => own(new Set([1]), { *[Symbol.iterator]() { yield { a: 1 }; } }),
  "a Map with then": () => own(new Map(), { then: (resolve) => resolve("x") }),
  "an array named Map": () => named("Map", [1]),
  "a Map with a function": () => new Map([["f", () => {}]]),
  "a Set with a symbol": () => new Set([Symbol("s")]),
  "a Set with an instance": () => new Set([new Point()]),
  "a circle through a Map": () => {
    const made = new Map();
    made.set("self", [made]);
    return made;
  },

  // Iterators and generators
  "a generator": () => (function* () { yield 1; yield { a: 1 }; return 3; })(),
  "a generator that throws": () => (function* () { yield 1; throwing(); })(),
  "a generator that is over": () => {
    const made = (function* () { yield 1; })();
    made.next();
    return made;
  },
  "an iterator of an array": () => [1, [2]].values(),
  "an iterator of a Map": () => new Map([[1, { a: 2 }]]).entries(),
  "an iterator of matches": () => "ab".matchAll(/./g),
  "an iterable": () => ({ *[Symbol.iterator]() { yield 1; yield { a: 1 }; } }),
  "an iterable instance": () => own(new Point(), { *[Symbol.iterator]() { yield 1; } }),
  "an iterable without a prototype": () => own(Object.create(null), { *[Symbol.iterator]() { yield 1; } }),
  "an iterable that throws": () => ({ [Symbol.iterator]: throwing }),
  "an iterable that gives no iterator": () => ({ [Symbol.iterator]: () => 1 }),
  "an iterable that gives undefined": () => ({ [Symbol.iterator]: () => undefined }),
  "an iterable that gives null": () => ({ [Symbol.iterator]: () => null }),
  "an iterable that is none": () => ({ [Symbol.iterator]: 1, a: 1 }),
  "an iterable whose iterator is null": () => ({ [Symbol.iterator]: null, a: 1 }),
  "an iterable that throws in the middle": () => ({ *[Symbol.iterator]() { yield 1; throwing(); } }),
  "an iterable that gives itself": () => ({ n: 0, [Symbol.iterator]() { return this; }, next() { return { done: this.n++ > 1, value: this.n }; } }),
  "an iterable that gives itself the second time": () => {
    let reads = 0;
    const made = { next: () => ({ done: true }), [Symbol.iterator]: () => (reads++ ? made : [1].values()) };
    return made;
  },
  "an iterable that gives another each time": () => {
    let reads = 0;
    return { [Symbol.iterator]: () => [reads++].values() };
  },
  "@@iterator": () => ({ "@@iterator": () => [1, 2].values() }),
  "an iterable with @@iterator, too": () => ({ [Symbol.iterator]: undefined, "@@iterator": () => [1, 2].values() }),
  "an iterable with a function in it": () => ({ *[Symbol.iterator]() { yield () => {}; } }),
  "an iterable with the same twice": () => {
    const same = { a: 1 };
    return [same, { *[Symbol.iterator]() { yield same; yield { again: same }; } }, same];
  },
  "an async generator": () => (async function* () { yield 1; return { a: 2 }; })(),
  "an async generator that throws": () => (async function* () { yield 1; throwing(); })(),
  "an async iterable": () => ({ async *[Symbol.asyncIterator]() { yield new Map([[1, 2]]); } }),
  "an async iterable that throws": () => ({ [Symbol.asyncIterator]: throwing }),
  "an async iterable that gives no iterator": () => ({ [Symbol.asyncIterator]: () => 1 }),
  "an async iterable that gives undefined": () => ({ [Symbol.asyncIterator]: () => undefined }),
  "an async iterable that is none": () => ({ [Symbol.asyncIterator]: 1, a: 1 }),
  "an async iterable whose next throws": () => asyncly(throwing),
  "an async iterable whose next gives no promise": () => asyncly(() => ({ done: true })),
  "an async iterable whose next gives undefined": () => asyncly(() => undefined),
  "an async iterable whose next gives a promise of undefined": () => asyncly(async () => undefined),
  "an async iterable whose next rejects": () => asyncly(() => Promise.reject(new Error("no"))),
  "an async iterable with a function in it": () => ({ async *[Symbol.asyncIterator]() { yield () => {}; } }),
  "an async iterable that returns a function": () => ({ async *[Symbol.asyncIterator]() { return () => {}; } }),
  "an async iterable that returns an instance": () => ({ async *[Symbol.asyncIterator]() { return new Point(); } }),
  "an iterable of both kinds": () => ({ *[Symbol.iterator]() { yield 1; }, async *[Symbol.asyncIterator]() { yield 2; } }),

  // Promises and thenables
  "a promise": () => Promise.resolve({ a: [1] }),
  "a promise of a promise": () => ({ p: Promise.resolve({ q: Promise.resolve(1) }) }),
  "a promise that rejects": () => Promise.reject(new Error("no")),
  "a promise of a function": () => Promise.resolve(() => {}),
  "a promise of an instance": () => Promise.resolve(new Point()),
  "a promise of undefined": () => Promise.resolve(undefined),
  "a promise of an element": () => Promise.resolve({ $$typeof: Symbol.for("react.transitional.element"), props: {} }),
  "a promise of what throws": () => Promise.resolve({ get a() { return throwing(); } }),
  "a promise of itself inside": () => {
    const made = {};
    made.p = Promise.resolve(made);
    return made;
  },
  "a subclass of Promise": () => (class extends Promise {}).resolve(1),
  "a promise with properties": () => own(Promise.resolve(1), { status: "fulfilled", value: 2 }),
  "a promise whose then throws": () => own(Promise.resolve(1), { then: throwing }),
  "a thenable": () => ({ then: (resolve) => resolve({ a: 1 }) }),
  "a thenable that rejects": () => ({ then: (_, reject) => reject(1) }),
  "a thenable that throws": () => ({ then: throwing }),
  "a thenable that resolves and throws": () => ({ then: (resolve) => (resolve(1), throwing()) }),
  "a thenable that resolves twice": () => ({ then: (resolve) => (resolve(1), resolve(2)) }),
  "a thenable that gives a thenable": () => ({ then: (resolve) => resolve({ then: (again) => again("inner") }) }),
  "a thenable of a promise": () => ({ then: (resolve) => resolve(Promise.resolve("inner")) }),
  "a thenable instance": () => own(new Point(), { then: (resolve) => resolve(1) }),
  "then is a getter that throws": () => ({ get then() { return throwing(); } }),
  "then is a getter that changes": () => {
    let reads = 0;
    return { get then() { return reads++ ? undefined : (resolve) => resolve(reads); } };
  },
  "then is no function": () => ({ then: "later", a: 1 }),
  "the same promise twice": () => {
    const made = Promise.resolve(1);
    return [made, made];
  },
});
