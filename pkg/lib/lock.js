// Holds Web Locks: asked for in turn, given back, and taken from a tab that is frozen.

import { AbortController, Set, clearTimeout, navigator, performance, setTimeout } from "./platform.js";

export { dispatcherWith as home } from "./api.js"; // see `part.js`

const ASKED = 0;
const HELD = 1;
const OVER = 2;

/** Lists what a lock tells of itself. */
export const GRANTED = "granted";
export const TAKEN = "taken";
export const REFUSED = "refused";

/** The longest that a timer waits. */
const LONGEST = 2 ** 31 - 1;

/** The locks that are asked for here. */
const here = new Set();

/**
 * An exclusive Web Lock that was asked for. The browser grants it in order of asking, and frees it itself
 * where a tab is closed or crashes.
 */
export class Lock {
  #name;
  #tell;
  #stage = ASKED;
  #asking;
  #letGo;
  /** Who has it may take the lock: while it is waited for, and until the lock is had. */
  #turning;
  #turn;
  #timer;
  /** Counts the grants here, to whomever. */
  #grants = 0;

  /**
   * Asks for the lock. It is taken from a holder who keeps it for `patience` ms while it is waited for, and
   * then some: nobody tells when a lock changes hands, so it is looked at four times in `patience`.
   * `Infinity`: it is waited for as long as it takes.
   *
   * Of many who wait one takes it. They take turns, by a lock `steal:{name}`, and whoever has the turn looks
   * once more. What has been taken is known by a lock `stolen:{number}:{name}`, held as long: the browser's
   * names of clients do not tell two dispatchers of one page apart.
   *
   * `tell(what, cause)`: it is `GRANTED`; it was, and somebody has `TAKEN` it who waited for too long; or it is
   * `REFUSED`, and `cause` is what the browser said. Nothing is told once it is given back.
   */
  constructor(name, patience, tell) {
    this.#name = name;
    this.#tell = tell;
    here.add(this);
    this.#run(patience).then(() => this.#end(), (cause) => this.#end(cause));
  }

  /** Gives it back, or asks for it no longer. Again without harm. */
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

  /** Until the lock is given back, taken, or cannot be had. */
  async #run(patience) {
    await null;
    if (this.#stage === OVER) return; // given up before it was asked for
    this.#asking = new AbortController();
    const asked = this.#request({ signal: this.#asking.signal });
    const turn = await (patience === Infinity ? asked : Promise.race([asked, this.#overdue(patience)]));
    if (!turn) return;
    if (this.#stage !== ASKED) {
      this.#turnOver();
      await asked;
      return;
    }
    // In one go, so that nobody comes between. The place in the queue is given up first, or the lock could
    // be granted twice.
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

  /** Resolves to nothing once it is given back, and rejects where it is taken or cannot be had. */
  async #request(options) {
    await navigator.locks.request(this.#name, options, () => {
      this.#turn?.giveBack();
      this.#turn = undefined;
      if (this.#stage !== ASKED) return undefined; // given back at once
      this.#stage = HELD;
      clearTimeout(this.#timer);
      // All who wait here hear that it has been granted.
      for (const lock of here) if (lock.#name === this.#name) lock.#grants += 1;
      const held = new Promise((letGo) => (this.#letGo = letGo));
      this.#tell(GRANTED);
      return held;
    });
  }

  /** Asks no longer. No harm where it is held. */
  #withdraw() {
    this.#asking?.abort();
    this.#asking = undefined;
  }

  /** Resolves to the turn when the lock may be taken from its holder, as long as that turn is kept. */
  async #overdue(patience) {
    for (;;) {
      const before = await this.#stuck(patience);
      const turn = await this.#waitForTurn(patience);
      const queue = await this.#look();
      if (queue && isStill(queue, before)) return turn;
      this.#turnOver();
    }
  }

  /** Waits for the turn, which may take forever. */
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
   * Resolves when the lock has not changed hands for `patience` while it is waited for: who waited and held it first.
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

  /** Who holds the lock now, and who waits for it in which order; none where nobody holds it, or it cannot be seen. */
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
 * Tells whether the lock has not changed hands since: then the same client holds it, and at most more wait
 * behind. Who has been granted it anew waits in front no longer; among dispatchers of one page, which are one
 * client, it is counted. Where it was taken there is another mark.
 */
function isStill(queue, before) {
  return queue.grants === before.grants && queue.holder === before.holder
    && queue.marks.every((mark) => before.marks.includes(mark)) && before.marks.every((mark) => queue.marks.includes(mark))
    && before.waiting.every((client, at) => queue.waiting[at] === client);
}
