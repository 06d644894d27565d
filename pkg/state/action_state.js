// Makes a state: the value that the calls of one action lead to, with their errors. Must not decide when a call is
// sent: the dispatcher does.

import { invalid, isActionError } from "../lib/error.js";
import { carefully } from "../lib/error/report.js";
import { Runs } from "./runs.js";

/** Codes of calls that the page itself has ended. They are no failures to show. */
const WITHDRAWN = ["ABORTED", "CLEARED", "DROPPED", "REPLACED"];

/**
 * Returns a state of the action. `reducer(value, ...args)` returns the value that a run is expected to lead to, shown
 * until its result is there. `options`: those of each call, and `confirm` and `previous`, see `state.d.ts`.
 */
export function state(d, ref, initial, reducer, options = {}) {
  if (typeof d?.call !== "function") throw invalid("state: the first argument must be a dispatcher");
  if (typeof options !== "object" || options === null) throw invalid("state: the options are no object");
  const { confirm, previous = false, ...common } = options;
  for (const [name, given] of Object.entries({ reducer, confirm })) {
    if (given !== undefined && typeof given !== "function") throw invalid(`${name}: expected a function`);
  }
  if (typeof previous !== "boolean") throw invalid("previous: expected true or false");
  if (typeof common.idempotencyKey === "string") throw invalid("idempotencyKey: use true; a text would be the same key for every call");

  let runs, error, failed, isKnown, last, snapshot;
  const subscribers = new Set();

  const restart = () => {
    runs = new Runs(initial, reducer, confirm);
    error = last = undefined;
    failed = [];
    isKnown = false;
  };

  const look = () => {
    const { value, pending } = runs;
    const status = pending ? "pending" : error ? "error" : isKnown ? "success" : "idle";
    if (snapshot && Object.is(snapshot.value, value) && snapshot.error === error && snapshot.status === status) return;
    snapshot = { value, pending, error, status };
    for (const subscriber of [...subscribers]) tell(subscriber);
  };

  /** Tells a subscriber of the snapshot, unless it was told by a run that another one has made meanwhile. */
  const tell = (subscriber) => {
    if (subscriber.told === snapshot || !subscribers.has(subscriber)) return;
    subscriber.told = snapshot;
    carefully(() => subscriber.listener(snapshot));
  };

  /**
   * Makes a call. `key`: the idempotency key of the run that it repeats. `fixed`: the arguments, if a run that may have
   * reached the server has sent them under that key.
   */
  const begin = (args, key, fixed) => {
    const all = runs;
    const run = all.add(args);
    const own = key === undefined ? common : { ...common, idempotencyKey: key };
    let sends = fixed;
    const make = () => d.call(ref, (sends ??= previous ? [all.settled, ...args] : args), own);
    const call = previous && last ? last.then(make, make) : make();
    const over = () => {
      if (last === call) last = undefined;
      if (all === runs) look();
    };
    last = call;
    call.then((result) => {
      all.done(run, result);
      if (all === runs) isKnown = true;
      over();
    }, (reason) => {
      all.undo(run);
      if (all === runs && isActionError(reason) && !WITHDRAWN.includes(reason.code)) {
        error = reason;
        const used = reason.idempotencyKey ?? key;
        const mayBeKnown = used !== undefined && reason.sent !== "no";
        failed.push({ ...run, key: used, fixed: fixed ?? (mayBeKnown ? sends : undefined) });
      }
      over();
    });
    return call;
  };

  const forget = () => {
    error = undefined;
    const again = failed;
    failed = [];
    return again.sort((one, other) => one.number - other.number);
  };

  restart();
  look();
  const first = snapshot;
  return {
    run: (...args) => {
      forget();
      const call = begin(args);
      look();
      return call;
    },
    retry: () => {
      const calls = forget().map(({ args, key, fixed }) => begin(args, key, fixed));
      look();
      return calls;
    },
    reset: () => {
      restart();
      look();
    },
    getSnapshot: () => snapshot,
    getServerSnapshot: () => first,
    subscribe: (listener) => {
      if (typeof listener !== "function") throw invalid("subscribe: expected a function");
      const subscriber = { listener, told: undefined };
      subscribers.add(subscriber);
      tell(subscriber);
      return () => void subscribers.delete(subscriber);
    },
  };
}
