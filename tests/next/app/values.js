// Sample values of each kind, and their descriptions as the server has read them.

const samples = {
  undefined: () => undefined,
  null: () => null,
  string: () => "plain",
  dollar: () => "$not a reference",
  unicode: () => "é ⟨𝒳⟩ 你好 \u2028",
  longText: () => "long ".repeat(400),
  number: () => 1.5,
  nan: () => NaN,
  infinity: () => [Infinity, -Infinity, -0],
  bigint: () => 12345678901234567890n,
  boolean: () => true,
  date: () => new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 6)),
  array: () => [1, [2, [3]]],
  object: () => ({ a: 1, b: { c: [null, undefined] } }),
  map: () => new Map([["a", 1], [{ k: 1 }, new Date(0)]]),
  set: () => new Set([1, "two", 3n]),
  symbol: () => Symbol.for("fixture"),
  formData: () => {
    const form = new FormData();
    form.append("a", "1");
    form.append("a", "2");
    return form;
  },
  bytes: () => new Uint8Array([0, 1, 254, 255]),
  floats: () => new Float64Array([1.5, -2.5]),
  buffer: () => new Uint8Array([9, 8, 7]).buffer,
  dataView: () => new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2),
  blob: () => new Blob(["blob text"], { type: "text/plain" }),
  error: () => new Error("as a value"),
  shared: () => {
    const one = { shared: true };
    return [one, one];
  },
  cycle: () => {
    const it = { name: "cycle" };
    it.self = it;
    return it;
  },
  proto: () => JSON.parse('{"__proto__": {"polluted": true}, "then": 1}'),
  iterator: () => [1, 2, 3][Symbol.iterator](),
  promise: () => ({ now: 1, later: Promise.resolve("later") }),
};

export const kinds = Object.keys(samples);

export function sampleOf(kind) {
  const make = Object.hasOwn(samples, kind) ? samples[kind] : null;
  if (make === null) throw new Error(`no sample of ${kind}`);
  return make();
}

/** Describes a value in plain text: the same for the same value, in every version of React. */
export async function describe(value) {
  if (value === null) return "null";
  if (typeof value === "bigint") return `bigint ${value}`;
  if (typeof value === "number") return `number ${Object.is(value, -0) ? "-0" : value}`;
  if (typeof value === "symbol") return `symbol ${value.description}`;
  if (typeof value === "function") return "function";
  if (typeof value !== "object") return `${typeof value} ${value}`;
  if (typeof value.then === "function") return `promise of ${await describe(await value)}`;
  if (value instanceof Date) return `date ${value.toISOString()}`;
  if (value instanceof Map) return `map {${(await all(value)).join(", ")}}`;
  if (value instanceof Set) return `set {${(await all(value)).join(", ")}}`;
  if (value instanceof FormData) return `form {${(await all(value)).join(", ")}}`;
  if (value instanceof File && value.name !== "blob") return `file ${value.name} ${value.type} ${await value.text()}`;
  if (value instanceof Blob) return `blob ${value.type} ${await value.text()}`;
  if (value instanceof ArrayBuffer) return `buffer ${hex(value)}`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} ${hex(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength))}`;
  if (value instanceof ReadableStream) return `stream [${(await drained(value)).join(", ")}]`;
  if (Array.isArray(value)) return `[${(await all(value)).join(", ")}]`;
  if (typeof value[Symbol.asyncIterator] === "function") return `async [${(await drained(value)).join(", ")}]`;
  if (typeof value[Symbol.iterator] === "function") return `iterator [${(await all(value)).join(", ")}]`;
  const entries = Object.keys(value).map(async (key) => `${key}: ${await describe(value[key])}`);
  return `{${(await Promise.all(entries)).join(", ")}}`;
}

function all(values) {
  return Promise.all(Array.from(values, describe));
}

async function drained(values) {
  const list = [];
  for await (const value of values) list.push(await describe(value));
  return list;
}

function hex(buffer) {
  return Buffer.from(buffer).toString("hex");
}
