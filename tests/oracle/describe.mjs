// Describes any value as JSON: the form in which the vectors store their expected values.

import { later } from "./later.mjs";
import { isExport } from "./webpack.mjs";

/** Milliseconds without a change after which a value counts as pending or open. */
const PATIENCE_MS = 300;

/**
 * Describes a value, and waits for the values in it. `foreign(value)` is called first for every object and
 * function: it describes a kind that only its maker knows as `{ kind, … }`, as a thrown error, or not at all
 * (`undefined`).
 */
export async function describe(value, foreign = () => undefined) {
  return new Description(foreign).value(value);
}

/** Describes an error by the properties that are compared. */
export function describeError(error) {
  if (!(error instanceof Error)) return { thrown: String(error) };
  const { name, message, digest } = error;
  return { error: { name, message, ...(digest !== undefined && { digest }) } };
}

class Description {
  #foreign;
  #numbers = new Map();

  constructor(foreign) {
    this.#foreign = foreign;
  }

  async value(value) {
    switch (typeof value) {
      case "undefined":
        return { $: "undefined" };
      case "number":
        return Object.is(value, -0) ? special("number", "-0") : Number.isFinite(value) ? value : special("number", String(value));
      case "bigint":
        return special("bigint", String(value));
      case "symbol":
        return { $: "symbol", ...(Symbol.keyFor(value) !== undefined && { for: Symbol.keyFor(value) }), description: value.description };
      case "object":
      case "function":
        return value === null ? null : this.#object(value);
      default:
        return value;
    }
  }

  async #object(value) {
    if (this.#numbers.has(value)) return { $: "ref", n: this.#numbers.get(value) };
    const n = this.#numbers.size;
    this.#numbers.set(value, n);
    const known = await this.#foreign(value);
    if (known) return { ...known, n };
    if (typeof value === "function") return this.#function(value, n);
    switch (value.$$typeof) {
      case Symbol.for("react.transitional.element"):
        return this.#element(value, n);
      case Symbol.for("react.lazy"):
        return { $: "lazy", n, ...(await this.#lazy(value)) };
    }
    if (Array.isArray(value)) return { n, $: "array", items: await this.#items(value) };
    const container = await this.#container(value, n);
    if (container) return container;
    if (typeof value.then === "function") return { $: "promise", n, ...(await this.#promise(value)) };
    if (value instanceof ReadableStream) return { $: "ReadableStream", n, ...(await this.#stream(value)) };
    if (typeof value[Symbol.asyncIterator] === "function") return this.#iterable(value, n);
    if (typeof value[Symbol.iterator] === "function") return { $: "iterator", n, values: await this.#items([...value]) };
    const props = [];
    for (const key of Object.keys(value)) props.push([key, await this.value(value[key])]);
    return { n, $: "object", props };
  }

  async #container(value, n) {
    const entries = async () => {
      const all = [];
      for (const [key, item] of value) all.push([await this.value(key), await this.value(item)]);
      return all;
    };
    if (value instanceof Date) return { $: "Date", n, v: Number.isNaN(value.getTime()) ? "Invalid" : value.toISOString() };
    if (value instanceof Map) return { $: "Map", n, entries: await entries() };
    if (value instanceof Set) return { $: "Set", n, values: await this.#items([...value]) };
    if (value instanceof FormData) return { $: "FormData", n, entries: await entries() };
    if (value instanceof Error) return { $: "Error", n, ...describeError(value) };
    if (value instanceof File) return { $: "File", n, name: value.name, type: value.type, hex: hex(await value.arrayBuffer()) };
    if (value instanceof Blob) return { $: "Blob", n, type: value.type, hex: hex(await value.arrayBuffer()) };
    if (value instanceof ArrayBuffer) return { $: "ArrayBuffer", n, hex: hex(value) };
    if (ArrayBuffer.isView(value)) {
      const { buffer, byteOffset, byteLength } = value;
      return { $: value.constructor === Buffer ? "Uint8Array" : value.constructor.name, n, hex: hex(buffer, byteOffset, byteLength) };
    }
    return undefined;
  }

  async #items(array) {
    const items = [];
    for (let at = 0; at < array.length; at += 1) items.push(at in array ? await this.value(array[at]) : { $: "hole" });
    return items;
  }

  /** An export of a client module, a server reference, or a function of the caller: calling it shows which. */
  async #function(value, n) {
    if (isExport(value)) return { $: "function", n, name: value.name };
    const { id, args } = (await value()) ?? {};
    if (id === undefined) return { $: "function", n }; // a function of the caller
    return { $: "function", n, serverReference: id, bound: await describe(args, this.#foreign) };
  }

  async #element({ type, key, props }, n) {
    return { $: "element", n, type: await this.value(type), key, props: await this.value(props) };
  }

  async #lazy({ _init: init, _payload: payload }) {
    for (;;) {
      try {
        return { value: await this.value(init(payload)) };
      } catch (thrown) {
        if (typeof thrown?.then !== "function") return { rejected: describeError(thrown) };
        const state = await settled(thrown);
        if (state === "pending") return { pending: true };
        if (state.rejected) return { rejected: describeError(state.reason) };
      }
    }
  }

  async #promise(promise) {
    const state = await settled(promise);
    if (state === "pending") return { pending: true };
    return state.rejected ? { rejected: describeError(state.reason) } : { fulfilled: await this.value(state.value) };
  }

  async #stream(stream) {
    const reader = stream.getReader();
    const chunks = [];
    for (;;) {
      const state = await settled(reader.read());
      if (state === "pending") return { chunks, open: true };
      if (state.rejected) return { chunks, errored: describeError(state.reason) };
      if (state.value.done) return { chunks, closed: true };
      chunks.push(await this.value(state.value.value));
    }
  }

  async #iterable(value, n) {
    const iterator = value[Symbol.asyncIterator]();
    const chunks = [];
    const described = { $: iterator === value ? "asyncIterator" : "asyncIterable", n, chunks };
    for (;;) {
      const state = await settled(iterator.next());
      if (state === "pending") return { ...described, open: true };
      if (state.rejected) return { ...described, errored: describeError(state.reason) };
      if (state.value.done) return { ...described, returned: await this.value(state.value.value) };
      chunks.push(await this.value(state.value.value));
    }
  }
}

const special = (kind, v) => ({ $: kind, v });
const hex = (buffer, from, length) => Buffer.from(buffer, from, length).toString("hex");

/**
 * Waits for a promise or thenable: `{ value }`, `{ rejected, reason }`, or `"pending"` after `patience` ms. A value
 * that is a promise is not awaited.
 */
export function settled(thenable, patience = PATIENCE_MS) {
  return new Promise((resolve) => {
    const stop = later(patience, () => resolve("pending"));
    const finish = (state) => {
      stop();
      resolve(state);
    };
    thenable.then(
      (value) => finish({ value }),
      (reason) => finish({ rejected: true, reason }),
    );
  });
}
