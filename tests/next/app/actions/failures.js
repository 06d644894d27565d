"use server";

export async function fail(message) {
  throw new Error(message);
}

export async function failWithDigest(digest) {
  throw Object.assign(new Error("has a digest"), { digest });
}

/** Throws what is no error: "string", "undefined", "null", "object". */
export async function failWith(kind) {
  throw { string: "just text", undefined: undefined, null: null, object: { code: 7 } }[kind];
}

/** Answers at once; a part of the answer rejects. */
export async function failLater() {
  return { now: "here", later: Promise.reject(new Error("too late")) };
}
