// `node vectors.mjs OUT`: makes the vectors again by running React. Expressions and hand-written streams come from
// the committed ones.

import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import * as answers from "./answers.mjs";
import { CURRENT, load } from "./react.mjs";
import * as replies from "./replies.mjs";
import { SERVER_MANIFEST } from "./webpack.mjs";
import { answer, args } from "./values.mjs";

export const COMMITTED = join(dirname(fileURLToPath(import.meta.url)), "../vectors");

/** Reads the list of the vectors in a directory. */
export const indexOf = async (dir) => JSON.parse(await readFile(join(dir, "index.json"), "utf8"));

/** Makes one vector again. Returns its files by path, as bytes or text. */
export async function remake(entry, dir = COMMITTED) {
  const release = load(CURRENT);
  if (entry.direction === "encode") {
    const { value: expr, name } = entry;
    const opts = entry.opts ?? {};
    return { [entry.expected]: json({ name, expr, opts, ...(await replies.encode(release, expr, opts)) }) };
  }
  if (entry.direction === "temporary-references") return { [entry.expected]: await sentBack(release, entry, dir) };
  if (entry.what === undefined) {
    const bytes = await answers.render(release, answer(entry.value, release));
    return { [entry.input]: bytes, [entry.expected]: json(await answers.read(release, bytes)) };
  }
  const bytes = new Uint8Array(await readFile(join(dir, entry.input)));
  const whole = await answers.read(release, bytes);
  const byteByByte = await answers.read(release, bytes, { cuts: 1 });
  // The part of a stream that is read before it fails depends on time.
  const differs = "root" in whole !== "root" in byteByByte;
  return { [entry.expected]: json({ what: entry.what, whole, ...(differs && { byteByByte }) }) };
}

/** Renders an answer that gives the arguments of a call back. */
async function sentBack(release, entry, dir) {
  const { edge, client, clientReact } = release;
  const { expr } = JSON.parse(await readFile(join(dir, "encode", `${entry.name}.json`), "utf8"));
  const { value } = await args(expr, clientReact);
  const body = await client.encodeReply(value, { temporaryReferences: client.createTemporaryReferenceSet() });
  const temporaryReferences = edge.createTemporaryReferenceSet();
  const list = await edge.decodeReply(body, SERVER_MANIFEST, { temporaryReferences });
  return answers.render(release, { a: Promise.resolve(list.at(-1)), first: list[0], all: list }, { temporaryReferences });
}

const json = (value) => JSON.stringify(value, null, 1);

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const out = process.argv[2];
  if (!out) throw new Error("usage: node vectors.mjs OUT");
  const index = await indexOf(COMMITTED);
  for (const entry of index) {
    const files = await remake(entry);
    if (entry.what !== undefined) files[entry.input] = await readFile(join(COMMITTED, entry.input));
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(out, path)), { recursive: true });
      await writeFile(join(out, path), content);
    }
  }
  await copyFile(join(COMMITTED, "index.json"), join(out, "index.json"));
  console.log(`${index.length} vectors in ${out}`);
  process.exit(0);
}
