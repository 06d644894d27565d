// Implements the outbox of one owner: reads and writes the records in the store, and claims those that no other
// page sends. Must not decide what a record says or who may send it (`record.js` does), nor what ends it (Rust).
// `../outbox.js` loads it.
//
// A value in the store is `{ owner, sender, head, body }`. `head` is the record; `body` is a string or the parts of a
// form. `sender` names the dispatcher that sends it: it holds a Web Lock of that name while it has anything to send,
// and takes a new name afterwards.

import { ActionError, closed, invalid } from "../error.js";
import { formOf, isForm, partsOf } from "./stored_body.js";
import { labelError } from "../error/action_label.js";
import { AbortController, Map, Set, crypto, navigator, ofDocument } from "../page/globals.js";
import { encode, sift, withFailure } from "./record.js";
import { carefully, report } from "../error/report.js";
import { whyUnusable } from "./storage_errors.js";
import { Store } from "./indexed_db.js";

export { dispatcherWith as home } from "../exports.js"; // see `lazy_part.js`
export { replay } from "./call_of_record.js";

const SENDER = "actionlane:sender:";
const CLAIM = "actionlane:outbox";

export class Outbox {
  #owner;
  #onResult;
  #callbacks;
  #store = new Store();
  #callsByKey = new Map(); // key → the call's entry; undefined until a call is made
  #senderNames = new Set(); // names of this sender: the current one, and earlier ones whose lock the browser has not yet freed
  #operations = 0; // number of operations that may lead to sending
  #releaseLock;
  #closing = new AbortController();
  #sender;
  #watchedSenders = new Set();
  #reportedUnreadable = new Set();
  #found; // the records read before there was an engine
  #opened = false;
  #gathering;

  /**
   * `callbacks`: `replay(found)` makes a call of a record; `emit(found, code)` emits an event for a record that becomes
   * no call; `calls()` returns the open durable calls; `abort(call)` ends one; `load()` resolves once the wasm is
   * loaded; `seen(queuedAt)` receives the time of each record found.
   */
  constructor({ owner, onResult }, callbacks) {
    this.#owner = owner;
    this.#onResult = onResult;
    this.#callbacks = callbacks;
  }

