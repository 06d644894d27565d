// Arguments and values of each kind, there and back.
import { kinds } from "../../app/values.js";
import { since } from "../since.mjs";

const ok = { code: "ok", sent: undefined, redirect: null, revalidated: null, rendered: false, attempts: 1 };

/** Values that Next 14's server cannot send: each is an error. */
const notFrom14 = ["date", "buffer", "dataView", "blob", "error"];

/** The encoded form of arguments for servers of each version. */
const wires = {
  FormData: since({ "14.2": "N N_a N_b", "15.5": "N _N_a _N_b", "16.0": "N N_a N_b", "16.2": "N _N_a _N_b" }),
  "text stream": since({ "14.2": "N", "15.5": "N SN", "16.0": "N", "16.4": "N SN" }),
};

/** Arguments that Next 14's server cannot read: refused before anything is sent. */
const beyond14 = ["Uint8Array", "Float64Array", "async iterable", "ArrayBuffer", "Blob", "File", "text stream"];

/** Arguments that are encoded without the codec. */
const PLAIN = ["specials", "nested", "Map", "Set", "Map in a Map", "FormData", "two FormDatas and text", "FormData with a file", "the same object twice"];
/** Values that are read without the codec. */
const PLAIN_VALUES = ["undefined", "null", "dollar", "unicode", "longText", "nan", "infinity", "bigint", "boolean", "date", "array", "object", "shared"];

const rows = [
  { name: "value", sample: true, plain: true, action: "echo", args: () => [1, "two"], expect: ok },
  { name: "no arguments, no value", plain: true, action: "none", expect: ok },
  { name: "more arguments than declared", plain: true, action: "two", args: () => [1, 2, 3], expect: ok },
  { name: "a long text", plain: true, action: "big", args: () => [200_000], expect: ok },
  { name: "`'use cache'` function", action: "cachedNow", args: () => ["k"], use: (it) => it.key ?? it, expect: ok },
  { name: "a function of the server's", action: "makeAdder", args: () => [1], use: (add) => add(2), expect: ok },
  { name: "a function of the server's, sent back", sample: true, action: "callBack", wire: true, args: async (api) => [await api.call("makeAdder", 1), 2], expect: ok },
  { name: "element", action: "element", args: () => ["t"], expect: ok },
  { name: "slow", plain: true, action: "slow", args: () => [50, "done"], expect: ok },
  { name: "behind a gate", action: "wait", args: () => ["g", "through"], meanwhile: async ({ get, post }) => { await get("gate?key=g&arrived=1"); await post("gate?key=g"); }, expect: ok },
  { name: "writes once", plain: true, action: "write", args: () => ["key"], expect: ok },
  { name: "three at once, in order", action: "write", next: ({ call }) => Promise.all(["a", "b", "c"].map((key) => call("write", key))), ours: ({ call }) => Promise.all(["a", "b", "c"].map((key) => call("write", key))) },
  ...kinds.map((kind) => ({
    name: `sample: ${kind}`,
    action: "sample",
    plain: PLAIN_VALUES.includes(kind),
    args: `() => [${JSON.stringify(kind)}]`,
    expect: since({ "14.2": { code: notFrom14.includes(kind) ? "ACTION_THREW" : "ok" }, "15.0": { code: "ok" } }),
  })),
  ...Object.entries({
    specials: () => [undefined, NaN, -0, Infinity, new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 6)), 123n, "$x", null, "", "@"],
    nested: () => [{ a: [1, { b: [undefined, { c: "é 𝒳 \u2028" }] }] }],
    Map: () => [new Map([["a", 1], [{ k: new Date(0) }, [2n]]])],
    Set: () => [new Set([1, "two"])],
    "Map in a Map": () => [new Map([["in", new Map([["deep", new Set([1])]])]])],
    "a hole": () => [[1, , 3]],
    symbol: () => [Symbol.for("fixture")],
    promise: () => [Promise.resolve("p")],
    FormData: () => {
      const form = new FormData();
      for (const entry of [["a", "x"], ["a", "y"], ["b", ""]]) form.append(...entry);
      return [form];
    },
    "two FormDatas and text": () => {
      const forms = [new FormData(), new FormData()];
      forms.forEach((form, at) => form.append("n", String(at)));
      return ["before", ...forms, "after"];
    },
    "FormData with a file": () => {
      const form = new FormData();
      form.append("file", new File(["text of the file"], "a.txt", { type: "text/plain" }));
      return [form];
    },
    Uint8Array: () => [new Uint8Array([1, 255])],
    ArrayBuffer: () => [new Uint8Array([1, 2, 3]).buffer],
    Float64Array: () => [new Float64Array([1.5])],
    Blob: () => [new Blob(["hi"], { type: "text/plain" })],
    File: () => [new File(["hi"], "a.txt", { type: "text/plain" })],
    iterator: () => [[1, 2][Symbol.iterator]()],
    "text stream": () => [new ReadableStream({ start(it) { it.enqueue("a"); it.enqueue("b"); it.close(); } })],
    "async iterable": () => [{ async *[Symbol.asyncIterator]() { yield 1; yield "two"; } }],
    "the same object twice": () => {
      const one = { a: 1 };
      return [one, one];
    },
  }).map(([kind, args]) => argument(kind, args)),
];

// No row here changes what the page shows.
export default rows.map((row) => ({ shares: true, ...row }));

function argument(kind, args) {
  return { name: `argument: ${kind}`, action: "describe", plain: PLAIN.includes(kind), args, wire: true, expect: beyond14.includes(kind) ? since({ "14.2": { code: "ENCODE", sent: "no" }, "15.0": wireOf(kind) }) : wireOf(kind) };
}

function wireOf(kind) {
  return wires[kind] ? { wire: wires[kind] } : {};
}
