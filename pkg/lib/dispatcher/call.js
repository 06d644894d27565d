// Makes a call: reads the caller's options once, then gives the call to the engine or stores it until the engine is
// loaded. Must not send anything: the engine does, when the lane is free.

import { bodyOf } from "../arguments.js";
import { ActionCall } from "./action_call.js";
import { ActionError, closed, invalid } from "../error.js";
import { headersOf, headersOfBuilt } from "../options/headers.js";
import { laneBy } from "./lanes.js";
import { toCallOptions } from "../loading/dispatcher_wasm.js";
import { checkCall } from "../options/no_effect.js";
import { visit } from "../page/moved_on.js";
import { WIRE_ALL_ARGUMENTS, WIRE_FIRST, WIRE_REST } from "../boundary/codes.js";
import { argumentList, callOptions, checkId, reference } from "../options.js";
import { performance } from "../page/globals.js";
import { measureStackRoom } from "../boundary/stack_room.js";
import { onAbort } from "../abort_signals.js";
import { callerOf } from "../error/call_site.js";
import { reportedBody } from "../upload.js";

/**
 * Calls an action. `from`: the function of the package that the page has called, or the result of `callerOf` for it.
 * `rule(options)` throws if that function does not allow one of the options. `carried`: arguments that the server has
 * written into the page, as `pkg/forms/carried.js` makes them.
 */
export function call(client, ref, args, options, from, rule, carried) {
  const room = measureStackRoom();
  const entry = client.open.add("main", "loading", performance.now());
  entry.caller = typeof from === "function" ? callerOf(from) : from;
  entry.hooks = client.options.hooks;
  const again = () => call(client, ref, args, options, again, rule, carried);
  entry.again = again;
  const made = ActionCall.start(client, entry);
  begin(client, entry, room, () => {
    const { own, url } = read(entry, ref, options);
    const list = argumentList(args);
    entry.lane = laneBy(own.lane, list);
    if (client.open.closed) throw closed();
    checkId(entry.actionId);
    rule?.(own);
    entry.url = client.destination(own.url ?? url);
    check(client, entry, own);
    const headers = headersOf(client, entry, own.headers);
    const run = (engine, makeOptions) => {
      const wire = carried?.wire ?? client.wireOf(engine, entry.actionId);
      const sent = sentOf(list, wire);
      const limits = limitsOf(client, own);
      entry.limits = limits;
      let written;
      try {
        written = bodyOf(client, entry, sent, { wire, limits, forgets: Boolean(own.durable), carried });
        if (carried) written = carried.into(written);
      } catch (error) {
        client.refuse(entry, error);
        return;
      }
      if (entry.over) return; // ended by a getter among its arguments
      let { body, open } = written;
      entry.onProgress = own.onProgress;
      if (entry.onProgress) [body, open] = [reportedBody(client, own, body), true];
      engine.call(entry.id, entry.actionId, entry.url, entry.queuedAt, entry.visit, makeOptions(), body, open, headers);
    };
    return { own, run };
  });
  return made;
}

/**
 * Queues a request of an action that other code has built. `send(entry, signal, headers)` sends it with these
 * headers added; `settle(error, outcome)` is called at its end. `own`: the options, as `fetchOptions` returns them;
 * `signal`: that of the request. Returns the id of the call.
 */
export function exchange(client, id, own, { caller, signal, send, settle }) {
  const entry = client.open.add("main", "loading", performance.now());
  entry.caller = caller;
  entry.settle = settle;
  let unlisten;
  begin(client, entry, undefined, () => {
    Object.assign(entry, { actionId: id, name: own.name, lane: own.lane ?? "main", visit: visit() });
    if (client.open.closed) throw closed();
    check(client, entry, own);
    const headers = headersOfBuilt(entry, own.headers);
    entry.limits = client.options.limits;
    const along = own.frees !== "head";
    const run = (engine, makeOptions) => {
      engine.exchange(entry.id, entry.actionId, entry.queuedAt, entry.visit, makeOptions(), (...to) => send(entry, ...to), headers, along);
    };
    unlisten = onAbort(own.signal, (reason) => client.abort(entry, reason));
    return { own: { ...own, signal: callOptions({ signal }).signal }, run };
  });
  // The call listens to two signals: `own.signal` and that of the request.
  const { quiet: unlistenRequest } = entry;
  if (entry.over) unlisten?.();
  else entry.quiet = () => (unlisten(), unlistenRequest());
  return entry.id;
}

