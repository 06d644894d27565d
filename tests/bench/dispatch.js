// The cost of a call: with our dispatcher, by hand with React's client and a common queue (p-queue), and with
// `fetch` alone.

import PQueue from "p-queue";

import { BODY, ID, answered } from "./answers.js";
import { smallArguments } from "./values.js";

const HEADERS = { Accept: "text/x-component", "Next-Action": ID };

/** Fetches from the server that serves this page, over loopback. */
const served = (url, init) => fetch(url, init);

/**
 * Returns the contenders, each of which makes `count` calls at once. `concurrency` of them run at a time: 1 or
 * `Infinity`.
 * `clients`: our `createDispatcher`, and React's `createFromFetch` and `encodeReply`.
 */
export function dispatching({ count, concurrency = 1, fetch = answered }, { createDispatcher, createFromFetch, encodeReply }) {
  const args = smallArguments();
  const url = `${globalThis.location?.origin ?? "http://localhost"}/`;
  const queue = new PQueue({ concurrency });
  const d = createDispatcher({ url, fetch, host: "none", maxQueued: count });
  const options = concurrency === 1 ? {} : { lane: "parallel" };
  const many = (one) => () => Promise.all(Array.from({ length: count }, one));
  const post = async (body) => fetch(url, { method: "POST", headers: HEADERS, body });
  const byHand = async () => {
    const body = await encodeReply(args);
    const { a } = await createFromFetch(post(body), { callServer: () => Promise.reject(new Error("not here")) });
    return await a;
  };
  const bare = JSON.stringify(args);
  return {
    bytes: BODY.length,
    contenders: {
      ours: many(() => d.call(ID, args, options)),
      hand: many(() => queue.add(byHand)),
      fetch: many(async () => (await post(bare)).text()),
    },
  };
}

/** The cases, which are shown in microseconds a call, or in milliseconds for all calls. */
export const DISPATCH = {
  "one call": { count: 1 },
  "1000, one lane": { count: 1000 },
  "10000, one lane": { count: 10_000 },
  "1000, parallel": { count: 1000, concurrency: Infinity },
  "one, loopback": { count: 1, fetch: served },
};
