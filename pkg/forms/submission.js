// Sends a submission through the dispatcher, and brings its end back to the form. Must not read fields of Next, nor
// write a body.

import { call } from "../lib/dispatcher/call.js";
import { CustomEvent, WeakMap, setTimeout } from "../lib/page/globals.js";
import { addressOf } from "./action_field.js";
import { carriedBy } from "./carried.js";
import { entriesOf } from "./entries.js";
import { showIssues } from "./issues.js";
import { postNatively } from "./native.js";
import { formOptions } from "./options.js";
import { isPending, mark, whileEnabled } from "./pending.js";
import { readAction } from "./read_action.js";
import { States, showState } from "./state.js";
import { uploadProgress } from "./upload.js";

/** Codes of calls that were not sent, and that the browser may send instead. */
const LEFT_TO_BROWSER = ["WASM_LOAD", "WASM_BLOCKED", "INVALID_OPTION", "ENCODE", "CROSS_ORIGIN", "INTERNAL"];
/** Codes of calls that another submission has made superfluous. */
const SUPERFLUOUS = ["DROPPED", "REPLACED"];

/** The submissions of the forms below one root. */
export class Submissions {
  #client;
  #states = new States();
  /** Functions that take the marks of pending forms away. */
  #ends = new Set();
  /** The last submission of each state, by its key. */
  #last = new Map();
  /** With the strategy `queue last`, the submission of each form that goes on after the pending one. */
  #next = new WeakMap();

  constructor(client) {
    this.#client = client;
  }

  /**
   * Takes a submission from the browser and sends it. If a listener prevents it, nothing is sent. Throws, and leaves it
   * to the browser, for wrong options.
   */
  begin(event, form, submitter, given) {
    const { strategy = "drop" } = formOptions(given);
    if (strategy === "drop" && isPending(form)) return event.preventDefault();
    const { formData, fields } = whileEnabled(submitter, () => entriesOf(form, submitter));
    const detail = { formData, submitter, options: { ...given, strategy } };
    const isWanted = dispatch(form, "actionlane:submit", detail, true);
    if (isWanted) formOptions(detail.options);
    const { disableSubmitter = true, resetOnSuccess = true, showErrors = false, ...options } = detail.options ?? {};
    event.preventDefault();
    if (!isWanted) return undefined;
    const end = mark(form, disableSubmitter && submitter);
    this.#ends.add(end);
    const done = () => this.#ends.delete(end) && end();
    const url = addressOf(form, submitter); // read now: by the time of the call the page may have changed it
    return this.#send({ form, submitter, formData, fields, url, options, resetOnSuccess, showErrors, done });
  }

  /** Takes the marks away. Pending calls go on. */
  leave() {
    for (const end of this.#ends) end();
    this.#ends.clear();
  }

  async #send(submission) {
    const { form, submitter, fields, done } = submission;
    let read, made, outcome;
    try {
      const found = readAction(this.#client, fields, submitter?.getAttribute("name"));
      read = found.then ? await found : found;
      // Of several that wait for the same one, the first goes on, and the others wait for it.
      this.#next.set(form, submission);
      for (let before; (before = this.#before(submission, read.stateKey)); ) {
        await before;
        if (submission.options.strategy === "queue last" && this.#next.get(form) !== submission) return done();
      }
      made = this.#call(submission, read);
      this.#note(made, read.stateKey);
      outcome = await made.outcome;
    } catch (error) {
      done();
      return this.#failed(submission, read?.id, error, made !== undefined);
    }
    return this.#show(submission, read, outcome);
  }

  /**
   * Returns the pending submission that a new one must wait for, because it sends the state that that one returns. With
   * `drop` it is of another form; with `replace` it is aborted instead.
   */
  #before({ options: { strategy } }, key) {
    return key !== undefined && strategy !== "replace" ? this.#last.get(key) : undefined;
  }

  #note({ outcome }, key) {
    if (key === undefined) return;
    const end = outcome.then(() => {}, () => {});
    this.#last.set(key, end);
    end.then(() => this.#last.get(key) === end && this.#last.delete(key));
  }

  #call({ form, formData, url, options }, { id, stateKey, bound = 0, read }) {
    const client = this.#client;
    const state = stateKey !== undefined && bound > 0 ? this.#states.of(form, stateKey) : undefined;
    const args = [...Array(state ? bound - 1 : bound), ...(state ? [state.value] : []), formData];
    const own = { ...options, key: options.key ?? keyOf(form), onProgress: options.onProgress ?? uploadProgress(form, client.options, options) };
    const carried = carriedBy(client, id, formData, read, state !== undefined);
    return call(client, url === undefined ? { id } : { id, url }, args, own, undefined, undefined, carried);
  }

  #show({ form, submitter, resetOnSuccess, showErrors, done }, { id, stateKey }, outcome) {
    const { value, redirect } = outcome;
    done();
    if (!redirect) {
      if (stateKey !== undefined) this.#states.set(form, stateKey, value);
      showState(form, value);
      if (showErrors) showIssues(form, value);
    }
    const detail = { value, outcome, submitter, actionId: id, reset: resetOnSuccess && !redirect };
    dispatch(form, "actionlane:result", detail);
    if (detail.reset) HTMLFormElement.prototype.reset.call(form);
  }

  #failed({ form, submitter, options }, actionId, error, wasMade) {
    // A durable call that ends so may be in the outbox, which sends it later.
    const mayBeStored = error.code === "INTERNAL" && Boolean(options.durable);
    const isUnsent = !wasMade || (error.sent === "no" && LEFT_TO_BROWSER.includes(error.code) && !mayBeStored);
    if (isUnsent && form.isConnected) {
      console.warn("actionlane: the browser posts this form, because it could not be sent:", error);
      // In a task of its own: `requestSubmit` does nothing while the form's own event is still being dispatched.
      return setTimeout(() => postNatively(form, submitter), 0);
    }
    if (!SUPERFLUOUS.includes(error.code)) dispatch(form, "actionlane:error", { error, submitter, actionId });
    return undefined;
  }
}

function dispatch(form, name, detail, cancelable = false) {
  return form.dispatchEvent(new CustomEvent(name, { bubbles: true, cancelable, detail }));
}

const keys = new WeakMap();
let lastKey = 0;

/** Returns the key by which strategies know the form: two forms of one action do not drop each other. */
function keyOf(form) {
  if (!keys.has(form)) keys.set(form, `actionlane form ${(lastKey += 1)}`);
  return keys.get(form);
}