  /** Reads the stored records, once the wasm is loaded. Always resolves. A second call does nothing. */
  gather() {
    return (this.#gathering ??= this.#gather());
  }

  async #gather() {
    if (this.#closing.signal.aborted) return;
    const onVisibilityChange = () => ofDocument("visibilityState") === "visible" && this.#claimLeft();
    ofDocument("addEventListener")?.call(document, "visibilitychange", onVisibilityChange, { signal: this.#closing.signal });
    const found = (await this.#claim(false).catch(this.#reportFailure)) ?? [];
    if (this.#opened) found.forEach(this.#callbacks.replay);
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
    this.#operations += 1;
    try {
      const sender = await this.#liveSender();
      const parts = form ? await partsOf(body).catch(failUnreadable) : undefined;
      call.stored = await this.#store.add({ owner: this.#owner, sender, head, body: parts ?? body });
      if (call.fate) this.end(call);
      else if (!call.over) this.#callsByKey.set(call.stored, call); // else a trap has ended it meanwhile: its record is for the next sender
      return parts ? formOf(parts) : body;
    } catch (cause) {
      throw cause instanceof UnreadableFile ? cause : { message: `durable: ${whyUnusable(cause) ?? "the call could not be stored"}`, cause };
    } finally {
      this.#operations -= 1;
      this.#releaseIfIdle();
    }
  }

  /** Notes the record of a call that was made of it. */
  adopt(call, key) {
    call.stored = key;
    this.#callsByKey.set(key, call);
  }

  /** Forgets a call that has ended and leaves its record. */
  forget(call) {
    this.#callsByKey.delete(call.stored);
    this.#releaseIfIdle();
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
    if (state) this.#reportResult(found, state, error, outcome);
  }

  #reportResult(found, state, error, outcome) {
    const entry = shownAs(found, state, error?.code);
    if (this.#onResult) carefully(() => this.#onResult(entry, error ? { error } : { outcome }));
  }

  close() {
    this.#closing.abort();
    this.#releaseLock?.();
  }

  entries = () => this.#wrapErrors(async () => {
    const rows = await this.#store.all(this.#owner);
    return this.#sift(rows, await heldLocks(), false).filter(({ verdict }) => verdict !== "foreign").map((found) => {
      const [key, { sender }] = rows[found.index];
      const entry = { ...found, key };
      const call = this.#callsByKey.get(key);
      if (call && !call.settled) return { ...shownAs(entry, "sending"), call: call.id };
      if (found.verdict === "aside") return shownAs(entry, "unreadable");
      if (found.verdict === "leave" && !this.#senderNames.has(sender)) return shownAs(entry, "elsewhere");
      return found.code ? shownAs(entry, "failed", found.code) : shownAs(entry, "waiting");
    });
  });

  remove = (key) => this.#wrapErrors(async () => {
    if (!Number.isSafeInteger(key)) throw invalid("remove: expected the id of an entry");
    return this.#locked(async () => {
      const call = this.#callsByKey.get(key);
      if (call ? !this.#callbacks.abort(call) : !(await this.#isRemovable(key))) return false;
      await this.#store.remove([key]);
      return true;
    });
  });

  flush = () => this.#wrapErrors(async () => {
    await this.#callbacks.load();
    if (this.#closing.signal.aborted) throw closed();
    const found = await this.#claim(true);
    found.forEach(this.#callbacks.replay);
    return found.length;
  });

  clear = () => this.#wrapErrors(() => this.#locked(async () => {
    const keys = await this.#store.keys(this.#owner);
    await this.#store.remove(keys);
    for (const call of this.#callbacks.calls()) this.#callbacks.abort(call);
    return keys.length;
  }));

  /**
   * Promises true if a record exists that this owner may remove: it belongs to no other owner and no live
   * sender has it.
   */
  async #isRemovable(key) {
    const value = await this.#store.get(key);
    if (value === undefined) return false;
    return (value.owner === this.#owner || typeof value.owner !== "string") && !this.#isLive(value.sender, await heldLocks());
  }

  /**
   * Claims the records that no live sender has, and promises them in the order of calling. Claims failed ones
   * only if `failedToo`.
   */
  async #claim(failedToo) {
    this.#operations += 1;
    try {
      return await this.#claimLocked(failedToo);
    } finally {
      this.#operations -= 1;
      this.#releaseIfIdle();
    }
  }

  #claimLocked(failedToo) {
    return this.#locked(async () => {
      const rows = await this.#store.all(this.#owner);
      const claimed = [];
      const sifted = this.#sift(rows, await heldLocks(), failedToo);
      // Takes the lock first: no other tab may see a record of this sender while the sender seems dead.
      const sender = sifted.some(({ verdict }) => verdict === "send") ? await this.#liveSender() : undefined;
      for (const found of sifted) {
        const [key, value] = rows[found.index];
        const entry = { ...found, key };
        if (found.queuedAt !== undefined) this.#callbacks.seen(found.queuedAt); // `now()` must not go behind it, even if the clock was set back
        if (found.verdict === "send") claimed.push(this.#takeRecord(entry, value, sender));
        else if (found.verdict === "leave" && !this.#senderNames.has(value.sender)) this.#watch(value.sender);
        else if (found.verdict === "expired") await this.#expire(entry);
        else if (found.verdict === "aside") this.#setAside(entry);
      }
      return (await Promise.all(claimed)).filter((entry) => entry !== undefined);
    });
  }

  /** Promises the claimed record with its body; marks it as failed if its body can no longer be read. */
  async #takeRecord(found, value, sender) {
    try {
      const parts = typeof value.body === "string" ? undefined : await partsOf(value.body);
      const head = found.code ? withFailure(value.head, undefined) : value.head;
      if (!(await this.#store.update(found.key, (value) => ({ ...value, head, sender })))) return undefined; // it ended meanwhile
      this.#callsByKey.set(found.key, undefined); // so that it is not claimed twice
      return { ...found, body: parts ? formOf(parts) : value.body };
    } catch (cause) {
      const error = new ActionError("STORAGE", "an entry of the outbox cannot be used", { cause, sent: "unknown" });
      await this.#mark(found.key, error.code).catch(report);
      this.#reportUnsent(found, "failed", error);
      return undefined;
    }
  }

  async #expire(found) {
    await this.#store.remove([found.key]);
    this.#reportUnsent(found, "done", new ActionError("EXPIRED", "an entry of the outbox had no answer in its time (ttl)", { sent: "unknown" }));
  }

  /** Leaves an unreadable record in the store, and reports it once. */
  #setAside(found) {
    if (this.#reportedUnreadable.has(found.key)) return;
    this.#reportedUnreadable.add(found.key);
    this.#reportUnsent(found, "unreadable", new ActionError("STORAGE", found.message, { sent: "unknown" }));
  }

  /** Reports a record of which no call is made. */
  #reportUnsent(found, state, error) {
    if (found.idempotencyKey) error.idempotencyKey = found.idempotencyKey;
    labelError(error, found);
    this.#callbacks.emit(found, error.code);
    this.#reportResult(found, state, error);
  }

  /** Removes or marks a record, as the end of its call requires. Until then this dispatcher does not claim it again. */
  async end(call) {
    const { stored: key, fate: { fate, code } } = call;
    this.#callsByKey.set(key, call);
    try {
      if (fate === "ends") await this.#store.remove([key]);
      if (fate === "fails") await this.#mark(key, code);
    } catch (error) {
      report(error);
    } finally {
      this.#callsByKey.delete(key);
      this.#releaseIfIdle();
    }
  }

  #mark(key, code) {
    return this.#store.update(key, (value) => ({ ...value, head: withFailure(value.head, code) }));
  }

  /** Waits until another sender is gone, then claims the records it leaves. */
  #watch(sender) {
    if (this.#watchedSenders.has(sender) || this.#closing.signal.aborted) return;
    this.#watchedSenders.add(sender);
    const gone = navigator.locks.request(SENDER + sender, { mode: "shared", signal: this.#closing.signal }, () => {});
    gone.then(() => {
      this.#watchedSenders.delete(sender);
      return this.#claimLeft();
    }).catch(this.#reportFailure);
  }

  /** Claims the records that other senders have left meanwhile. */
  async #claimLeft() {
    try {
      (await this.#claim(false)).forEach(this.#callbacks.replay);
    } catch (error) {
      this.#reportFailure(error);
    }
  }

  /** Promises the name of this sender, once its lock is held. */
  #liveSender() {
    this.#sender ??= new Promise((resolve, reject) => {
      const name = crypto.randomUUID();
      const hold = () => new Promise((release) => {
        this.#releaseLock = release;
        this.#senderNames.add(name);
        if (this.#closing.signal.aborted) release();
        resolve(name);
      });
      navigator.locks.request(SENDER + name, hold).catch(reject).finally(() => this.#senderNames.delete(name));
    }).catch((error) => {
      this.#sender = undefined;
      throw error;
    });
    return this.#sender;
  }

  /** Releases the lock if there is nothing to send: the browser does not cache a page (bfcache) that holds a lock. */
  #releaseIfIdle() {
    if (this.#operations > 0 || this.#callsByKey.size > 0 || !this.#sender) return;
    this.#sender = undefined;
    this.#releaseLock?.();
    this.#releaseLock = undefined;
  }

  #isLive(sender, held) {
    return !this.#senderNames.has(sender) && held.has(SENDER + sender);
  }

  #sift(rows, held, failedToo) {
    const seen = rows.map(([key, value]) => ({
      head: value?.head instanceof Uint8Array ? value.head : new Uint8Array(),
      form: isForm(value?.body),
      alive: this.#callsByKey.has(key) || this.#isLive(value?.sender, held),
    }));
    return sift(seen, this.#owner, failedToo, Date.now());
  }

  #locked(act) {
    return navigator.locks.request(CLAIM, act);
  }

  #reportFailure = (error) => {
    if (!this.#closing.signal.aborted) report(storageError("the outbox cannot be read", error));
  };

  async #wrapErrors(act) {
    try {
      return await act();
    } catch (cause) {
      throw cause instanceof ActionError ? cause : storageError("the outbox cannot be read or changed", cause);
    }
  }
}

/** Promises the names of the locks that are held. */
async function heldLocks() {
  const { held } = await navigator.locks.query();
  return new Set(held.map(({ name }) => name));
}

class UnreadableFile {
  message = "durable: a file among the arguments cannot be read: it may have changed since it was chosen";

  constructor(cause) {
    this.cause = cause;
  }
}

function failUnreadable(cause) {
  throw new UnreadableFile(cause);
}

const storageError = (what, cause) => new ActionError("STORAGE", [what, whyUnusable(cause)].filter(Boolean).join(": "), { cause });

const SHOWN = ["lane", "actionId", "name", "url", "idempotencyKey", "queuedAt", "expiresAt", "message", "version"];

/** Makes the public description of a record; it never holds arguments. */
function shownAs(found, state, code) {
  const shown = { id: found.key, state };
  for (const key of SHOWN) if (found[key] !== undefined) shown[key] = found[key];
  if (code !== undefined) shown.code = code;
  return shown;
}
