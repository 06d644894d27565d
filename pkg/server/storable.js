// Refuses a value that a store would return changed. `structuredClone` and `node:v8` refuse functions, promises and
// streams, but turn objects they do not know, such as a FormData or a URL, into `{}`: a later call would get that
// instead of the value. Must not change or copy the value.

/**
 * Classes that stores keep, by `Object.prototype.toString`, which works across realms. The members of arrays, maps,
 * sets and errors are checked too.
 */
const STORED_CLASSES = ["Date", "RegExp", "Boolean", "Number", "String", "BigInt", "ArrayBuffer", "Array", "Map", "Set", "Error"];

/**
 * Returns the value itself. Throws a `TypeError` that names the class of the first member that would be
 * returned changed.
 */
export function checkFaithful(value) {
  const seen = new Set();
  const left = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next !== "object" || next === null || seen.has(next)) continue; // the store refuses functions and symbols itself
    seen.add(next);
    for (const part of partsOf(next)) left.push(part);
  }
  return value;
}

/** Returns the members of an object that a store keeps with it. Throws if the store would not keep the object. */
function partsOf(object) {
  if (ArrayBuffer.isView(object)) return [];
  if (isPlain(object)) return Object.values(object);
  const name = Object.prototype.toString.call(object).slice("[object ".length, -1);
  if (name === "Object" && hasOnlyFields(object)) return Object.values(object);
  if (!STORED_CLASSES.includes(name)) throw new TypeError(`${article(classOf(object, name))} is not kept as it is`);
  if (name === "Array") return object;
  if (name === "Map") return [...object.keys(), ...object.values()];
  if (name === "Set") return object;
  if (name !== "Error") return [];
  // The list of an AggregateError is not enumerable.
  const isMore = Object.keys(object).length > 0 || Object.hasOwn(object, "errors");
  if (isMore) throw new TypeError("an error is kept with its message and cause, not with properties of its own");
  return [object.cause];
}

/** True for a plain object, also one of another realm. */
function isPlain(object) {
  const prototype = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** True if the classes of the object define nothing but a constructor: its fields are all there is. */
function hasOnlyFields(object) {
  for (let at = Object.getPrototypeOf(object); !isRoot(at); at = Object.getPrototypeOf(at)) {
    if (Reflect.ownKeys(at).some((key) => key !== "constructor")) return false;
  }
  return true;
}

const isRoot = (prototype) => Object.getPrototypeOf(prototype) === null;

function classOf(object, name) {
  const own = name === "Object" ? object.constructor?.name : name;
  return typeof own === "string" && own !== "" ? own : "class instance";
}

const article = (name) => (/^[aeio]/i.test(name) ? `an ${name}` : `a ${name}`);
