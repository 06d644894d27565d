// The rows of the matrix, one kind of action each:
//
//   node rows.mjs VERSION     prints those of that version of Next.js as JSON, `{ "rows": […], "differences": […] }`
//
// A row: `name`, as in answers.md where it is there too; `action`, by its name in the fixture; and what of this it needs:
//
// on         the page it is called on; default "/"
// build      "base": in the build with a base path; "dev": by `next dev`; "prefix": with an asset prefix; "both"; "cdn": assets of another origin, a base path,
//            `trailingSlash`
// rare       of the newest version only, unless all are asked for
// from       the first version that it is asked of; default all
// args       (api) => the arguments; default none
// path, id   posted there, under that id (ids => id): Next's client is made to by changing its request
// cookies    { name: value }, set before
// options, dispatcher   of our call and of its dispatcher
// next, ours (api) => promise: instead of the plain call
// use        (value, api) => what is looked at instead of the value, as what a function among it gives
// meanwhile  (api) => promise: done once the call is made
// leaves     the URL is another one afterwards; nothing else is waited for
// stuck      Next's client does nothing more once the answer is there: neither settles nor leaves
// shares     changes nothing on the page: may run where the row before ran, if that shares too
// open       what is known to be wrong in ours: the row must not pass yet
// plain      arguments and answer are plain, so that no codec is loaded; it runs on a page of its own
// bare       the page has no fixture of its own
// alone      not through Next's client, for the reason given
// prerendered   the number of its renders does not say whether it is fresh
// tagged     the page shows the tagged value as the server knows it
// wire       the form in which the arguments are written is compared too: the names of the parts, and the letter of functions
// expect     what our call says: { code, result, redirect, revalidated, rendered, attempts, wire, … }, as far as named
//
// Whatever differs between versions is `since({ "14.2": …, "15.5": … })`: the value of the last version that is not after this one.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Since, after, since } from "./since.mjs";
import bases from "./rows/bases.mjs";
import development from "./rows/development.mjs";
import failures from "./rows/failures.mjs";
import forms from "./rows/forms.mjs";
import movedOn from "./rows/moved-on.mjs";
import posting from "./rows/posting.mjs";
import redirects from "./rows/redirects.mjs";
import revalidation from "./rows/revalidation.mjs";
import streams from "./rows/streams.mjs";
import values from "./rows/values.mjs";

export const rows = [...values, ...streams, ...failures, ...revalidation, ...redirects, ...bases, ...movedOn, ...posting, ...forms, ...development].map(plain);

/** What a plain row is to say more. Arguments for Next 14 are the codec's, whatever they are. */
function plain(row) {
  if (!row.plain) return row;
  const { expect = {} } = row;
  const codec = since({ "14.2": true, "15.0": false });
  const more = (said) => ({ ...said, codec });
  return { ...row, shares: false, expect: expect instanceof Since ? expect.map(more) : more(expect) };
}

/** A row as this version has it, with functions as their text. */
export function ofVersion(row, version) {
  return JSON.parse(JSON.stringify(row, (_, value) => (value instanceof Since ? value.of(version) : typeof value === "function" ? String(value) : value)));
}

const isAsked = ({ from = "0" }, version) => !after(from, version);

/** Differences from Next's own client that are meant, in rows that this version is asked: `{ row, field, reason }`. */
export function differencesOf(version) {
  const list = JSON.parse(readFileSync(new URL("../differences.json", import.meta.url), "utf8"));
  const holds = ({ from = version, to = version }) => !after(from, version) && !after(version, to);
  const later = new Set(rows.filter((row) => !isAsked(row, version)).map(({ name }) => name));
  const all = list.filter(holds).flatMap(({ field, rows: names, reason }) => names.flatMap((row) => [field].flat().map((one) => ({ row, field: one, reason }))));
  return all.filter(({ row }) => !later.has(row));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const version = process.argv[2];
  const asked = rows.filter((row) => isAsked(row, version));
  console.log(JSON.stringify({ rows: asked.map((row) => ofVersion(row, version)), differences: differencesOf(version) }));
}
