// The page inside an answer: what the server rendered again, or where a redirect leads. Only for those who ask.

import { decode } from "./codec.js";

/** Bytes before the rows of a redirect's page, in apps with Cache Components: "#" complete, "~" partial. */
const MARKS = [0x23, 0x7e];

/**
 * Turns `outcome.tape`, the body as it came, into `outcome.payload`: a promise, made when it is first asked for, that settles once the
 * answer has ended (`over`). `load` loads the wasm.
 */
export function givePayload(outcome, over, load) {
  const { tape } = outcome;
  delete outcome.tape;
  let payload;
  Object.defineProperty(outcome, "payload", {
    configurable: true,
    enumerable: true,
    get: () => (payload ??= tape ? read(tape, over, load) : Promise.resolve(undefined)),
  });
}

function read(tape, over, load) {
  const payload = over.then(async () => {
    const bytes = new Uint8Array(await new Blob(tape).arrayBuffer());
    const rows = MARKS.includes(bytes[0]) ? bytes.subarray(1) : bytes;
    const { value, done } = decode(load, rows);
    done.catch(() => {}); // what is missing rejects where it is
    return pageOf(await value);
  });
  payload.catch(() => {});
  return payload;
}

/** By the shapes of row 0: see `protocol/root.rs`. */
function pageOf(root) {
  if (Array.isArray(root)) {
    const [buildId, data] = typeof root[0] === "string" ? root : root[1];
    return data ? { data, buildId } : undefined;
  }
  const data = root.t ?? root.f;
  if (!data) return undefined;
  return { data, buildId: root.b, search: root.q, intercepted: root.i };
}
