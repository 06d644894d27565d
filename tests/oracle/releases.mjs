// Tests one expression against a release of React, whose server and client are right by definition.

import { read, render } from "./answers.mjs";
import * as ours from "./ours.mjs";
import { CURRENT, load } from "./react.mjs";
import * as replies from "./replies.mjs";
import { difference } from "./same.mjs";
import { answer, args } from "./values.mjs";

/** An answer of the release's server must decode to the same value for us as for its client. */
export async function answerCase(release, { value: expression }) {
  const bytes = await render(release, answer(expression, release));
  return difference(await read(release, bytes), await ours.decode(bytes));
}

/** The release's server must read the same from our body as from its client's, in each way that it reads one. */
export async function replyCase(release, { value: expression, opts = {} }) {
  // Clients with an older wire format never end on some values: compare with the current client instead.
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
    // Some bodies of React's own cannot be read while they arrive: then ours must equal what is read from the
    // complete form.
    if (wrong && difference(await read(reference, theirs.value, "form"), actual)) return `${way}: ${wrong}`;
  }
  return undefined;
}
