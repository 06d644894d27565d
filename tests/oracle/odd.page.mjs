// Runs in a page, with React's client beside our package. `odd.run(names)` gives `{ compared, differs: [name,
// what], missing }`: the values that are encoded differently, and those that this engine lacks.

import "../bench/webpack.js";

import { createTemporaryReferenceSet, encodeReply } from "react-server-dom-webpack/client.browser";

import { createDispatcher, encode, isActionError, ready } from "../../pkg/inline.js";
import { later } from "./later.mjs";
import { PLACES, odd } from "./odd.mjs";
import { bodyDifference } from "./same.mjs";

const ACTION = `7f${"0".repeat(40)}`;
const PATIENCE_MS = 500;
const NOTHING = Symbol("nothing");

/** The functions of our package that encode, by name: each gives `{ body }` or `{ refused }`. */
const DOORS = {
  "encode": (args) => encode(args, { temporaryReferences: {} }),
  "encode, read with care": (args) => encode(args, { temporaryReferences: {}, nextVersion: "16.4.6" }),
  "a call": (args) => called(args, {}),
  "a call to a known version": (args) => called(args, { nextVersion: "16.4.6" }),
};
const ALONE = { "encode without references": (args) => encode(args), "encode without references, read with care": (args) => encode(args, { nextVersion: "16.4.6" }) };

async function called(args, options) {
  let sent = NOTHING;
  const fetch = async (_, { body }) => {
    sent = body;
    return new Response('0:{"a":1,"f":"","b":"x"}\n', { headers: { "content-type": "text/x-component" } });
  };
  const d = createDispatcher({ url: location.href, maxBodyBytes: false, fetch, ...options });
  try {
    await d.call(ACTION, args);
  } finally {
    d.close();
  }
  return sent;
}

async function outcome(make) {
  let stop;
  const late = new Promise((resolve) => (stop = later(PATIENCE_MS, () => resolve({ never: true }))));
  const tried = (async () => ({ body: await tell(await make()) }))().catch((reason) => ({ refused: true, reason }));
  const result = await Promise.race([tried, late]);
  stop();
  return result;
}

async function tell(body) {
  if (typeof body === "string") return { kind: "string", body };
  const parts = [];
  for (const [name, value] of body) {
    if (typeof value === "string") parts.push({ name, value });
    else parts.push({ name, filename: value.name, type: value.type, bytes: [...new Uint8Array(await value.arrayBuffer())].join() });
  }
  return { kind: "formdata", parts };
}

function compare(theirs, ours) {
  const of = ({ body, refused, never, reason }) => (refused ? `refused (${reason?.message ?? String(reason)})` : never ? "never ended" : JSON.stringify(body));
  if (theirs.body && ours.body) return bodyDifference(theirs.body, ours.body);
  if (ours.refused && !(isActionError(ours.reason) && ours.reason.code === "ENCODE")) return `failed with ${ours.reason?.code ?? ours.reason}: ${ours.reason?.message}`;
  return theirs.body || ours.body || theirs.never !== ours.never ? `React: ${of(theirs)}; ours: ${of(ours)}`.slice(0, 400) : undefined;
}

async function one(place, make) {
  const value = () => PLACES[place](make());
  const wrong = [];
  for (const [doors, references] of [[DOORS, true], [ALONE, false]]) {
    const theirs = await outcome(() => encodeReply(value(), references ? { temporaryReferences: createTemporaryReferenceSet() } : {}));
    for (const [door, encoded] of Object.entries(doors)) {
      if (place === "alone" && door.startsWith("a call")) continue;
      const what = compare(theirs, await outcome(() => encoded(value())));
      if (what) wrong.push(`${door}: ${what}`);
    }
  }
  return wrong;
}

const frame = document.body.appendChild(document.createElement("iframe")).contentWindow;
addEventListener("unhandledrejection", (event) => event.preventDefault());

const names = () => Object.keys(odd(frame));

async function run(some = names()) {
  await ready();
  const differs = [];
  const missing = [];
  let compared = 0;
  const values = odd(frame);
  for (const name of some) {
    const make = values[name];
    try {
      // WebKit makes the properties of some of its objects when they are first read, and changes their order by that.
      Object.entries(Object(make()));
    } catch {
      missing.push(name);
      continue;
    }
    const places = Object.keys(PLACES);
    compared += places.length;
    const all = await Promise.all(places.map((place) => one(place, make)));
    for (const [at, wrong] of all.entries()) {
      if (wrong.length > 0) differs.push([name, `${places[at]}: ${wrong.join("; ")}`]);
    }
  }
  return { compared, differs, missing };
}

globalThis.odd = { names, run };
