// Makes the embedder of a dispatcher: the functions that the engine calls, see `src/web/embedder.rs`. One
// serves all instances of the wasm that the dispatcher gets. Must not decide: it does what the engine asks and
// reports what happens.

import { Alarm } from "./timer.js";
import { loadReader } from "../page/next_app.js";
import { discard } from "../answer/body.js";
import { call } from "./call.js";
import { loadAlong } from "../fetch.js";
import { redirectError } from "../page/router.js";
import { afterResponse } from "./hooks.js";
import { recordOf } from "../fetch/request_init.js";
import { Leases } from "../tabs/leases.js";
import { answerOrLoss, countOutliving, losesAnswers } from "../page/leaving.js";
import { visit } from "../page/moved_on.js";
import { isOffline, reachable } from "../page/network.js";
import { labelError } from "../error/action_label.js";
import { MAX_ANSWER_BYTES } from "../boundary/codes.js";
import { AbortController, AbortSignal, setTimeout } from "../page/globals.js";
import { AnswerReader, PageReader, excerpt } from "../answer.js";
import { payloadOf } from "../answer/load_payload.js";
import { waits } from "../boundary/wait.js";
import { loadUpload } from "../upload.js";
import { warnLate } from "../warnings.js";

/** Returns `{ embedder, lost() }` for a `Client`. `lost()` cleans up after an instance that has trapped. */
export function embedderOf(client) {
  const { options, open, events, outbox } = client;
  const credentials = options.credentials ?? "same-origin";
  const leases = new Leases(options.leaseTimeout, (run) => client.engine.ask(run));
  /** The number of requests in progress that may outlive the page. */
  let outliving = 0;
  const alarm = new Alarm(() => client.engine.ask((engine) => engine.wake()));

  const embedder = {
    send(place, turn, id, url, headers, body, keepalive) {
      const entry = open.get(id);
      const signal = signalOf(entry);
      const init = { method: "POST", headers: recordOf(headers), body, mode: "same-origin", referrerPolicy: "same-origin", credentials, signal };
      if (keepalive) init.keepalive = true;
      const sent = entry?.onProgress ? loadUpload.there.sendWithProgress(url, init, entry.onProgress) : client.send(url, init, true);
      const answer = keepalive ? answerOrLoss(sent) : sent;
      const seen = client.seeBasePath();
      waits.wait(place, turn, seen ? Promise.all([answer, seen]).then(([response]) => response) : answer);
    },
    sendBuilt: (place, turn, id, send, headers) => waits.wait(place, turn, send(signalOf(open.get(id)), headers)),
    along(id, response) {
      const controller = open.get(id)?.controller;
      return controller && loadAlong.there?.readAlong(response, controller.signal, open.get(id).limits);
    },
    abort(id, reason, given) {
      const controller = open.get(id)?.controller;
      if (controller) client.fetcher.forget(controller.signal);
      if (given) controller?.abort(reason);
      else controller?.abort();
    },
    async deployed(address, longest) {
      const signal = AbortSignal.timeout(longest);
      // An import may never settle, and would make every later look-up wait.
      const late = new Promise((_, reject) => (signal.onabort = reject));
      const { look } = await Promise.race([loadReader(), late]).catch(() => {
        throw { message: "the look-up could not be loaded" };
      });
      return look(address, (url, accept, mode) => client.send(url, { headers: { Accept: accept }, mode, credentials, signal }));
    },
    read(id, response, actionId, tape) {
      const entry = open.get(id) ?? {}; // the call may be over; then the engine cancels the body next
      const { limits, find, name, url } = entry;
      const callAgain = (id, args, caller) => call(client, { id, url }, args, undefined, caller);
      // Taken from here, because the call may be over when a later part of its value fails.
      const own = (error) => labelError(error, { actionId, name }, open.get(id)?.caller);
      return (entry.reading = new AnswerReader(response, tape, { limits, call: callAgain, own, find, load: client.loadFlight }));
    },
    keepPage: (id, response, tape) => new PageReader(response, tape, open.get(id)?.limits?.maxBytes ?? MAX_ANSWER_BYTES),
    discard,
    excerpt,
    countsOutliving: losesAnswers,
    outlives(change) {
      outliving += change;
      countOutliving(change);
    },
    settle(id, answered, error, hasOutcome, status, headers, rendered, more, valued, value, tape, attempts, queuedAt, startedAt, headAt, valueAt, settledAt) {
      const entry = open.get(id);
      if (!entry || !open.settle(entry)) return;
      let outcome;
      if (hasOutcome) {
        const timings = { queuedAt };
        if (startedAt !== undefined) timings.startedAt = startedAt;
        if (headAt !== undefined) timings.headAt = headAt;
        if (valueAt !== undefined) timings.valueAt = valueAt;
        if (settledAt !== undefined) timings.settledAt = settledAt;
        const payload = payloadOf(tape, headers, open.get(answered) ?? entry, client.loadFlight);
        outcome = outcomeOf({ status, headers, rendered, more, valued, value, attempts, timings, payload });
      }
      if (error && outcome) {
        error.outcome = outcome;
        error.status ??= status;
        error.attempt = attempts;
        if (outcome.idempotencyKey) error.idempotencyKey = outcome.idempotencyKey;
      }
      client.settle(entry, error, outcome);
      if (entry.name !== undefined) preloadReader();
    },
    answered(id, status, headers, url) {
      const entry = open.get(id);
      if (entry?.hooks) afterResponse(entry.hooks, entry, { status, headers, url });
    },
    refuse(id, error) {
      const entry = open.get(id);
      if (entry?.replayed) outbox.fate(entry, "fails", error.code); // it would fail in the same way at each attempt
      if (entry) client.refuse(entry, error);
    },
    keep(id, header, key, body) {
      const entry = open.get(id);
      if (!entry) throw { message: "the call is over" };
      return outbox.keep(entry, { header, key }, body);
    },
    fate(id, fate, code) {
      const entry = open.get(id);
      if (entry) outbox.fate(entry, fate, code);
    },
    forget(id) {
      const entry = open.get(id);
      if (entry) client.forget(entry);
    },
    emit(event) {
      if (event.behind !== undefined) warnLate(event);
      events.emit(client.shown(event));
    },
    visit,
    get basePath() {
      return client.basePath();
    },
    lease: (lane) => leases.ask(lane),
    giveBack: (lane) => leases.giveBack(lane),
    redirect: (url, type, refresh) => client.host.redirect(url, type, refresh),
    redirectError: (url, type) => redirectError({ url, type }, client.basePath()),
    offline: isOffline,
    probe: () => reachable(options.probe, client.send),
    refresh: (what) => client.host.refresh(what),
    reload: () => client.host.reload(),
    alarm: (at) => alarm.set(at),
  };

  const lost = () => {
    alarm.clear();
    leases.giveAllBack();
    countOutliving(-outliving);
    outliving = 0;
  };
  return { embedder, lost };
}