/**
 * Gives a call to the engine, or stores it until the engine is loaded. `readAll()` reads everything the caller gave and
 * returns `{ own, run }`; if it throws, the call rejects.
 */
function begin(client, entry, room, readAll) {
  let all;
  try {
    all = readAll();
    if (entry.over) return; // ended by its own url()
    entry.quiet = onAbort(all.own.signal, (reason) => client.abort(entry, reason));
  } catch (error) {
    client.refuse(entry, error instanceof ActionError ? error : invalid("the call's options cannot be read", error));
    return;
  }
  if (entry.over) return;
  const { own, run } = all;
  client.engine.enter((engine) => {
    client.tellOfServer(engine);
    if (own.durable) entry.record = recordOf(client, own);
    run(engine, () => toCallOptions(engineOptions(entry, own)));
    entry.taken = true;
  }, entry, room);
  if (entry.kept) client.open.tell(entry);
  else if (!entry.entered) client.refuse(entry, closed()); // closed by its own url()
}

/**
 * Returns the arguments that the server reads. One in the middle that it does not read leaves a hole. `wire`:
 * see `codes.js`.
 */
function sentOf(list, wire) {
  if ((wire & WIRE_ALL_ARGUMENTS) === WIRE_ALL_ARGUMENTS) return list;
  const sent = [];
  list.forEach((argument, at) => {
    if (wire & (at < WIRE_FIRST ? 1 << at : WIRE_REST)) sent[at] = argument;
  });
  return sent;
}

/** Returns the limits of a call: each is its own or else the dispatcher's. Undefined for the defaults. */
function limitsOf({ options: { limits } }, own) {
  return limits && own.limits ? { ...limits, ...own.limits } : (own.limits ?? limits);
}

/** Reads the reference to the action and the options of the call. */
function read(entry, ref, options) {
  const { id, name, url } = reference(ref);
  entry.actionId = id;
  entry.name = name;
  entry.url = url;
  entry.visit = visit();
  const own = callOptions(options);
  if (own.name !== undefined) entry.name = own.name;
  return { own, url };
}

/** Checks the options of a call against each other and against the dispatcher's. */
function check(client, entry, own) {
  const { retry, idempotency, lanes } = client.options;
  const keyed = Boolean(own.idempotencyKey ?? idempotency?.every);
  checkCall(entry, own, { retry: own.retry ?? retry, keyed, lanes });
  if (!own.durable) return;
  const { outbox } = client;
  if (!outbox) throw invalid("durable: the dispatcher needs an outbox: { owner }");
  if ((own.durable.owner ?? outbox.owner) !== outbox.owner) throw invalid("durable: the dispatcher's outbox is of another owner");
  if (own.deadline !== undefined) throw invalid("durable: give it a ttl instead of a deadline");
  if ((own.strategy ?? lanes?.get(entry.lane)?.strategy) === "join") throw invalid('durable: "join" shares an answer and is not kept');
  entry.durable = true;
}

/** Default `ttl` of a durable call, in ms. */
const DAY = 86_400_000;

/**
 * Returns the fields of the record of a durable call. Must run after the stored records are read: `queuedAt` is the
 * order of calling and must not be before theirs.
 */
function recordOf({ outbox }, { durable: { ttl = DAY }, headers = [] }) {
  return { queuedAt: outbox.now(), ttl, headers };
}

/** Returns the options of a call for the engine; undefined if it has none. */
function engineOptions({ lane, name, record }, own) {
  const { signal, headers, url, durable, limits, onProgress, ...given } = own;
  if (onProgress) given.keepalive = false; // its request ends with the page
  given.lane = lane === "main" ? undefined : lane;
  given.name = name;
  given.durable = record && { ttl: record.ttl };
  for (const key in given) if (given[key] !== undefined) return given;
  return undefined;
}
