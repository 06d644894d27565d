// Compares two descriptions: React's result and ours.
//
// Two are equal if code that uses the values cannot tell them apart. Not compared: the message of an error that
// React's production build has minified or the engine wrote, and the part of a stream that was read before it
// failed. A promise of a promise counts as a promise of its value, since `await` sees no difference; so does a
// root. A hole in an array counts as undefined.

/** Describes the first difference and its place; `undefined` if there is none. */
export function difference(expected, actual) {
  if (expected === undefined || actual === undefined) return "nothing to compare with";
  if ("rootRejected" in expected || "rootRejected" in actual) {
    if (!("rootRejected" in actual)) return `root: expected a rejection, got ${brief(actual.root ?? actual)}`;
    if (!("rootRejected" in expected)) return `root: expected ${brief(expected.root ?? expected)}, got ${brief(actual.rootRejected)}`;
    return new Comparison().error(expected.rootRejected, actual.rootRejected, "root");
  }
  if ("rootPending" in expected || "rootPending" in actual) {
    return "rootPending" in expected === "rootPending" in actual ? undefined : `root: expected ${brief(expected)}, got ${brief(actual)}`;
  }
  let { root } = expected;
  if (root?.$ === "promise" && actual.root?.$ !== "promise") {
    root = flat(root).fulfilled;
    if (root === undefined) return `root: expected ${brief(expected.root)}, got ${brief(actual.root)}`;
  }
  return new Comparison().value(root, actual.root, "root");
}

/**
 * Compares two bodies: `{ kind, body | parts }`. Parts may be in any order, but parts of one name must keep theirs.
 */
export function bodyDifference(expected, actual) {
  if (expected.kind !== actual.kind) return `expected ${brief(expected)}, got ${brief(actual)}`;
  if (expected.kind === "string") return expected.body === actual.body ? undefined : `expected ${expected.body}, got ${actual.body}`;
  const [a, b] = [expected.parts, actual.parts].map((parts) => parts.toSorted((x, y) => (x.name < y.name ? -1 : x.name > y.name ? 1 : 0)));
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [x, y] = [a[at], b[at]].map((part) => part && JSON.stringify(part, Object.keys(part).toSorted()));
    if (x !== y) return `expected the part ${x ?? "nothing"}, got ${y ?? "nothing"}`;
  }
  return undefined;
}

class Comparison {
  /** Numbers of React's objects to ours, and back. */
  #ours = new Map();
  #theirs = new Map();

  value(expected, actual, at) {
    [expected, actual] = [flat(expected), flat(actual)];
    if (expected === null || actual === null || typeof expected !== "object" || typeof actual !== "object") {
      return Object.is(expected, actual) ? undefined : mismatch(expected, actual, at);
    }
    // We describe a client reference and never load it, so it is not lazy.
    if (expected.$ === "lazy" && actual.client && expected.value) return this.value(expected.value, actual, at);
    if (expected.$ !== actual.$) return mismatch(expected, actual, at);
    if (expected.$ === "ref") return this.#ours.get(expected.n) === actual.n ? undefined : `${at}: refers to another object`;
    if ("n" in expected) {
      if (this.#theirs.has(actual.n)) return `${at}: an object that was met before`;
      this.#ours.set(expected.n, actual.n);
      this.#theirs.set(actual.n, expected.n);
    }
    return this.#members(expected, actual, at);
  }

  #members(expected, actual, at) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      if (key === "n" || key === "client") continue;
      const [a, b] = [expected[key], actual[key]];
      let wrong;
      if (ERRORS.has(key) && a && b) wrong = this.error(key === "error" ? { error: a } : a, key === "error" ? { error: b } : b, at);
      else if (key === "bound") wrong = new Comparison().value(a, b, `${at}.bound`);
      else if (key === "chunks" && expected.errored) wrong = this.#list(a.slice(0, b.length), b.slice(0, a.length), at);
      else if (Array.isArray(a) && Array.isArray(b)) wrong = this.#list(a, b, at, key === "props");
      else if ((key in expected) !== (key in actual)) wrong = mismatch(expected, actual, at);
      else wrong = this.value(a, b, at);
      if (wrong) return wrong;
    }
    return undefined;
  }

  #list(expected, actual, at, named = false) {
    if (expected.length !== actual.length) return `${at}: expected ${expected.length} values, got ${actual.length}`;
    for (const [index, item] of expected.entries()) {
      const wrong = Array.isArray(item)
        ? this.#list(item, actual[index], named ? `${at}.${item[0]}` : `${at}[${index}]`)
        : this.value(item, actual[index], expected.length === 2 ? at : `${at}[${index}]`);
      if (wrong) return wrong;
    }
    return undefined;
  }

  error(expected, actual, at) {
    const [a, b] = [expected.error, actual.error];
    if (!a || !b) return Object.is(expected.thrown, actual.thrown) ? undefined : mismatch(expected, actual, at);
    if (JSON.stringify(a.digest) !== JSON.stringify(b.digest)) return `${at}: expected the digest ${a.digest}, got ${b.digest}`;
    if (a.digest === undefined || MINIFIED.test(a.message)) return undefined;
    return a.message === b.message ? undefined : mismatch(expected, actual, at);
  }
}

const ERRORS = new Set(["error", "rejected", "errored"]);
const MINIFIED = /^Minified React error|^An error occurred in the Server Components render/;

/** Flattens a promise of a promise, and reads a hole as undefined. */
function flat(described) {
  if (described?.$ === "hole") return { $: "undefined" };
  while (described?.$ === "promise" && described.fulfilled?.$ === "promise") described = { ...described.fulfilled, n: described.n };
  return described;
}

const mismatch = (expected, actual, at) => `${at}: expected ${brief(expected)}, got ${brief(actual)}`;

function brief(description) {
  const text = JSON.stringify(description) ?? "nothing";
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
