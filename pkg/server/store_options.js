// Refuses options of a store that do not exist or have no meaning, when the store is made. Must not read a client.

/** Throws a `TypeError` of the function `name` for an option that is not `known` or has a wrong value. */
export function checkOptions(name, options, known) {
  if (typeof options !== "object" || options === null) throw new TypeError(`${name}: options is an object`);
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw new TypeError(`${name}: there is no option ${JSON.stringify(key)}`);
  }
  const { maxBytes = 1, retryMs = 0 } = options;
  if (typeof maxBytes !== "number" || !(maxBytes > 0)) throw new TypeError(`${name}: maxBytes is a number of bytes above 0`);
  if (typeof retryMs !== "number" || !(retryMs >= 0)) throw new TypeError(`${name}: retryMs is a number of milliseconds, from 0 on`);
}
