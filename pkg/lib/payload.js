// The page inside an answer: what the server rendered again, or where a redirect leads. Only for those who
// ask: loaded by `tape.js`.

import { buildOfPage, deploymentOfPage } from "./app.js";
import { decode } from "./codec.js";
import { Blob } from "./platform.js";
import { pageOf } from "./root.js";

export { dispatcherWith as home } from "./api.js"; // see `part.js`

/** Bytes before the rows of a redirect's page, in apps with Cache Components: "#" complete, "~" partial. */
const MARKS = [0x23, 0x7e];

/**
 * Reads the page inside an answer once that is `over`: from its `tape`, the body as it came. One of another build than
 * that of the document is none: its parts are not those loaded here. `load` loads the wasm.
 */
export async function read(tape, headers, over, load) {
  await over;
  const bytes = new Uint8Array(await new Blob(tape).arrayBuffer());
  const rows = MARKS.includes(bytes[0]) ? bytes.subarray(1) : bytes;
  const { value, done } = decode(load, rows);
  done.catch(() => {}); // what is missing rejects where it is
  const page = pageOf(await value);
  const foreign = differ(headers.get("x-nextjs-deployment-id"), deploymentOfPage()) || differ(page?.buildId, await ownBuild());
  return foreign ? undefined : page;
}

/** Asked once: the document stays, wherever its router goes. */
let build;

const ownBuild = async () => (build ??= { id: await buildOfPage() }).id;

/** Whether both are known, and not the same. */
function differ(answered, own) {
  return Boolean(answered && own && answered !== own);
}
