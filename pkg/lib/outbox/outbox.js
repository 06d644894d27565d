// Implements the outbox of one owner: reads and writes the records in the store, and claims those that no other
// page sends. `record.js` decides what a record says and who may send it; Rust decides what ends it. Loaded by
// `outbox.js`.
//
// A value in the store is `{ owner, sender, head, body }`. `head` is the record; `body` is a string or the parts of a
// form. `sender` names the dispatcher that sends it: it holds a Web Lock of that name while it has anything to send,
// and takes a new name afterwards.

import { ActionError, closed, invalid } from "../error.js";
import { formOf, isForm, partsOf } from "./stored_body.js";
import { labelError } from "../error/action_label.js";
import { AbortController, Map, Set, crypto, navigator, ofDocument } from "../page/globals.js";
import { encode, marked, sift } from "./record.js";
import { carefully, report } from "../error/report.js";
import { unusable } from "./unusable.js";
import { Store } from "./indexed_db.js";

export { dispatcherWith as home } from "../exports.js"; // see `part.js`
export { replay } from "./replay.js";

const SENDER = "actionlane:sender:";
const CLAIM = "actionlane:outbox";

export class Outbox {
  #owner;
  #onResult;
  #side;
  #store = new Store();
  #own = new Map(); // key → the call's entry; undefined until a call is made
  #names = new Set(); // names of this sender: the current one, and earlier ones whose lock the browser has not yet freed
  #busy = 0; // number of operations that may lead to sending
  #release;
  #closing = new AbortController();
  #sending;
  #watched = new Set();
  #aside = new Set();
  #found; // the records read before there was an engine
  #opened = false;
  #gathering;

  /**
   * `side`: `replay(found)` makes a call of a record; `tell(found, code)` emits an event for a record that becomes no
   * call; `calls()` returns the open durable calls; `abort(call)` ends one; `load()` resolves once the wasm is loaded;
   * `seen(queuedAt)` receives the time of each record found.
   */
  constructor({ owner, onResult }, side) {
    this.#owner = owner;
    this.#onResult = onResult;
    this.#side = side;
  }

