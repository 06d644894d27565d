// Random values; the same seed makes the same values.

/** Returns a generator of numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes a value that can travel both ways. Its streams and promises can be used once: make it again for each use. */
export function randomValue(seed) {
  return new Maker(generator(seed), ALL).root();
}

/**
 * Makes a value that can be written any number of times. A Map or a Set in it may hold objects from outside of it.
 */
export function randomPlain(seed) {
  return new Maker(generator(seed), SIMPLE).root();
}

/** Makes a value whose answer can be read without the decoder. */
export function randomFlat(seed) {
  return new Maker(generator(seed), FLAT).root();
}

const ALPHABET = ["a", "b", "$", "$1", "$$", ":", "é", "😀", "\n", '"', "\\", "\u2028", "Z", "0", "constructor", "@"];
const NUMBERS = [0, -0, 1, -1, 0.1, 1e21, 1e-7, 2 ** 53, NaN, Infinity, -Infinity, 5e-324];
const VIEWS = [
  Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
  Float32Array, Float64Array, BigInt64Array, BigUint64Array, DataView,
];

class Maker {
  #random;
  #kinds;
  /**
   * Containers made so far, by scope, for use a second time. Promises and streams are not among them: each may be
   * used once.
   */
  #made = [[]];
  /** True inside a value that arrives at an unknown time. */
  #late = false;

  constructor(random, kinds) {
    this.#random = random;
    this.#kinds = kinds;
  }

  root() {
    const root = this.#keep([]);
    for (let count = 1 + this.#below(6); count > 0; count -= 1) root.push(this.value(0));
    return root;
  }

  value(depth) {
    const kinds = depth > 4 ? SCALARS : this.#kinds;
    return this[kinds[this.#below(kinds.length)]](depth + 1);
  }

  #below(count) {
    return Math.floor(this.#random() * count);
  }

  #pick(list) {
    return list[this.#below(list.length)];
  }

  #list(make, most = 4) {
    return Array.from({ length: this.#below(most + 1) }, make);
  }

  /**
   * Makes the contents of a value that has a part of its own. They hold nothing from outside: React loses a circle
   * through such a part.
   */
  #apart(make) {
    if (this.#kinds === SIMPLE) return make();
    this.#made.push([]);
    const made = make();
    this.#made.pop();
    return made;
  }

  /** Does the same for contents that may arrive at any time. */
  #later(make) {
    const late = this.#late;
    this.#late = true;
    const made = this.#apart(make);
    this.#late = late;
    return made;
  }

  #keep(container) {
    this.#made.at(-1).push(container);
    return container;
  }

  null = () => null;
  boolean = () => this.#random() < 0.5;
  undefined = () => undefined;
  number = () => (this.#random() < 0.5 ? this.#pick(NUMBERS) : (this.#random() - 0.5) * 10 ** this.#below(20));
  bigint = () => (this.#random() < 0.5 ? -1n : 1n) * BigInt(this.#below(2 ** 31)) ** BigInt(1 + this.#below(4));
  string = () => this.#list(() => this.#pick(ALPHABET), 6).join("").repeat(this.#random() < 0.02 ? 900 : 1);
  date = () => new Date(this.#random() < 0.1 ? 8.64e15 : Math.floor((this.#random() - 0.3) * 4e12));

  array = (depth) => {
    const array = this.#keep([]);
    for (let count = this.#below(5); count > 0; count -= 1) array.push(this.value(depth));
    return array;
  };

  object = (depth) => {
    const object = this.#keep({});
    // No key `then`: it would make the value a promise. No undefined: a server and a client drop it at different times.
    // No container below an empty key: React takes a missing value in it for the whole value, and loses the object.
    for (const key of this.#list(() => this.#key())) object[key] = (key === "" ? this.#scalar(depth) : this.value(depth)) ?? null;
    return object;
  };

  #key = () => this.#pick(["a", "b", "c", "a:b", "", "1", "$x", "long key", "length", "é"]);

  #scalar(depth) {
    return this[this.#pick(SCALARS)](depth);
  }

  again = (depth) => (this.#made.at(-1).length > 0 ? this.#pick(this.#made.at(-1)) : this.value(depth));

  map = (depth) => {
    const map = new Map(this.#apart(() => this.#list(() => [this.value(depth), this.value(depth)])));
    return this.#kinds === SIMPLE ? this.#keep(map) : map;
  };

  set = (depth) => {
    const set = new Set(this.#apart(() => this.#list(() => this.value(depth))));
    return this.#kinds === SIMPLE ? this.#keep(set) : set;
  };

  buffer = () => Uint8Array.from(this.#list(() => this.#below(256), 24)).buffer;

  view = () => {
    const View = this.#pick(VIEWS);
    const size = View.BYTES_PER_ELEMENT ?? 1;
    const bytes = Uint8Array.from({ length: size * this.#below(5) + size }, () => this.#below(256));
    return new View(bytes.buffer, this.#random() < 0.3 ? size : 0);
  };

  blob = () => new Blob([this.buffer()], { type: this.#pick(["text/plain", "application/x-test"]) });

  form = () => {
    // A server finds the entries of two forms only in the order in which they were sent, which two streams do not
    // keep.
    if (this.#late) return null;
    const form = new FormData();
    for (const text of this.#list(() => this.#pick(["1", "$x", "é", ""]))) form.append(this.#pick(["a", "b", "_1_c", "d"]), text);
    return form;
  };

  promise = (depth) => Promise.resolve(this.#later(() => ({ value: this.value(depth) })));

  iterator = (depth) => this.#apart(() => this.#list(() => this.value(depth))).values();

  stream = (depth) => {
    const values = this.#later(() => this.#list(() => this.value(depth)));
    return new ReadableStream({
      pull(controller) {
        if (values.length > 0) controller.enqueue(values.shift());
        else controller.close();
      },
    });
  };

  iterable = (depth) => {
    const [values, last] = this.#later(() => [this.#list(() => this.value(depth)), this.value(depth)]);
    return {
      async *[Symbol.asyncIterator]() {
        yield* values;
        return last;
      },
    };
  };
}

const SCALARS = ["null", "boolean", "number", "string", "bigint", "date", "undefined"];
const FLAT = [...SCALARS, "array", "array", "array", "object", "object", "object", "again"];
const SIMPLE = [...FLAT, "map", "set"];
const ALL = [...SIMPLE, "buffer", "view", "blob", "form", "promise", "iterator", "stream", "iterable"];
