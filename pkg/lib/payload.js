// The page inside an answer: what the server rendered again, or where a redirect leads. Only for those who ask.

import { buildOfPage, deploymentOfPage } from "./app.js";
import { decode } from "./codec.js";
import { Blob } from "./platform.js";
import { pageOf } from "./root.js";

/** Bytes before the rows of a redirect's page, in apps with Cache Components: "#" complete, "~" partial. */
const MARKS = [0x23, 0x7e];

/**
 * Gives what makes the page inside an answer: a promise, made when it is first asked for, that settles once the answer of `entry` has ended. `tape`: the
 * body as it came, if it may hold a page. One of another build than that of the document is none: its parts are not those loaded here. `load`
 * loads the wasm.
 */
export function payloadOf(tape, headers, entry, load) {
  if (!tape) return none;
  const { end } = entry; // a page may keep outcomes for long, and the arguments of their calls not with them
  let payload;
  return () => (payload ??= read(tape, headers, end, load));
}

const none = () => Promise.resolve(undefined);

function read(tape, headers, over, load) {
  const payload = over.then(async () => {
    const bytes = new Uint8Array(await new Blob(tape).arrayBuffer());
    const rows = MARKS.includes(bytes[0]) ? bytes.subarray(1) : bytes;
    const { value, done } = decode(load, rows);
    done.catch(() => {}); // what is missing rejects where it is
    const page = pageOf(await value);
    const foreign = differ(headers.get("x-nextjs-deployment-id"), deploymentOfPage()) || differ(page?.buildId, ownBuild());
    return foreign ? undefined : page;
  });
  payload.catch(() => {});
  return payload;
}

/** Asked once: the document stays, wherever its router goes. */
let build;

const ownBuild = () => (build ??= { id: buildOfPage() }).id;

/** Whether both are known, and not the same. */
function differ(answered, own) {
  return Boolean(answered && own && answered !== own);
}
