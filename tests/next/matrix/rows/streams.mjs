// Answers that arrive in parts.
import { since } from "../since.mjs";

const ok = { code: "ok", revalidated: null, rendered: false, attempts: 1 };
const open = (...keys) => `async ({ get, post }) => { for (const key of ${JSON.stringify(keys)}) { await get(\`gate?key=\${key}&arrived=1\`); await post(\`gate?key=\${key}\`); } }`;
/** Next 14 cannot send streams: such a value is an error, or an empty object. */
const fromFifteen = since({ "14.2": {}, "15.0": ok });

const bytesBreakIn15 = {
  expect: since({ "14.2": {}, "15.0": { ...ok, result: 'value "chunk 0chunk 1"' } }),
  alone: since({ "14.2": null, "15.0": "Next 15's client breaks a byte stream whose chunks arrive together", "16.0": null }),
};

/** Reads a broken stream to its end. The number of chunks read before that depends on time. */
const broken = (stream) => stream.getReader === undefined ? stream : new Response(stream.pipeThrough(new TextEncoderStream())).text().catch((error) => ({ broken: error.digest }));

const rows = [
  { name: "later", action: "later", args: () => [1], expect: ok },
  { name: "later, behind a gate", action: "later", args: () => [1, "g"], meanwhile: open("g"), expect: ok },
  { name: "a part rejects", action: "failLater", expect: ok },
  { name: "textStream", action: "textStream", args: () => [2], expect: fromFifteen },
  { name: "textStream, chunk by chunk", sample: true, action: "textStream", args: () => [2, "s"], meanwhile: open("s:0", "s:1"), expect: fromFifteen },
  { name: "byteStream", action: "byteStream", args: () => [2], use: async (stream) => new Response(stream).text(), ...bytesBreakIn15 },
  { name: "iterable", action: "iterable", args: () => [2], expect: fromFifteen },
  { name: "iterable, chunk by chunk", action: "iterable", args: () => [2, "i"], meanwhile: open("i:0", "i:1"), expect: fromFifteen },
  { name: "brokenStream", action: "brokenStream", args: () => [2], use: broken, expect: fromFifteen },
];

// No row here changes what the page shows.
export default rows.map((row) => ({ shares: true, ...row }));