let isPreloaded = false;
/** Delay in ms after which the page has probably loaded what it needs first. */
const PRELOAD_DELAY = 3_000;

/**
 * Loads the part that finds actions by their names before it is needed: after a deployment, the host may have
 * only the files of the new build.
 */
function preloadReader() {
  if (isPreloaded || !globalThis.document) return;
  isPreloaded = true;
  setTimeout(() => loadReader().catch(() => {}), PRELOAD_DELAY);
}

/** Returns the signal of a new controller. The entry keeps the controller, for when the wasm can no longer abort. */
function signalOf(entry) {
  const controller = new AbortController();
  if (entry) entry.controller = controller;
  return controller.signal;
}

/** Makes the outcome for the page, which may change it. */
function outcomeOf({ status, headers, rendered, more, valued, value, attempts, timings, payload }) {
  // Most outcomes have this shape.
  if (status !== undefined && valued && more === undefined) {
    return { status, headers, rendered, value, attempts, timings, get payload() { return payload(); } };
  }
  const outcome = {};
  if (status !== undefined) {
    outcome.status = status;
    outcome.headers = headers;
    outcome.rendered = rendered;
  }
  if (more !== undefined) Object.assign(outcome, more);
  if (valued) outcome.value = value;
  outcome.attempts = attempts;
  outcome.timings = timings;
  return Object.defineProperty(outcome, "payload", { configurable: true, enumerable: true, get: payload });
}