  /** Reads the stored records, once the wasm is loaded. Always resolves. A second call does nothing. */
  gather() {
    return (this.#gathering ??= this.#gather());
  }

  async #gather() {
    if (this.#closing.signal.aborted) return;
    const look = () => ofDocument("visibilityState") === "visible" && this.#look();
    ofDocument("addEventListener")?.call(document, "visibilitychange", look, { signal: this.#closing.signal });
    const found = (await this.#claim(false).catch(this.#failed)) ?? [];
    if (this.#opened) found.forEach(this.#side.replay);
    else this.#found = found;
  }

  /** Notes that the engine is ready; returns the records to send before all other calls. */
  opened() {
    this.#opened = true;
    const found = this.#found ?? [];
    this.#found = undefined;
    return found;
  }

  /**
   * Stores a call that has a `record`. `tag`: the `header` that carries its `key`. Promises the body to send, which no
   * longer depends on any file. Rejects with `{ message, cause }`.
   */
  async keep(call, tag, body) {
    const { id, lane, actionId, name, url, record } = call;
    const form = typeof body !== "string";
    const head = encode({ ...record, ...tag, owner: this.#owner, lane, actionId, name, url, sequence: BigInt(id), form });
    this.#busy += 1;
    try {
      const sender = await this.#live();
      const parts = form ? await partsOf(body).catch(unread) : undefined;
      call.stored = await this.#store.add({ owner: this.#owner, sender, head, body: parts ?? body });
      if (call.fate) this.meet(call);
      else if (!call.over) this.#own.set(call.stored, call); // else a trap has ended it meanwhile: its record is for the next sender
      return parts ? formOf(parts) : body;
    } catch (cause) {
      throw cause instanceof Unread ? cause : { message: `durable: ${unusable(cause) ?? "the call could not be stored"}`, cause };
    } finally {
      this.#busy -= 1;
      this.#rest();
    }
  }

  /** Notes the record of a call that was made of it. */
  adopt(call, key) {
    call.stored = key;
    this.#own.set(key, call);
  }

  /** Forgets a call that has ended and leaves its record. */
  forget(call) {
    this.#own.delete(call.stored);
    this.#rest();
  }

  /**
   * Promises true if the record of a call still exists: another tab may have removed it. Also true if the store
   * cannot be read.
   */
  async holds(call) {
    try {
      return await this.#store.has(call.stored);
    } catch {
      return true;
    }
  }

  /** Reports the result of a call that was made of a record. */
  settled(found, call, error, outcome) {
    const state = { ends: "done", fails: "failed" }[call.fate?.fate];
    if (state) this.#tell(found, state, error, outcome);
  }

  #tell(found, state, error, outcome) {
    const entry = shownAs(found, state, error?.code);
    if (this.#onResult) carefully(() => this.#onResult(entry, error ? { error } : { outcome }));
  }

  close() {
    this.#closing.abort();
    this.#release?.();
  }

  entries = () => this.#careful(async () => {
    const rows = await this.#store.all(this.#owner);
    return this.#sift(rows, await living(), false).filter(({ verdict }) => verdict !== "foreign").map((found) => {
      const [key, { sender }] = rows[found.index];
      const entry = { ...found, key };
      const call = this.#own.get(key);
      if (call && !call.settled) return { ...shownAs(entry, "sending"), call: call.id };
      if (found.verdict === "aside") return shownAs(entry, "unreadable");
      if (found.verdict === "leave" && !this.#names.has(sender)) return shownAs(entry, "elsewhere");
      return found.code ? shownAs(entry, "failed", found.code) : shownAs(entry, "waiting");
    });
  });

  remove = (key) => this.#careful(async () => {
    if (!Number.isSafeInteger(key)) throw invalid("remove: expected the id of an entry");
    return this.#locked(async () => {
      const call = this.#own.get(key);
      if (call ? !this.#side.abort(call) : !(await this.#isLeft(key))) return false;
      await this.#store.remove([key]);
      return true;
    });
  });

  flush = () => this.#careful(async () => {
    await this.#side.load();
    if (this.#closing.signal.aborted) throw closed();
    const found = await this.#claim(true);
    found.forEach(this.#side.replay);
    return found.length;
  });

  clear = () => this.#careful(() => this.#locked(async () => {
    const keys = await this.#store.keys(this.#owner);
    await this.#store.remove(keys);
    for (const call of this.#side.calls()) this.#side.abort(call);
    return keys.length;
  }));

  /**
   * Promises true if a record exists that this owner may remove: it belongs to no other owner and no live
   * sender has it.
   */
  async #isLeft(key) {
    const value = await this.#store.get(key);
    if (value === undefined) return false;
    return (value.owner === this.#owner || typeof value.owner !== "string") && !this.#lives(value.sender, await living());
  }

  /**
   * Claims the records that no live sender has, and promises them in the order of calling. Claims failed ones
   * only if `failedToo`.
   */
  async #claim(failedToo) {
    this.#busy += 1;
    try {
      return await this.#claimed(failedToo);
    } finally {
      this.#busy -= 1;
      this.#rest();
    }
  }

  #claimed(failedToo) {
    return this.#locked(async () => {
      const rows = await this.#store.all(this.#owner);
      const claimed = [];
      const sifted = this.#sift(rows, await living(), failedToo);
      // Takes the lock first: no other tab may see a record of this sender while the sender seems dead.
      const sender = sifted.some(({ verdict }) => verdict === "send") ? await this.#live() : undefined;
      for (const found of sifted) {
        const [key, value] = rows[found.index];
        const entry = { ...found, key };
        if (found.queuedAt !== undefined) this.#side.seen(found.queuedAt); // `now()` must not go behind it, even if the clock was set back
        if (found.verdict === "send") claimed.push(this.#take(entry, value, sender));
        else if (found.verdict === "leave" && !this.#names.has(value.sender)) this.#watch(value.sender);
        else if (found.verdict === "expired") await this.#expire(entry);
        else if (found.verdict === "aside") this.#setAside(entry);
      }
      return (await Promise.all(claimed)).filter((entry) => entry !== undefined);
    });
  }

  /** Promises the claimed record with its body; marks it as failed if its body can no longer be read. */
  async #take(found, value, sender) {
    try {
      const parts = typeof value.body === "string" ? undefined : await partsOf(value.body);
      const head = found.code ? marked(value.head, undefined) : value.head;
      if (!(await this.#store.update(found.key, (value) => ({ ...value, head, sender })))) return undefined; // it ended meanwhile
      this.#own.set(found.key, undefined); // so that it is not claimed twice
      return { ...found, body: parts ? formOf(parts) : value.body };
    } catch (cause) {
      const error = new ActionError("STORAGE", "an entry of the outbox cannot be used", { cause, sent: "unknown" });
      await this.#mark(found.key, error.code).catch(report);
      this.#over(found, "failed", error);
      return undefined;
    }
  }

  async #expire(found) {
    await this.#store.remove([found.key]);
    this.#over(found, "done", new ActionError("EXPIRED", "an entry of the outbox had no answer in its time (ttl)", { sent: "unknown" }));
  }

  /** Leaves an unreadable record in the store, and reports it once. */
  #setAside(found) {
    if (this.#aside.has(found.key)) return;
    this.#aside.add(found.key);
    this.#over(found, "unreadable", new ActionError("STORAGE", found.message, { sent: "unknown" }));
  }

  /** Reports a record of which no call is made. */
  #over(found, state, error) {
    if (found.idempotencyKey) error.idempotencyKey = found.idempotencyKey;
    labelError(error, found);
    this.#side.tell(found, error.code);
    this.#tell(found, state, error);
  }

  /** Removes or marks a record, as the end of its call requires. Until then this dispatcher does not claim it again. */
  async meet(call) {
    const { stored: key, fate: { fate, code } } = call;
    this.#own.set(key, call);
    try {
      if (fate === "ends") await this.#store.remove([key]);
      if (fate === "fails") await this.#mark(key, code);
    } catch (error) {
      report(error);
    } finally {
      this.#own.delete(key);
      this.#rest();
    }
  }

  #mark(key, code) {
    return this.#store.update(key, (value) => ({ ...value, head: marked(value.head, code) }));
  }

  /** Waits until another sender is gone, then claims the records it leaves. */
  #watch(sender) {
    if (this.#watched.has(sender) || this.#closing.signal.aborted) return;
    this.#watched.add(sender);
    const gone = navigator.locks.request(SENDER + sender, { mode: "shared", signal: this.#closing.signal }, () => {});
    gone.then(() => {
      this.#watched.delete(sender);
      return this.#look();
    }).catch(this.#failed);
  }

  /** Claims the records that other senders have left meanwhile. */
  async #look() {
    try {
      (await this.#claim(false)).forEach(this.#side.replay);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Promises the name of this sender, once its lock is held. */
  #live() {
    this.#sending ??= new Promise((resolve, reject) => {
      const name = crypto.randomUUID();
      const hold = () => new Promise((release) => {
        this.#release = release;
        this.#names.add(name);
        if (this.#closing.signal.aborted) release();
        resolve(name);
      });
      navigator.locks.request(SENDER + name, hold).catch(reject).finally(() => this.#names.delete(name));
    }).catch((error) => {
      this.#sending = undefined;
      throw error;
    });
    return this.#sending;
  }

  /** Releases the lock if there is nothing to send: the browser does not cache a page (bfcache) that holds a lock. */
  #rest() {
    if (this.#busy > 0 || this.#own.size > 0 || !this.#sending) return;
    this.#sending = undefined;
    this.#release?.();
    this.#release = undefined;
  }

  #lives(sender, held) {
    return !this.#names.has(sender) && held.has(SENDER + sender);
  }

  #sift(rows, held, failedToo) {
    const seen = rows.map(([key, value]) => ({
      head: value?.head instanceof Uint8Array ? value.head : new Uint8Array(),
      form: isForm(value?.body),
      alive: this.#own.has(key) || this.#lives(value?.sender, held),
    }));
    return sift(seen, this.#owner, failedToo, Date.now());
  }

  #locked(act) {
    return navigator.locks.request(CLAIM, act);
  }

  #failed = (error) => {
    if (!this.#closing.signal.aborted) report(failure("the outbox cannot be read", error));
  };

  async #careful(act) {
    try {
      return await act();
    } catch (cause) {
      throw cause instanceof ActionError ? cause : failure("the outbox cannot be read or changed", cause);
    }
  }
}

/** Promises the names of the locks that are held. */
async function living() {
  const { held } = await navigator.locks.query();
  return new Set(held.map(({ name }) => name));
}

class Unread {
  message = "durable: a file among the arguments cannot be read: it may have changed since it was chosen";

  constructor(cause) {
    this.cause = cause;
  }
}

function unread(cause) {
  throw new Unread(cause);
}

const failure = (what, cause) => new ActionError("STORAGE", [what, unusable(cause)].filter(Boolean).join(": "), { cause });

const SHOWN = ["lane", "actionId", "name", "url", "idempotencyKey", "queuedAt", "expiresAt", "message", "version"];

/** Makes the public description of a record; it never holds arguments. */
function shownAs(found, state, code) {
  const shown = { id: found.key, state };
  for (const key of SHOWN) if (found[key] !== undefined) shown[key] = found[key];
  if (code !== undefined) shown.code = code;
  return shown;
}
