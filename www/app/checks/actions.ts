// Actions that answer in every way an action can, for the end-to-end tests.
"use server";

import { revalidatePath } from "next/cache";
import { forbidden, notFound, redirect, unauthorized } from "next/navigation";
import { gate } from "@/lib/gates";
import { pause } from "@/lib/payment";

export async function echo(value: unknown) {
  return value;
}

export async function fails(): Promise<never> {
  throw new Error("this text stays on the server");
}

export async function failsWithDigest(): Promise<never> {
  throw Object.assign(new Error("this text stays on the server"), { digest: "PAYMENT_DECLINED" });
}

export async function missing(): Promise<never> {
  notFound();
}

export async function forbids(): Promise<never> {
  forbidden();
}

export async function unauthorizes(): Promise<never> {
  unauthorized();
}

/** Redirects to an address with a semicolon, which also separates the parts of the answer's header. */
export async function goes(): Promise<never> {
  redirect("/?from=checks&x=1;y=2");
}

export async function refreshes() {
  revalidatePath("/checks");
  return 1;
}

export async function slow(ms: number) {
  await pause(ms);
  return ms;
}

/** Returns when the gate opens. */
export async function waits(key: string) {
  await gate(key).opened;
  return key;
}

/** Returns its value at once; a promise inside of it resolves when the gate opens. */
export async function later(key: string) {
  return { now: 1, promise: gate(key).opened.then(() => "late") };
}

let count = 0;

/** Counts the runs in this server process: tells two calls that ran once from two that ran twice. */
export async function counter() {
  count += 1;
  return count;
}

/** Returns the form's entries in order; a file as its name, type, size and text. */
export async function form(data: FormData) {
  return Promise.all(
    [...data].map(async ([name, value]) =>
      typeof value === "string"
        ? [name, value]
        : [name, { name: value.name, type: value.type, size: value.size, text: await value.text() }],
    ),
  );
}

export async function kinds() {
  return {
    date: new Date("2026-01-02T03:04:05.678Z"),
    bigint: 12345678901234567890n,
    map: new Map<unknown, unknown>([["a", 1], [2, new Map([["inner", new Date(0)]])]]),
    set: new Set<unknown>(["x", 3, null]),
    nan: NaN,
    infinity: Infinity,
    negativeInfinity: -Infinity,
    negativeZero: -0,
    undefined: undefined,
    null: null,
    dollar: "$dollar",
    dollars: ["$", "$$", "$D2026-01-02", "$undefined", "@", ""],
    text: "naïve – 日本語 – 🚀 – line\nbreak",
    long: "ü".repeat(2000),
    nested: { list: [1, [2, [undefined, -0, { deep: [new Set([1n])] }]]], empty: {}, none: [] },
  };
}

async function joined(values: AsyncIterable<unknown>) {
  const all: unknown[] = [];
  for await (const value of values) all.push(value);
  return all.join();
}

/** Describes the argument as the server has read it. */
export async function describe(value: unknown) {
  if (value instanceof Blob) return `Blob ${value.size} ${value.type}`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} ${value.byteLength}`;
  if (value instanceof Promise) return `promise of ${await value}`;
  if (value instanceof ReadableStream) return `stream of ${await joined(value as ReadableStream<unknown> & AsyncIterable<unknown>)}`;
  const iterable = value as AsyncIterable<unknown> | undefined;
  if (typeof iterable?.[Symbol.asyncIterator] === "function") return `async iterable of ${await joined(iterable)}`;
  return typeof value;
}

/** Streams "first", waits at the gate, then streams "second". */
export async function speaks(key: string) {
  return new ReadableStream<string>({
    async start(controller) {
      controller.enqueue("first");
      await gate(key).opened;
      controller.enqueue("second");
      controller.close();
    },
  });
}

/** Streams numbers until the stream is cancelled. */
export async function counts(key: string) {
  return (async function* () {
    try {
      for (let n = 1; ; n += 1) {
        yield n;
        await pause(10);
      }
    } finally {
      gate(key).stopped = true;
    }
  })();
}

/** Returns a function of the server, which the page may call or send back. */
export async function adder(first: number) {
  return async (second: number) => {
    "use server";
    return first + second;
  };
}
