// Refuses what a store cannot keep as it is. `structuredClone` and `node:v8` refuse functions, promises and streams, but make `{}` of what they do not
// know, such as a FormData or a URL: a later call would get that in the place of the value.

/** By `Object.prototype.toString`, which knows them across realms; an array, a map, a set and an error are looked into. */
const KEPT = ["Date", "RegExp", "Boolean", "Number", "String", "BigInt", "ArrayBuffer", "Array", "Map", "Set", "Error"];

/** The value itself. Throws a `TypeError` that names the class of something in it that would come back as something else. */
export function faithful(value) {
  const seen = new Set();
  const left = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next !== "object" || next === null || seen.has(next)) continue; // of the rest the store sees for itself
    seen.add(next);
    for (const part of partsOf(next)) left.push(part);
  }
  return value;
}

/** The values in it that are kept with it. */
function partsOf(object) {
  if (ArrayBuffer.isView(object)) return [];
  if (isPlain(object)) return Object.values(object);
  const name = Object.prototype.toString.call(object).slice("[object ".length, -1);
  if (name === "Object" && isData(object)) return Object.values(object);
  if (!KEPT.includes(name)) throw new TypeError(`${article(classOf(object, name))} is not kept as it is`);
  if (name === "Array") return object;
  if (name === "Map") return [...object.keys(), ...object.values()];
  if (name === "Set") return object;
  if (name !== "Error") return [];
  if (Object.keys(object).length > 0) throw new TypeError("an error is kept with its message and cause, not with properties of its own");
  return [object.cause];
}

/** Also in another realm. */
function isPlain(object) {
  const prototype = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Of a class that is nothing but its fields. */
function isData(object) {
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
