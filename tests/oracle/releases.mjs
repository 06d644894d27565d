// One expression each, against a release of React: its server and its client say what is right.

import { read, render } from "./answers.mjs";
import * as ours from "./ours.mjs";
import { CURRENT, load } from "./react.mjs";
import * as replies from "./replies.mjs";
import { difference } from "./same.mjs";
import { answer, args } from "./values.mjs";

/** What the release's server answers must be for us what it is for its client. */
export async function answerCase(release, { value: expression }) {
  const bytes = await render(release, answer(expression, release));
  return difference(await read(release, bytes), await ours.decode(bytes));
}

/** What we send must be for the release's server what its client's own body is, in each way it reads one. */
export async function replyCase(release, { value: expression, opts = {} }) {
  // Clients before the current wire never end on some values: what theirs should have been is the current one's.
  const reference = release.next ? load(CURRENT) : release;
  const theirs = await replies.encodeBody(reference, expression, opts);
  const mine = await ours.encodeBody(expression, opts, release.next);
  if (theirs.rejected || mine.rejected) {
    if (theirs.rejected && mine.rejected) return undefined;
    return mine.rejected ? `we refuse: ${mine.reason?.message ?? mine.reason}` : "React refuses, we do not";
  }
  for (const way of Object.keys(replies.WAYS)) {
    const read = (by, body, how) => replies.decode(by, body, how, opts.temp ? by.edge.createTemporaryReferenceSet() : undefined);
    const actual = await read(release, mine.value, way);
    if (!actual) continue;
    const same = await read(reference, theirs.value, way);
    const wrong = difference(same, actual);
    // Not every body of React's own can be read as it arrives: then it counts as what it is when it has.
    if (wrong && difference(await read(reference, theirs.value, "form"), actual)) return `${way}: ${wrong}`;
  }
  return undefined;
}
