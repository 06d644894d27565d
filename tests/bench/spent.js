// Reads a profile of V8's: where the time of one call goes.

/**
 * Returns the time spent in each function itself, most first: `{ where, name, us, share }`, in microseconds of one
 * of `calls`. `moduleOf(frame)` names the function's module in the package or the bench; it returns undefined for
 * the platform's. `names`: the long names of the wasm's imports, see `readNames`.
 */
export function spent({ nodes, samples, timeDeltas }, calls, moduleOf, names) {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const own = new Map();
  let total = 0;
  samples.forEach((id, at) => {
    // The time until the next sample counts for this one.
    const us = Math.max(0, timeDeltas[at + 1] ?? 0);
    const key = JSON.stringify(placeOf(frames.get(id), moduleOf, names));
    own.set(key, (own.get(key) ?? 0) + us);
    total += us;
  });
  return [...own].map(([key, us]) => ({ ...JSON.parse(key), us: us / calls, share: us / total })).sort((a, b) => b.us - a.us);
}

function placeOf(frame, moduleOf, names) {
  const { functionName, url } = frame;
  const name = functionName || "(anonymous)";
  if (/^(js-to-wasm|wasm-to-js)/.test(name)) return { where: "border", name };
  // These functions have no names: the section with names is not shipped.
  if (url.startsWith("wasm:")) return { where: "wasm", name: /^wasm-function\[/.test(name) ? "" : name };
  if (/^\((garbage collector|idle|program|root)\)$/.test(name)) return { where: name.slice(1, -1), name: "" };
  const module = url && moduleOf(frame);
  const [, glue] = module?.match(/^wasm\/(\w+)\.js$/) ?? [];
  if (glue) return { where: "glue", name: names[glue]?.imports[name] ?? name };
  if (module) return { where: module, name };
  return { where: "platform", name: url ? `${name} of ${url}` : name };
}
