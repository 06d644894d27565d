// Finds arguments that can be written only once. Next's reducer writes them a second time, for what the answer may
// refer back to; these it must not see.

/** Returns the arguments for Next's reducer: none if they cannot be read a second time. */
export function argumentsAgain(args) {
  try {
    return canBeReadOnce(args) ? [] : args;
  } catch {
    return []; // a getter
  }
}

/** True if a stream or an iterator is among the values, which are walked as React walks them. */
function canBeReadOnce(value, seen = new Set()) {
  if (typeof value !== "object" || value === null || seen.has(value)) return false;
  seen.add(value);
  if (value instanceof ReadableStream || typeof value.next === "function" || typeof value[Symbol.asyncIterator] === "function") return true;
  return partsOf(value).some((part) => canBeReadOnce(part, seen));
}

function partsOf(value) {
  if (Array.isArray(value) || value instanceof Set) return [...value];
  if (value instanceof Map) return [...value].flat();
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype ? Object.values(value) : [];
}
