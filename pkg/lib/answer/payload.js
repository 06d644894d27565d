// Reads the page inside an answer: what the server rendered again, or the target of a redirect. Loaded by
// `load_payload.js` when the page requests it. Must not apply it: only the page's router can.

import { buildOfPage, deploymentOfPage } from "../page/next_app.js";
import { decode } from "../codec.js";
import { Blob } from "../page/globals.js";
import { pageOf } from "./root_row.js";

export { dispatcherWith as home } from "../exports.js"; // see `lazy_part.js`

/** The byte before the rows of a redirect's page in apps with Cache Components: "#" complete, "~" partial. */
const MARKS = [0x23, 0x7e];

/**
 * Promises the page inside an answer, once that is `over`. `tape`: the body as received. A page of another build than
 * the document's is none, because its parts are not those loaded here. `load` loads the codec.
 */
export async function read(tape, headers, over, load) {
  await over;
  const bytes = new Uint8Array(await new Blob(tape).arrayBuffer());
  const rows = MARKS.includes(bytes[0]) ? bytes.subarray(1) : bytes;
  const { value, done } = decode(load, rows);
  done.catch(() => {}); // a missing part rejects where it is
  const page = pageOf(await value);
  const foreign = differ(headers.get("x-nextjs-deployment-id"), deploymentOfPage()) || differ(page?.buildId, await ownBuild());
  return foreign ? undefined : page;
}

/** Read once: the document keeps its build, also when its router moves on. */
let build;

const ownBuild = async () => (build ??= { id: await buildOfPage() }).id;

/** True if both are known and differ. */
function differ(answered, own) {
  return Boolean(answered && own && answered !== own);
}
