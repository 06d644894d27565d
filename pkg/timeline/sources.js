// Listens to what a timeline shows: dispatchers, and observers with the dispatchers that they follow. Must not call an
// action, and must not need anything of the page.

import { endMissed, hearEntry, hearEvent } from "./model.js";

const isObserver = (source) => typeof source.entries === "function";

/**
 * Feeds a model from its sources until the function that it returns is called. `changed()` is called after each change;
 * `clock()` returns the time.
 */
export function listen(sources, model, changed, clock) {
  const ends = [];
  const heard = new Set();
  let isNaming = false;

  const follow = (dispatcher) => {
    if (heard.has(dispatcher)) return;
    heard.add(dispatcher);
    ends.push(dispatcher.subscribe((event) => {
      hearEvent(model, event, clock());
      changed();
    }));
  };

  const begin = (dispatcher) => dispatcher.snapshot().map((call) => hearEvent(model, call, clock()));

  /** Looks for names, as one search at a time. Entries that have been looked for say why they have none. */
  async function findNames(observer) {
    if (isNaming) return;
    isNaming = true;
    try {
      await observer.named(true);
    } catch {
      // The part could not be loaded. The next entry tries again.
    } finally {
      isNaming = false;
    }
  }

  const observe = (observer) => {
    const hear = (entry) => {
      hearEntry(model, entry);
      if (entry.name === undefined && entry.unnamed === undefined) findNames(observer);
      for (const dispatcher of observer.dispatchers()) {
        if (heard.has(dispatcher)) continue;
        follow(dispatcher);
        begin(dispatcher);
      }
      changed();
    };
    ends.push(observer.subscribe(hear));
    observer.entries().forEach(hear);
    return observer.dispatchers();
  };

  const observers = sources.filter(isObserver);
  const given = sources.filter((source) => !isObserver(source));
  // Else an observer would show their requests as those of other code, beside the calls.
  observers.forEach((observer) => given.forEach(observer.follow));
  const dispatchers = [...new Set([...given, ...observers.flatMap(observe)])];
  dispatchers.forEach(follow);
  endMissed(model, new Set(dispatchers.flatMap(begin)));
  changed();
  return () => ends.forEach((end) => end());
}

/** Promises the headers of a request, without secrets. Only an observer knows them. */
export const headersOf = async (sources, entry) => sources.find(isObserver)?.headers(entry);
