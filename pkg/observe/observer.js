// Watches the requests of actions that pass the page's `fetch`, from the call to the end of the answer. Must not
// change, delay or read them: arguments and answers pass untouched.

import { SENT, postedAction } from "../lib/fetch/action_header.js";
import { TOKEN } from "../next/run/token.js";
import { makeCalls } from "./calls.js";
import { makeEntries } from "./entries.js";
import { addressOf, attempt, now } from "./page.js";
import { listen, recordOf, valuesOf } from "./timings.js";
import { draw } from "./track.js";
import { guess, release } from "./waits.js";

/** Most characters of an id that are kept. Those of Next have 42. */
const MAX_ID = 64;

/** Finds a path, a mark or a number in the header `x-action-revalidated`; "[[],0,0]" says that nothing is stale. */
const STALE = /["1-9]/;

const TOUCHES = ["click", "submit"];

/** Returns what the seam knows of the page: see `next/run/page.js`. */
const seam = () => globalThis[Symbol.for("actionlane.next")];

/** Returns the number of requests that dispatchers have taken over from the page. */
const takenNow = () => globalThis[SENT]?.taken;

const isOpen = ({ entry }) => !(entry.head ?? entry.end);

export function makeObserver() {
  const entries = makeEntries();
  const { records, change } = entries;
  const calls = makeCalls(entries);
  /** Name by id, as far as the page's scripts have been searched. */
  const names = new Map();
  let users = 0;
  /** `wrapper`: the one that watches. Others, which are among `wrappers`, pass everything by. */
  let wrapper;
  const wrappers = new WeakMap();
  let unlisten;
  let touched;
  /** The record of the request that is being passed on now, and `takenNow()` before that. */
  let passing;
  let takenBefore;

  const touch = ({ target }) => {
    if (!target.toTrace) touched = now(); // else it is a timeline's own
    followSeam();
  };

  function followSeam() {
    const { lanes } = seam() ?? {};
    if (lanes) attempt(() => calls.follow(lanes.dispatcher)); // it may be of another version
  }

  /** Wraps the page's `fetch`, unless it is an earlier wrapper of this observer, which then watches again. */
  function wrap() {
    const inner = (wrapper = globalThis.fetch);
    if (typeof inner !== "function" || wrappers.has(inner)) return;
    // A proxy has the name and the properties of the function, and forwards any number of arguments.
    const own = (wrapper = new Proxy(inner, {
      apply: (inner, self, args) => {
        const send = () => Reflect.apply(inner, self, args);
        return wrapper === own ? see(args, send) : send();
      },
    }));
    wrappers.set(own, inner);
    attempt(() => (globalThis.fetch = own)); // a page may forbid it
  }

  function see([input, init], send) {
    const id = postedAction(input, init);
    const url = id && attempt(() => addressOf(input));
    if (!url || TOKEN.test(id)) return send();
    followSeam();
    const isSent = attempt(() => globalThis[SENT]?.now?.action === id || init?.[SENT] !== undefined);
    const record = (isSent && arrived(id)) || begin(id.slice(0, MAX_ID), url, isSent);
    record.headers = [attempt(() => new Headers(init?.headers ?? input.headers))];
    const outer = [passing, takenBefore];
    [passing, takenBefore] = [record, takenNow()];
    let answer;
    try {
      answer = send();
    } catch (error) {
      fail(record, error);
      throw error;
    } finally {
      if (takenNow() !== takenBefore) record.isTaken = true;
      [passing, takenBefore] = outer;
    }
    Promise.resolve(answer).then((response) => answered(record, response), (error) => fail(record, error));
    return answer;
  }

  function begin(id, url, isSent) {
    const start = now();
    const name = seam()?.names?.get(id) ?? names.get(id);
    const record = entries.add({ id, name, start, ...guess(records, start, touched) }, { url, isSent, madeAt: start });
    if (isSent) calls.sent(record);
    return record;
  }

  /** Finds the record of a request that the page has made, and a dispatcher now sends. */
  function arrived(id) {
    const isWaiting = (record) => record.isTaken || (record === passing && takenBefore !== takenNow());
    const found = records.find((record) => record.entry.id === id && !record.isSent && isOpen(record) && isWaiting(record));
    if (found) sent(found, now());
    return found;
  }

  /** Notes when a dispatcher has sent a request that the page has made. */
  function sent(record, start) {
    const { madeAt } = record;
    record.isSent = true;
    change(record, { waitedFor: undefined, ...guess(records, start, touched), start, queuedAt: madeAt, waited: start - madeAt });
    calls.sent(record);
  }

  function answered(record, response) {
    if (!isOpen(record)) return;
    const head = now();
    const said = attempt(() => {
      const { status, headers, url } = response;
      record.headers.push(headers);
      const [redirected = response.redirected ? url : undefined] = headers.get("x-action-redirect")?.split(";", 1) ?? [];
      return { status, redirected, revalidated: STALE.test(headers.get("x-action-revalidated")) || undefined };
    });
    change(record, { head, ...said });
    if (!unlisten) ended(record);
  }

  function fail(record, error) {
    if (record.entry.end) return;
    change(record, { end: now(), error: attempt(() => String(error.name)) ?? "Error" });
    ended(record);
  }

  function timed(timing) {
    const record = recordOf(records, timing);
    if (!record) return;
    record.isTimed = true;
    // A dispatcher may send past this wrapper.
    if (record.isTaken && !record.isSent) sent(record, timing.startTime);
    change(record, { ...valuesOf(timing), ...(record.entry.error && { end: record.entry.end }) });
    ended(record);
  }

  /** Writes a request that has ended to the User Timing. */
  function ended(record) {
    release(record);
    record.erase?.();
    record.erase = draw(record.entry);
  }

  function stop() {
    const inner = wrappers.get(wrapper);
    if (inner && globalThis.fetch === wrapper) attempt(() => (globalThis.fetch = inner)); // a page may forbid it by now
    wrapper = undefined;
    unlisten?.();
    for (const type of TOUCHES) globalThis.removeEventListener?.(type, touch, true);
    calls.unfollow();
  }

  return {
    entries,
    names,
    calls,
    /** Begins to watch. Returns the function that ends it, once all that began have ended it. */
    start() {
      if (users++ === 0) {
        wrap();
        unlisten = listen(timed);
        for (const type of TOUCHES) globalThis.addEventListener?.(type, touch, true);
        followSeam();
      }
      let isOver = false;
      return () => {
        if (!isOver && --users === 0) stop();
        isOver = true;
      };
    },
  };
}
