// Arguments and values: each kind there and back.
import { kinds } from "../../app/values.js";
import { since } from "../since.mjs";

const ok = { code: "ok", sent: undefined, redirect: null, revalidated: null, rendered: false, attempts: 1 };

/** What Next 14's server has no way to send: such a value is an error. */
const notFrom14 = ["date", "buffer", "dataView", "blob", "error"];

/** What arguments look like to servers of this version. */
const wires = {
  FormData: since({ "14.2": "N N_a N_b", "15.5": "N _N_a _N_b", "16.0": "N N_a N_b", "16.2": "N _N_a _N_b" }),
  "text stream": since({ "14.2": "N", "15.5": "N SN", "16.0": "N", "16.4": "N SN" }),
};

/** What is wrong with ours where Next 14's server cannot read what React writes today. */
const open = {
  symbol: "today's form is sent, which Next 14 cannot read",
  Uint8Array: "sent as bytes, which Next 14 cannot read; its client sends a list of numbers",
  Float64Array: "sent as bytes, which Next 14 cannot read; its client sends a list of numbers",
  iterator: "sent as an iterator, which Next 14 cannot read; its client sends a list",
  "async iterable": "sent as a stream, which Next 14 cannot read; its client sends an empty object",
  ArrayBuffer: "sent, and Next 14 cannot read it; its client refuses before",
  Blob: "sent, and Next 14 cannot read it; its client refuses before",
  File: "sent, and Next 14 cannot read it; its client refuses before",
  "text stream": "sent, and Next 14 cannot read it; its client refuses before",
  "the same object twice": "sent as a reference to the first, which Next 14 cannot read; its client sends it twice",
};

const rows = [
  { name: "value", action: "echo", args: () => [1, "two"], expect: ok },
  { name: "no arguments, no value", action: "none", expect: ok },
  { name: "more arguments than declared", action: "two", args: () => [1, 2, 3], expect: ok },
  { name: "a long text", action: "big", args: () => [200_000], expect: ok },
  { name: "`'use cache'` function", action: "cachedNow", args: () => ["k"], use: (it) => it.key ?? it, expect: ok },
  { name: "a function of the server's", action: "makeAdder", args: () => [1], use: (add) => add(2), expect: ok },
  { name: "a function of the server's, sent back", action: "callBack", wire: true, args: async (api) => [await api.call("makeAdder", 1), 2], expect: ok },
  { name: "element", action: "element", args: () => ["t"], expect: ok },
  { name: "slow", action: "slow", args: () => [50, "done"], expect: ok },
  { name: "behind a gate", action: "wait", args: () => ["g", "through"], meanwhile: async ({ get, post }) => { await get("gate?key=g&arrived=1"); await post("gate?key=g"); }, expect: ok },
  { name: "writes once", action: "write", args: () => ["key"], expect: ok },
  { name: "three at once, in order", action: "write", next: ({ call }) => Promise.all(["a", "b", "c"].map((key) => call("write", key))), ours: ({ call }) => Promise.all(["a", "b", "c"].map((key) => call("write", key))) },
  ...kinds.map((kind) => ({
    name: `sample: ${kind}`,
    action: "sample",
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

// None of these changes what the page shows.
export default rows.map((row) => ({ shares: true, ...row }));

function argument(kind, args) {
  return { name: `argument: ${kind}`, action: "describe", args, wire: true, expect: wires[kind] ? { wire: wires[kind] } : {}, open: since({ "14.2": open[kind], "15.0": null }) };
}
