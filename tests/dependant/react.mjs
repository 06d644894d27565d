// Answers calls of actions as a server does, with React's own decoder and encoder. Starts no server.
import { CURRENT, load } from "../oracle/react.mjs";
import { CLIENT_MANIFEST, SERVER_MANIFEST } from "../oracle/webpack.mjs";

const { edge } = load(CURRENT);

/** Describes a value that arrived, as JSON. */
async function tell(value) {
  if (value instanceof Blob) {
    const bytes = Buffer.from(await value.arrayBuffer()).toString("latin1");
    return value instanceof File ? { file: value.name, type: value.type, bytes } : { blob: value.type, bytes };
  }
  if (value instanceof FormData) return { form: await Promise.all([...value].map(async ([name, field]) => [name, await tell(field)])) };
  if (value instanceof Map) return { map: await tell([...value]) };
  if (value instanceof Set) return { set: await tell([...value]) };
  if (value instanceof Date) return { date: value.toISOString() };
  if (typeof value === "bigint") return { bigint: String(value) };
  if (value === undefined) return { nothing: true };
  if (ArrayBuffer.isView(value)) return { [value.constructor.name]: [...value] };
  if (value instanceof ReadableStream) {
    const chunks = [];
    for await (const chunk of value) chunks.push(await tell(chunk));
    return { stream: chunks };
  }
  if (typeof value?.then === "function") return { promise: await tell(await value) };
  if (Array.isArray(value)) return Promise.all(value.map(tell));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(await Promise.all(Object.entries(value).map(async ([key, member]) => [key, await tell(member)])));
}

const streamOf = (chunks) => new ReadableStream({
  start(controller) {
    for (const chunk of chunks) controller.enqueue(chunk);
    controller.close();
  },
});

function make() {
  const form = new FormData();
  form.append("tag", "a");
  form.append("photo", new File(["png"], "a.png", { type: "image/png" }));
  form.append("tag", "b");
  const shared = { in: "both" };
  return {
    name: "Ada",
    blob: new Blob(["hello ", new Uint8Array([0, 255])], { type: "text/x-odd" }),
    form,
    stream: streamOf(["a", { b: 1 }]),
    bytes: streamOf([new Uint8Array([1, 2])]),
    date: new Date(1500),
    map: new Map([["k", new Set([1n, "$x"])]]),
    numbers: new Uint16Array([1, 65535]),
    odd: [undefined, null, NaN, -0, Symbol.for("s"), Promise.resolve("late"), shared, shared, JSON.parse('{"__proto__":1,"ok":2}')],
  };
}

const ACTIONS = { tell: async (...args) => JSON.stringify(await tell(args)), echo: (argument) => argument, make };

/** Answers a call. The name of the action is the end of its id. */
export async function answer(request, body, response) {
  const type = request.headers["content-type"];
  const temporaryReferences = edge.createTemporaryReferenceSet();
  const sent = type.startsWith("multipart/") ? await new Response(body, { headers: { "content-type": type } }).formData() : String(body);
  const args = await edge.decodeReply(sent, SERVER_MANIFEST, { temporaryReferences });
  const name = Buffer.from(request.headers["next-action"].replace(/^7f0*/, ""), "hex").toString();
  const result = Promise.resolve(ACTIONS[name](...args));
  response.writeHead(200, { "Content-Type": "text/x-component" });
  const stream = edge.renderToReadableStream({ a: result, f: "", b: "dependant" }, CLIENT_MANIFEST, { temporaryReferences });
  for await (const chunk of stream) response.write(chunk);
  response.end();
}
