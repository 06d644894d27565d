// Actions that throw, or whose values hold errors.
"use server";

export async function fail(message) {
  throw new Error(message);
}

export async function failWithDigest(digest) {
  throw Object.assign(new Error("has a digest"), { digest });
}

/** Throws a value that is no error: "string", "undefined", "null", "object". */
export async function failWith(kind) {
  throw { string: "just text", undefined: undefined, null: null, object: { code: 7 } }[kind];
}

/** Throws an error with causes, which a server sends in development only. */
export async function failWithCause() {
  const innermost = { code: 7, at: new Date(0), list: new Map([["k", 1]]) };
  throw new Error("outer", { cause: new RangeError("inner", { cause: innermost }) });
}

export async function failWithMany() {
  throw new AggregateError([new TypeError("one"), "two", { three: 3 }], "many", { cause: "text" });
}

export async function returnErrors() {
  return [
    new TypeError("m", { cause: new Error("why", { cause: 0 }) }),
    new AggregateError([new Error("one", { cause: 1n })], "many"),
    new Error("nothing", { cause: undefined }),
  ];
}

export async function failLaterWithCause() {
  return { later: Promise.reject(new Error("too late", { cause: new Error("why") })) };
}

/** Answers at once; a part of the answer rejects later. */
export async function failLater() {
  return { now: "here", later: Promise.reject(new Error("too late")) };
}
