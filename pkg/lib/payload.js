// The page inside an answer: what the server rendered again, or where a redirect leads. Only for those who ask.

import { decode } from "./codec.js";
import { buildOf } from "./loading.js";
import { deploymentOfPage } from "./page.js";
import { Blob, pageText } from "./platform.js";
import { pageOf } from "./root.js";

/** Bytes before the rows of a redirect's page, in apps with Cache Components: "#" complete, "~" partial. */
const MARKS = [0x23, 0x7e];

/**
 * Turns `outcome.tape`, the body as it came, into `outcome.payload`: a promise, made when it is first asked for, that settles once the
 * answer has ended (`over`). A page of another build than that of the document is none: its parts are not those loaded here. `load` loads
 * the wasm.
 */
export function givePayload(outcome, over, load) {
  const { headers, tape } = outcome;
  delete outcome.tape;
  let payload;
  Object.defineProperty(outcome, "payload", {
    configurable: true,
    enumerable: true,
    get: () => (payload ??= tape ? read(tape, headers, over, load) : Promise.resolve(undefined)),
  });
}

function read(tape, headers, over, load) {
  const payload = over.then(async () => {
    const bytes = new Uint8Array(await new Blob(tape).arrayBuffer());
    const rows = MARKS.includes(bytes[0]) ? bytes.subarray(1) : bytes;
    const { value, done } = decode(load, rows);
    done.catch(() => {}); // what is missing rejects where it is
    const page = pageOf(await value);
    const foreign = differ(headers.get("x-nextjs-deployment-id"), deploymentOfPage()) || differ(page?.buildId, buildOfPage());
    return foreign ? undefined : page;
  });
  payload.catch(() => {});
  return payload;
}

/** Asked once: the document stays, wherever its router goes. */
let build;

function buildOfPage() {
  build ??= { id: globalThis.document ? buildOf(pageText()) : undefined };
  return build.id;
}

/** Whether both are known, and not the same. */
function differ(answered, own) {
  return Boolean(answered && own && answered !== own);
}
