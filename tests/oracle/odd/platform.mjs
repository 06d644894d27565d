// Odd values of the platform, by name, and values that pass for others. One that an engine lacks is `undefined`.

import { Point, dom, named, own, stream, throwing } from "./parts.mjs";

const revoked = (target) => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};
const trapped = (trap, target = {}) => new Proxy(target, { [trap]: throwing });
const detached = (buffer) => {
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
};
/** Returns the view after its buffer was transferred away. */
const orphan = (view) => {
  detached(view.buffer);
  return view;
};
const resizable = (length, most) => new ArrayBuffer(length, { maxByteLength: most });
// Shared memory without an isolated page: wasm's may be shared anywhere.
const shared = () => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer;
const locked = () => {
  const made = stream((c) => c.close());
  made.getReader();
  return made;
};
const read = async () => {
  const made = stream((c) => (c.enqueue("gone"), c.enqueue("left"), c.close()));
  const reader = made.getReader();
  await reader.read();
  reader.releaseLock();
  return made;
};

/** `frame` is the window of another realm. */
export const platform = (frame) => ({
  // Bytes
  "an ArrayBuffer": () => new Uint8Array([1, 2, 3]).buffer,
  "a detached ArrayBuffer": () => detached(new ArrayBuffer(8)),
  "an empty ArrayBuffer": () => new ArrayBuffer(0),
  "a resizable ArrayBuffer": () => resizable(4, 16),
  "a subclass of ArrayBuffer": () => new (class extends ArrayBuffer {})(3),
  "an ArrayBuffer with a property": () => own(new ArrayBuffer(2), { x: 1 }),
  "a SharedArrayBuffer": () => shared(),
  "bytes": () => new Uint8Array([1, 2, 3]),
  "bytes from the middle": () => new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
  "detached bytes": () => orphan(new Uint8Array(8)),
  "detached floats": () => orphan(new Float64Array(2)),
  "a detached DataView": () => orphan(new DataView(new ArrayBuffer(8))),
  "a DataView": () => new DataView(new Uint8Array([1, 2, 3]).buffer, 1),
  "bytes in resizable memory": () => new Uint8Array(resizable(4, 16)),
  "bytes in memory that has shrunk": () => {
    const buffer = resizable(8, 8);
    const made = new Uint8Array(buffer, 4, 4);
    buffer.resize(2);
    return made;
  },
  "a DataView of memory that has shrunk": () => {
    const buffer = resizable(8, 8);
    const made = new DataView(buffer, 4, 4);
    buffer.resize(2);
    return made;
  },
  "bytes in shared memory": () => new Uint8Array(shared(), 0, 4),
  "a DataView of shared memory": () => new DataView(shared(), 0, 4),
  "bytes of wasm's memory": () => new Uint8Array(new WebAssembly.Memory({ initial: 1 }).buffer, 0, 4),
  "bigints": () => [new BigInt64Array([-1n]), new BigUint64Array([2n ** 64n - 1n])],
  "half floats": () => globalThis.Float16Array && new globalThis.Float16Array([1.5]),
  "floats and the like": () => [new Float32Array([1.5]), new Float64Array([NaN]), new Uint8ClampedArray([300]), new Int16Array([-2])],
  "a subclass of Uint8Array": () => new (class extends Uint8Array {})([1, 2]),
  "bytes without a prototype": () => Object.setPrototypeOf(new Uint8Array([1, 2]), null),
  "bytes with the prototype of others": () => Object.setPrototypeOf(new Uint8Array([1, 2]), Float64Array.prototype),
  "bytes with the prototype of a Map": () => Object.setPrototypeOf(new Uint8Array([1, 2]), Map.prototype),
  "an object with the prototype of bytes": () => Object.create(Uint8Array.prototype),
  "an object with the prototype of an ArrayBuffer": () => Object.create(ArrayBuffer.prototype),
  "an object with the prototype of a Blob": () => Object.create(Blob.prototype),
  "an object with the prototype of a Set": () => Object.create(Set.prototype),
  "an object with the prototype of a FormData": () => Object.create(FormData.prototype),
  "an object with the prototype of a stream": () => Object.create(ReadableStream.prototype),
  "an object with the prototype of a date": () => Object.create(Date.prototype),
  "an object with the prototype of a promise": () => Object.create(Promise.prototype),
  "bytes with a length of their own": () => Object.defineProperty(new Uint8Array([1, 2]), "byteLength", { value: 1 }),
  "an object named Uint8Array": () => named("Uint8Array", new Point()),
  "pixels": () => new ImageData(1, 1),
  "the data of pixels": () => new ImageData(1, 1).data,
  "a rectangle": () => new DOMRect(1, 2, 3, 4),
  "a matrix": () => new DOMMatrix(),

  // Blobs, forms and other objects of the platform
  "a Blob": () => new Blob(["abc"], { type: "text/x" }),
  "an empty Blob": () => new Blob([]),
  "a File": () => new File(["abc"], "näme \"x\".txt", { type: "text/x" }),
  "a subclass of Blob": () => new (class extends Blob {})(["abc"], { type: "text/x" }),
  "a subclass of File": () => new (class extends File {})(["abc"], "n"),
  "a Blob with a property": () => own(new Blob(["x"]), { x: 1 }),
  "a Blob named otherwise": () => named("Other", new Blob(["x"])),
  "the same Blob twice": () => {
    const made = new Blob(["x"]);
    return [made, { made }];
  },
  "a FormData": () => {
    const made = new FormData();
    made.append("a", "1");
    made.append("a", new File(["x"], "n.txt", { type: "text/y" }));
    made.append("$b", "\n");
    return made;
  },
  "a FormData with a Blob": () => {
    const made = new FormData();
    made.append("a", new Blob(["x"]));
    made.append("b", new Blob(["x"]), "named");
    return made;
  },
  "an empty FormData": () => new FormData(),
  "a subclass of FormData": () => {
    const made = new (class extends FormData {})();
    made.append("a", "1");
    return made;
  },
  "a FormData whose forEach throws": () => own(new FormData(), { forEach: throwing }),
  "a FormData whose iterator throws": () => {
    const made = new FormData();
    made.append("a", "1");
    return own(made, { [Symbol.iterator]: throwing });
  },
  "a list of files": () => Object.assign(dom("input"), { type: "file" }).files,
  "a URL": () => new URL("https://example.com/a?b"),
  "a subclass of URL": () => new (class extends URL {})("https://example.com/"),
  "URLSearchParams": () => new URLSearchParams("a=1&b=2"),
  "Headers": () => new Headers({ a: "1" }),
  "a Response": () => new Response("x"),
  "a Request": () => new Request("https://example.com/"),
  "an AbortSignal": () => new AbortController().signal,
  "a channel": () => new MessageChannel().port1,
  "crypto": () => crypto,
  "a key of crypto": () => crypto.subtle && crypto.subtle.generateKey({ name: "AES-GCM", length: 128 }, true, ["encrypt"]),
  "performance": () => performance.timing && { timing: 1 },
  "an entry of performance": () => performance.mark("odd") && 1,

  // Streams
  "a stream": () => stream((c) => (c.enqueue({ a: 1 }), c.enqueue("$"), c.close())),
  "a stream of bytes": () => stream((c) => (c.enqueue(new Uint8Array([1, 2])), c.close()), { type: "bytes" }),
  "an empty stream of bytes": () => stream((c) => c.close(), { type: "bytes" }),
  "a locked stream": () => locked(),
  "a stream that was read in part": () => read(),
  "a stream that fails": () => stream((c) => c.error(new Error("no"))),
  "a stream that fails later": () => stream((c) => (c.enqueue(1), c.error(new Error("no")))),
  "a stream of bytes that fails": () => stream((c) => c.error(new Error("no")), { type: "bytes" }),
  "a stream of functions": () => stream((c) => (c.enqueue(() => {}), c.close())),
  "a stream of instances": () => stream((c) => (c.enqueue(new Point()), c.close())),
  "a stream of a Blob": () => new Blob(["abc"]).stream(),
  "a subclass of ReadableStream": () => new (class extends ReadableStream {})({ start: (c) => c.close() }),
  "a stream with a getReader that throws": () => own(stream((c) => c.close()), { getReader: throwing }),
  "the same stream twice": () => {
    const made = stream((c) => c.close());
    return [made, made];
  },
  "a WritableStream": () => new WritableStream(),
  "a TransformStream": () => new TransformStream(),

  // Proxies
  "a Proxy": () => new Proxy({ a: 1 }, {}),
  "a Proxy of an array": () => new Proxy([1, { a: 2 }], {}),
  "a Proxy of a Map": () => new Proxy(new Map([[1, 2]]), {}),
  "a Proxy of a date": () => new Proxy(new Date(0), {}),
  "a Proxy of a promise": () => new Proxy(Promise.resolve(1), {}),
  "a Proxy of bytes": () => new Proxy(new Uint8Array(2), {}),
  "a Proxy of a Blob": () => new Proxy(new Blob(["x"]), {}),
  "a Proxy of a function": () => new Proxy(() => {}, {}),
  "a Proxy of a class": () => new Proxy(Point, {}),
  "a Proxy with members of its own": () => new Proxy({}, { get: (_, key) => (typeof key === "string" && key.length === 1 ? key : undefined), ownKeys: () => ["a", "b"], getOwnPropertyDescriptor: (_, key) => ({ value: 1, enumerable: key === "a", configurable: true }) }),
  "a Proxy that has everything": () => new Proxy({}, { get: () => () => "x" }),
  "a revoked Proxy": () => revoked({}),
  "a revoked Proxy of an array": () => revoked([]),
  "a revoked Proxy of a function": () => revoked(() => {}),
  "a Proxy whose get throws": () => trapped("get", { a: 1 }),
  "a Proxy whose ownKeys throws": () => trapped("ownKeys", { a: 1 }),
  "a Proxy whose getPrototypeOf throws": () => trapped("getPrototypeOf", { a: 1 }),
  "a Proxy whose getOwnPropertyDescriptor throws": () => trapped("getOwnPropertyDescriptor", { a: 1 }),
  "a Proxy whose has throws": () => trapped("has", { a: 1 }),
  "a Proxy of an array whose get throws": () => trapped("get", [1]),
  "a Proxy of an array whose ownKeys throws": () => trapped("ownKeys", [1]),
  "a Proxy whose prototype is another each time": () => {
    let reads = 0;
    return new Proxy({ a: 1 }, { getPrototypeOf: () => (reads++ ? Object.prototype : Point.prototype) });
  },

  // React's own
  "an element of React": () => ({ $$typeof: Symbol.for("react.transitional.element"), type: "p", key: null, props: {} }),
  "an older element of React": () => ({ $$typeof: Symbol.for("react.element"), type: "p", key: null, props: {} }),
  "a portal of React": () => ({ $$typeof: Symbol.for("react.portal") }),
  "$$typeof is a text": () => ({ $$typeof: "react.element", a: 1 }),
  "$$typeof is another symbol": () => ({ $$typeof: Symbol("x"), a: 1 }),
  "$$typeof is a getter that throws": () => ({ get $$typeof() { return throwing(); } }),
  "an array with $$typeof": () => own([1], { $$typeof: Symbol.for("react.transitional.element") }),
  "a Map with $$typeof": () => own(new Map(), { $$typeof: Symbol.for("react.transitional.element") }),
  "a promise with $$typeof": () => own(Promise.resolve(1), { $$typeof: Symbol.for("react.transitional.element") }),
  "a lazy value": () => ({ $$typeof: Symbol.for("react.lazy"), _payload: 7, _init: (payload) => ({ payload }) }),
  "a lazy value that throws": () => ({ $$typeof: Symbol.for("react.lazy"), _payload: 7, _init: throwing }),
  "a lazy value of a function": () => ({ $$typeof: Symbol.for("react.lazy"), _payload: 7, _init: () => () => {} }),
  "a lazy value of an instance": () => ({ $$typeof: Symbol.for("react.lazy"), _payload: 7, _init: () => new Point() }),
  "a lazy value without _init": () => ({ $$typeof: Symbol.for("react.lazy") }),
  "a lazy value that waits": () => {
    let ready = false;
    const wait = Promise.resolve().then(() => (ready = true));
    return { $$typeof: Symbol.for("react.lazy"), _payload: 7, _init: (payload) => { if (ready) return { payload }; throw wait; } };
  },

  // Of another realm
  ...(frame && {
    "an object of another realm": () => frame.eval("({ a: [1, { b: 2 }] })"),
    "an array of another realm": () => frame.eval("[1, [2]]"),
    "an instance of another realm": () => frame.eval("new (class A { x = 1 })()"),
    "an object without a prototype, of another realm": () => frame.eval("Object.create(null)"),
    "a Map of another realm": () => frame.eval("new Map([[1, { a: 1 }]])"),
    "a Set of another realm": () => frame.eval("new Set([1])"),
    "a date of another realm": () => frame.eval("new Date(0)"),
    "an invalid date of another realm": () => frame.eval("new Date(NaN)"),
    "a promise of another realm": () => frame.eval("Promise.resolve({ a: 1 })"),
    "bytes of another realm": () => frame.eval("new Uint8Array([1, 2])"),
    "an ArrayBuffer of another realm": () => frame.eval("new ArrayBuffer(2)"),
    "a DataView of another realm": () => frame.eval("new DataView(new ArrayBuffer(2))"),
    "a Blob of another realm": () => frame.eval("new Blob(['x'])"),
    "a File of another realm": () => frame.eval("new File(['x'], 'n')"),
    "a FormData of another realm": () => frame.eval("(f => (f.append('a', '1'), f))(new FormData())"),
    "a URL of another realm": () => frame.eval("new URL('https://example.com/')"),
    "a stream of another realm": () => frame.eval("new ReadableStream({ start: c => c.close() })"),
    "an error of another realm": () => frame.eval("new Error('m')"),
    "a generator of another realm": () => frame.eval("(function* () { yield 1; })()"),
    "a function of another realm": () => frame.eval("() => {}"),
    "a boxed number of another realm": () => frame.eval("new Number(1)"),
    "a regular expression of another realm": () => frame.eval("/x/"),
    "arguments of another realm": () => frame.eval("(function () { return arguments; })(1)"),
    "an element of another document": () => frame.document.createElement("p"),
    "a symbol of another realm": () => frame.eval("Symbol.for('x')"),
  }),
});
