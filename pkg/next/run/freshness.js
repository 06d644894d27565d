// Keeps the page from going back in time. Each answer that revalidates holds the page as it was when the server
// rendered it; when several are on their way at a time, one that comes last may be older than what is shown. Then its
// page is not used, and the page is refreshed once after the burst. Must not know the router.

/** Longest time from the first answer that needs it to the refresh, in ms, however long other calls take. */
const LONGEST = 500;

export class Freshness {
  /** The calls on their way. A stale one was sent before another answer came that revalidated. */
  #open = new Set();
  #refresh;
  #timer;

  /** Notes that a call is sent, once more if it is retried: its page will be newer than all that are shown now. */
  sent(ticket) {
    ticket.isStale = false;
    this.#open.add(ticket);
  }

  /** Notes an answer that may have revalidated. */
  arrived(ticket) {
    for (const other of this.#open) if (other !== ticket) other.isStale = true;
  }

  /** Ends a call. `refresh`: given if the page must be rendered again for it. */
  end(ticket, refresh) {
    this.#open.delete(ticket);
    if (refresh) this.owe(refresh);
    else this.#check();
  }

  /** Has `refresh` run once the burst is over. */
  owe(refresh) {
    this.#refresh = refresh;
    this.#timer ??= setTimeout(() => this.#flush(), LONGEST);
    this.#check();
  }

  #check() {
    if (this.#refresh && ![...this.#open].some(({ isStale }) => isStale)) this.#flush();
  }

  #flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const refresh = this.#refresh;
    this.#refresh = undefined;
    this.arrived();
    refresh();
  }
}
