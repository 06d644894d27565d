// Holds Web Locks: requests them in order, releases them, and steals them from a tab that is frozen. Knows no lanes.

import { AbortController, Set, clearTimeout, navigator, performance, setTimeout } from "../page/globals.js";

export { dispatcherWith as home } from "../exports.js"; // see `part.js`

const ASKED = 0;
const HELD = 1;
const OVER = 2;

/** The reports of a lock. */
export const GRANTED = "granted";
export const TAKEN = "taken";
export const REFUSED = "refused";

/** Longest time that a timer can wait, in ms. */
const LONGEST = 2 ** 31 - 1;

/** The locks of this page that are requested or held. */
const here = new Set();

/**
 * An exclusive Web Lock that was requested. The browser grants it in the order of requests, and frees it if a
 * tab closes or crashes.
 */
export class Lock {
  #name;
  #tell;
  #stage = ASKED;
  #asking;
  #letGo;
  /**
   * The lock `steal:{name}`; only its holder may steal. `#turning`: while it is requested, and until the decision to
   * steal. `#turn`: from then until the stolen lock is granted.
   */
  #turning;
  #turn;
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
   * `tell(what, cause)` reports that the lock is `GRANTED`; that a waiter has `TAKEN` it; or that it is `REFUSED`, with
   * the browser's error as `cause`. Nothing is reported after `giveBack()`.
   */
  constructor(name, patience, tell) {
    this.#name = name;
    this.#tell = tell;
    here.add(this);
    this.#run(patience).then(() => this.#end(), (cause) => this.#end(cause));
  }

  /** Releases the lock, or withdraws the request. A second call does nothing. */
  giveBack() {
    this.#stage = OVER;
    this.#withdraw();
    this.#letGo?.();
    this.#letGo = undefined;
  }

  #end(cause) {
    const stage = this.#stage;
    this.#stage = OVER;
    here.delete(this);
    clearTimeout(this.#timer);
    this.#turning?.giveBack();
    this.#turning = this.#asking = this.#letGo = undefined;
    if (stage === ASKED) this.#tell(REFUSED, cause);
    else if (stage === HELD) this.#tell(TAKEN);
  }

  /** Resolves when the lock is released; rejects if it is stolen or refused. */
  async #run(patience) {
    await null;
    if (this.#stage === OVER) return; // given back before it was requested
    this.#asking = new AbortController();
    const asked = this.#request({ signal: this.#asking.signal });
    const turn = await (patience === Infinity ? asked : Promise.race([asked, this.#overdue(patience)]));
    if (!turn) return;
    if (this.#stage !== ASKED) {
      this.#turnOver();
      await asked;
      return;
    }
    // Done in one task, so that no other waiter comes between. The request in the queue is withdrawn first, or the
    // lock could be granted twice.
    this.#withdraw();
    this.#turn = turn;
    this.#turning = undefined;
    const mark = new Lock(`stolen:${Math.floor(Math.random() * 2 ** 32)}:${this.#name}`, Infinity, () => {});
    try {
      await this.#request({ steal: true });
    } finally {
      this.#turn?.giveBack();
      mark.giveBack();
    }
  }

  /** Resolves when the lock is released; rejects if it is stolen or refused. */
  async #request(options) {
    await navigator.locks.request(this.#name, options, () => {
      this.#turn?.giveBack();
      this.#turn = undefined;
      if (this.#stage !== ASKED) return undefined; // given back meanwhile: release it at once
      this.#stage = HELD;
      clearTimeout(this.#timer);
      // Every lock of this page with the same name counts the grant.
      for (const lock of here) if (lock.#name === this.#name) lock.#grants += 1;
      const held = new Promise((letGo) => (this.#letGo = letGo));
      this.#tell(GRANTED);
      return held;
    });
  }

  /** Withdraws the request; does nothing once the lock is held. */
  #withdraw() {
    this.#asking?.abort();
    this.#asking = undefined;
  }

  /** Promises the turn, once the lock may be stolen. That is allowed only while the turn is held. */
  async #overdue(patience) {
    for (;;) {
      const before = await this.#stuck(patience);
      const turn = await this.#waitForTurn(patience);
      const queue = await this.#look();
      if (queue && isStill(queue, before)) return turn;
      this.#turnOver();
    }
  }

  /** Waits for the turn, perhaps forever. */
  #waitForTurn(patience) {
    return new Promise((resolve) => {
      const turn = new Lock(`steal:${this.#name}`, patience, (told) => told === GRANTED && resolve(turn));
      this.#turning = turn;
    });
  }

  #turnOver() {
    this.#turning?.giveBack();
    this.#turning = undefined;
  }

  /**
   * Resolves when the lock has not changed hands for `patience` ms while it is waited for: to its holder and waiters at
   * the beginning of that time.
   */
  async #stuck(patience) {
    const step = Math.min(Math.max(patience / 4, 1), LONGEST);
    let before;
    let since;
    for (;;) {
      if (this.#stage === ASKED) await new Promise((resolve) => (this.#timer = setTimeout(resolve, step)));
      if (this.#stage !== ASKED) return new Promise(() => {});
      const queue = await this.#look();
      const now = performance.now();
      if (!queue || !before || !isStill(queue, before)) [before, since] = [queue, now];
      else if (now - since >= patience && this.#stage === ASKED) return before;
    }
  }

  /** Promises the holder of the lock and its waiters in order; undefined if it has no holder or cannot be queried. */
  async #look() {
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
