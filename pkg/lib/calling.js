// Makes a call: the caller's options are read once, and what is to be done is given to the engine, or kept until that is there.

import { bodyOf } from "./arguments.js";
import { ActionCall } from "./call.js";
import { ActionError, closed, invalid } from "./error.js";
import { headersOf, headersOfBuilt } from "./headers.js";
import { laneBy } from "./lanes.js";
import { handOverCall } from "./loading.js";
import { checkCall } from "./moot.js";
import { visit } from "./moved.js";
import { WIRE_ALL_ARGUMENTS, WIRE_FIRST, WIRE_REST } from "./numbers.js";
import { argumentList, callOptions, checkId, reference } from "./options.js";
import { performance } from "./platform.js";
import { lookForRoom } from "./room.js";
import { onAbort } from "./signals.js";
import { callerOf } from "./stack.js";

/**
 * Calls an action. `from`: the function of ours that the page has called, or what `callerOf` gave for it. `rule(options)` throws where a call made by
 * it must not have such.
 */
export function call(client, ref, args, options, from, rule) {
  const room = lookForRoom();
  const entry = client.open.add("main", "loading", performance.now());
  entry.caller = typeof from === "function" ? callerOf(from) : from;
  entry.hooks = client.options.hooks;
  const again = () => call(client, ref, args, options, again, rule);
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
    const run = (engine, given) => {
      const wire = client.wireOf(engine, entry.actionId);
      const sent = sentOf(list, wire);
      const limits = limitsOf(client, own);
      entry.limits = limits;
      let written;
      try {
        written = bodyOf(client, entry, sent, { wire, limits, forgets: Boolean(own.durable) });
      } catch (error) {
        client.refuse(entry, error);
        return;
      }
      if (entry.over) return; // by a getter among its arguments
      const { body, open } = written;
      engine.call(entry.id, entry.actionId, entry.url, entry.queuedAt, entry.visit, given(), body, open, headers);
    };
    return { own, run };
  });
  return made;
}

/**
 * Lets the request of an action that somebody else has built wait for its turn: `send(entry, signal, headers)` sends it with these headers more,
 * `settle(error, outcome)` hears of its end. `own`: as `fetchOptions` gives them; `signal`: that of the request.
 */
export function exchange(client, id, own, { caller, signal, send, settle }) {
  const entry = client.open.add("main", "loading", performance.now());
  entry.caller = caller;
  entry.settle = settle;
  let quiet;
  begin(client, entry, undefined, () => {
    Object.assign(entry, { actionId: id, name: own.name, lane: own.lane ?? "main", visit: visit() });
    if (client.open.closed) throw closed();
    check(client, entry, own);
    const headers = headersOfBuilt(entry, own.headers);
    entry.limits = client.options.limits;
    const along = own.frees !== "head";
    const run = (engine, given) => {
      engine.exchange(entry.id, entry.actionId, entry.queuedAt, entry.visit, given(), (...to) => send(entry, ...to), headers, along);
    };
    quiet = onAbort(own.signal, (reason) => client.abort(entry, reason));
    return { own: { ...own, signal: callOptions({ signal }).signal }, run };
  });
  // It has two signals.
  const { quiet: other } = entry;
  if (entry.over) quiet?.();
  else entry.quiet = () => (quiet(), other());
}

/** Gives a call to the engine, or keeps it. `readAll()` reads all that the caller gave, and gives what is to be done; if it throws, that rejects the call. */
function begin(client, entry, room, readAll) {
  let all;
  try {
    all = readAll();
    if (entry.over) return; // by its own url()
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
    run(engine, () => handOverCall(givenBy(entry, own)));
    entry.taken = true;
  }, entry, room);
  if (entry.kept) client.open.tell(entry);
  else if (!entry.entered) client.refuse(entry, closed()); // by its own url()
}

/** The arguments that the server reads; one that it does not in the middle leaves a hole. `wire`: see `numbers.js`. */
function sentOf(list, wire) {
  if ((wire & WIRE_ALL_ARGUMENTS) === WIRE_ALL_ARGUMENTS) return list;
  const sent = [];
  list.forEach((argument, at) => {
    if (wire & (at < WIRE_FIRST ? 1 << at : WIRE_REST)) sent[at] = argument;
  });
  return sent;
}

/** The limits of a call, of which each counts by itself; undefined for the usual ones. */
function limitsOf({ options: { limits } }, own) {
  return limits && own.limits ? { ...limits, ...own.limits } : (own.limits ?? limits);
}

/** Reads which action is called, and the options. */
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

/** Looks at options beside each other. */
function check(client, entry, own) {
  const { retry, idempotency, lanes } = client.options;
  const keyed = Boolean(own.idempotencyKey ?? idempotency?.every);
  checkCall(entry, own, { retry: own.retry ?? retry, keyed, lanes });
  if (!own.durable) return;
  const { outbox } = client;
  if (!outbox) throw invalid("durable: the dispatcher needs an outbox: { owner }");
  if ((own.durable.owner ?? outbox.owner) !== outbox.owner) throw invalid("durable: the dispatcher's outbox is of another owner");
  if (own.deadline !== undefined) throw invalid("durable: give it a ttl in the place of a deadline");
  if ((own.strategy ?? lanes?.get(entry.lane)?.strategy) === "join") throw invalid('durable: "join" shares an answer and is not kept');
  entry.durable = true;
}

/** So long a durable call is kept that does not say, in ms. */
const DAY = 86_400_000;

/** Gives what is written down of a durable call. The time is asked once it is known what is left in the outbox: it is the order of calling. */
function recordOf({ outbox }, { durable: { ttl = DAY }, headers = [] }) {
  return { queuedAt: outbox.now(), ttl, headers };
}

/** What the engine is told of a call; undefined where there is nothing to tell. */
function givenBy({ lane, name, record }, own) {
  const { signal, headers, url, durable, limits, ...given } = own;
  given.lane = lane === "main" ? undefined : lane;
  given.name = name;
  given.durable = record && { ttl: record.ttl };
  for (const key in given) if (given[key] !== undefined) return given;
  return undefined;
}
