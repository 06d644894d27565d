// The rows of the matrix, one kind of action each:
//
//   node rows.mjs VERSION     prints those of that version of Next.js as JSON: `{ "rows": […], "differences": […],
//                             "seamDifferences": […] }`
//
// A row has a `name`, as in answers.md if it is there too, an `action` by its name in the fixture, and the members
// it needs of these:
//
// on         the page it is called on; default "/"
// build      "base": in the build with a base path; "prefix": with an asset prefix; "both": with both; "cdn": with
//            assets of another origin, a base path and `trailingSlash`; "dev": by `next dev`
// rare       runs on the newest version only, unless all versions are requested
// from       the first version that it runs on; default: all
// args       (api) => the arguments; default: none
// path, id   the page it is posted to, and its id (ids => id); the request of Next's client is changed to match
// cookies    { name: value }, set first
// options, dispatcher   options of our call and of its dispatcher
// next, ours (api) => promise: called instead of the plain call
// use        (value, api) => a value to compare instead, such as the result of a function in it
// meanwhile  (api) => promise: called once the call is made
// leaves     true if the address changes; the runner waits for that
// arrives    { next, ours }: part of the last address through each client, if it comes late: the runner waits for that
// stuck      true if Next's client does nothing more after the answer: it neither settles nor leaves
// shares     true if it changes nothing on the page: it may follow another such row in the same document
// knownFault   a known fault of ours: the row must not pass yet
// plain      true if arguments and value are plain, so no codec may be loaded; the row gets a page of its own
// bare       true for a page without a fixture: `window.fixture` is undefined.
// alone      the reason why the row does not run through Next's client.
// seam       true if it runs only in apps without the seam and with it
// perBuild   the reason why builds of the same app differ in it, so that it is not compared between builds.
// sample     true if the usual tests of the seam run it on every version, with every bundler
// prerendered   true if the number of the page's renders does not tell whether it is fresh
// tagged     true: the page must show the tagged value as the server knows it
// wire       true to compare the encoded form of the arguments too: the names of the parts, and the letter of functions
// expect     the results of our call: { code, result, redirect, revalidated, rendered, attempts, wire, … }; others are
//            not compared
//
// A value that differs between versions is `since({ "14.2": …, "15.5": … })`: that of the last version named that
// is not newer.
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
import router from "./rows/router.mjs";
import seam from "./rows/seam.mjs";
import streams from "./rows/streams.mjs";
import values from "./rows/values.mjs";

export const rows = [...values, ...streams, ...failures, ...revalidation, ...redirects, ...bases, ...movedOn, ...router, ...posting, ...forms, ...seam, ...development].map(plain);

/** Adds to a plain row that it loads no codec. Next 14 is the exception: its arguments always need the codec. */
function plain(row) {
  if (!row.plain) return row;
  const { expect = {} } = row;
  const codec = since({ "14.2": true, "15.0": false });
  const more = (said) => ({ ...said, codec });
  return { ...row, shares: false, expect: expect instanceof Since ? expect.map(more) : more(expect) };
}

/** Returns a row with the values of this version, and functions as text. */
export function ofVersion(row, version) {
  return JSON.parse(JSON.stringify(row, (_, value) => (value instanceof Since ? value.of(version) : typeof value === "function" ? String(value) : value)));
}

const runsOn = ({ from = "0" }, version) => !after(from, version);

/**
 * Lists the intended differences from Next's own client, for rows that run on this version: `{ row, field, reason
 * }`, and in the list of the seam `way` and `bundler`, if they are given.
 */
export function differencesOf(version, file = "differences.json") {
  const list = JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), "utf8"));
  const holds = ({ from = version, to = version }) => !after(from, version) && !after(version, to);
  const later = new Set(rows.filter((row) => !runsOn(row, version)).map(({ name }) => name));
  const all = list.filter(holds).flatMap(({ field, rows: names, reason, way, bundler }) => names.flatMap((row) => [field].flat().map((one) => ({ row, field: one, reason, way, bundler }))));
  return all.filter(({ row }) => !later.has(row));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const version = process.argv[2];
  const selected = rows.filter((row) => runsOn(row, version));
  console.log(JSON.stringify({ rows: selected.map((row) => ofVersion(row, version)), differences: differencesOf(version), seamDifferences: differencesOf(version, "seam-differences.json") }));
}
