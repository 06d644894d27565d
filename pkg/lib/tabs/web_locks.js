// Holds Web Locks: requests them in order, releases them, and steals them from a tab that is frozen. Knows no lanes.

import { AbortController, Set, clearTimeout, navigator, performance, setTimeout } from "../page/globals.js";

export { dispatcherWith as home } from "../exports.js"; // see `lazy_part.js`

const REQUESTED = 0;
const HELD = 1;
const OVER = 2;

/** The reports of a lock. */
export const GRANTED = "granted";
export const TAKEN = "taken";
export const REFUSED = "refused";

/** Longest time that a timer can wait, in ms. */
const LONGEST = 2 ** 31 - 1;

/** The locks of this page that are requested or held. */
const locksOfPage = new Set();

/**
 * An exclusive Web Lock that was requested. The browser grants it in the order of requests, and frees it if a
 * tab closes or crashes.
 */
export class Lock {
  #name;
  #report;
  #stage = REQUESTED;
  #requestAbort;
  #release;
  /**
   * The lock `steal:{name}`; only its holder may steal. `#stealRequest`: while it is requested, and until the decision
   * to steal. `#stealRight`: from then until the stolen lock is granted.
   */
  #stealRequest;
  #stealRight;
  #timer;
  /** The number of times that the lock was granted in this page, to any dispatcher. */
  #grants = 0;

  /**
   * Requests the lock. If its holder keeps it for `patience` ms while it is waited for, the lock is stolen a little
   * later: no event reports that a lock changes hands, so the lock is looked at four times in `patience`.
   * `Infinity`: it is never stolen.
   *
   * Waiters take turns by a lock `steal:{name}` and look again before stealing, so only one steals. The thief
   * holds a lock `stolen:{number}:{name}` as long as the stolen one. It tells dispatchers of one page apart,
   * which share a client id.
   *
   * `report(what, cause)` reports that the lock is `GRANTED`; that a waiter has `TAKEN` it; or that it is `REFUSED`,
   * with the browser's error as `cause`. Nothing is reported after `giveBack()`.
   */
  constructor(name, patience, report) {
    this.#name = name;
    this.#report = report;
    locksOfPage.add(this);
    this.#run(patience).then(() => this.#end(), (cause) => this.#end(cause));
  }

  /** Releases the lock, or withdraws the request. A second call does nothing. */
  giveBack() {
    this.#stage = OVER;
    this.#withdraw();
    this.#release?.();
    this.#release = undefined;
  }

  #end(cause) {
    const stage = this.#stage;
    this.#stage = OVER;
    locksOfPage.delete(this);
    clearTimeout(this.#timer);
    this.#stealRequest?.giveBack();
    this.#stealRequest = this.#requestAbort = this.#release = undefined;
    if (stage === REQUESTED) this.#report(REFUSED, cause);
    else if (stage === HELD) this.#report(TAKEN);
  }

  /** Resolves when the lock is released; rejects if it is stolen or refused. */
  async #run(patience) {
    await null;
    if (this.#stage === OVER) return; // given back before it was requested
    this.#requestAbort = new AbortController();
    const released = this.#request({ signal: this.#requestAbort.signal });
    const stealRight = await (patience === Infinity ? released : Promise.race([released, this.#untilOverdue(patience)]));
    if (!stealRight) return;
    if (this.#stage !== REQUESTED) {
      this.#dropStealRequest();
      await released;
      return;
    }
    // Done in one task, so that no other waiter comes between. The request in the queue is withdrawn first, or the
    // lock could be granted twice.
    this.#withdraw();
    this.#stealRight = stealRight;
    this.#stealRequest = undefined;
    const mark = new Lock(`stolen:${Math.floor(Math.random() * 2 ** 32)}:${this.#name}`, Infinity, () => {});
    try {
      await this.#request({ steal: true });
    } finally {
      this.#stealRight?.giveBack();
      mark.giveBack();
    }
  }

  /** Resolves when the lock is released; rejects if it is stolen or refused. */
  async #request(options) {
    await navigator.locks.request(this.#name, options, () => {
      this.#stealRight?.giveBack();
      this.#stealRight = undefined;
      if (this.#stage !== REQUESTED) return undefined; // given back meanwhile: release it at once
      this.#stage = HELD;
      clearTimeout(this.#timer);
      // Every lock of this page with the same name counts the grant.
      for (const lock of locksOfPage) if (lock.#name === this.#name) lock.#grants += 1;
      const held = new Promise((release) => (this.#release = release));
      this.#report(GRANTED);
      return held;
    });
  }

  /** Withdraws the request; does nothing once the lock is held. */
  #withdraw() {
    this.#requestAbort?.abort();
    this.#requestAbort = undefined;
  }

  /** Promises the right to steal, once the lock may be stolen. That is allowed only while the right is held. */
  async #untilOverdue(patience) {
    for (;;) {
      const before = await this.#untilStuck(patience);
      const stealRight = await this.#waitForStealRight(patience);
      const queue = await this.#readQueue();
      if (queue && isStill(queue, before)) return stealRight;
      this.#dropStealRequest();
    }
  }

  /** Waits for the right to steal, perhaps forever. */
  #waitForStealRight(patience) {
    return new Promise((resolve) => {
      const stealRight = new Lock(`steal:${this.#name}`, patience, (what) => what === GRANTED && resolve(stealRight));
      this.#stealRequest = stealRight;
    });
  }

  #dropStealRequest() {
    this.#stealRequest?.giveBack();
    this.#stealRequest = undefined;
  }

  /**
   * Resolves when the lock has not changed hands for `patience` ms while it is waited for: to its holder and waiters at
   * the beginning of that time.
   */
  async #untilStuck(patience) {
    const step = Math.min(Math.max(patience / 4, 1), LONGEST);
    let before;
    let since;
    for (;;) {
      if (this.#stage === REQUESTED) await new Promise((resolve) => (this.#timer = setTimeout(resolve, step)));
      if (this.#stage !== REQUESTED) return new Promise(() => {});
      const queue = await this.#readQueue();
      const now = performance.now();
      if (!queue || !before || !isStill(queue, before)) [before, since] = [queue, now];
      else if (now - since >= patience && this.#stage === REQUESTED) return before;
    }
  }

  /** Promises the holder of the lock and its waiters in order; undefined if it has no holder or cannot be queried. */
  async #readQueue() {
    try {
      const { held, pending } = await navigator.locks.query();
      const clients = (locks) => locks.filter(({ name }) => name === this.#name).map(({ clientId }) => clientId);
      const marks = held.map(({ name }) => name).filter((name) => /^stolen:[^:]*:(.*)$/s.exec(name)?.[1] === this.#name);
      const holder = clients(held).pop();
      return holder === undefined ? undefined : { holder, waiting: clients(pending), marks, grants: this.#grants };
    } catch {
      return undefined;
    }
  }
}

/**
 * True if the lock has not changed hands: the same client holds it, and waiters have only been added at the end. A
 * client that was granted the lock again no longer waits in front. Dispatchers of one page are one client, so their
 * grants are counted; a stolen lock has another mark.
 */
function isStill(queue, before) {
  return queue.grants === before.grants && queue.holder === before.holder
    && queue.marks.every((mark) => before.marks.includes(mark)) && before.marks.every((mark) => queue.marks.includes(mark))
    && before.waiting.every((client, at) => queue.waiting[at] === client);
}
