// Stores values in IndexedDB for the outbox: one object store, with keys that count up. Every failure rejects the
// promise. Knows nothing of what a value means but its `owner`.

import { Set } from "../page/globals.js";

const DATABASE = "actionlane";
const VERSION = 1;
const VALUES = "outbox";

export class Store {
  #opening;

  /** Promises the key of the new value, once the value is on the disk, as far as the browser can tell. */
  add(value) {
    return this.#run("readwrite", (values) => values.add(value), "strict");
  }

  /** Replaces a value by `change(value)` if it still exists. Promises true if it did. */
  update(key, change) {
    const done = { result: false };
    const changed = ({ target: { result: value } }, values) => {
      if (value === undefined) return;
      values.put(change(value), key);
      done.result = true;
    };
    return this.#run("readwrite", (values) => ((values.get(key).onsuccess = (event) => changed(event, values)), done), "strict");
  }

  /** Removes values. One that reappears after a crash does no harm. */
  remove(keys) {
    return this.#run("readwrite", (values) => keys.forEach((key) => values.delete(key)), "relaxed");
  }

  /** Promises a value; an empty object if the browser has lost it, undefined if there is none. */
  get(key) {
    return this.#run("readonly", (values) => values.get(key)).catch(() => ({}));
  }

  async has(key) {
    return (await this.#run("readonly", (values) => values.count(key))) > 0;
  }

  /**
   * Promises `[key, value]` of each value of this owner or without any owner, in the order of keys. Lost values
   * are empty, as with `get`.
   */
  async all(owner) {
    const found = [];
    const read = (values, key) => (values.get(key).onsuccess = ({ target }) => found.push([key, target.result]));
    try {
      await this.#run("readonly", (values) => forEachKey(values, owner, (key) => read(values, key)));
      return found;
    } catch {
      // Browsers keep a large value in a file of its own. If that file is lost, the transaction that reads it aborts.
      const each = (await this.keys(owner)).map(async (key) => [key, await this.get(key)]);
      return (await Promise.all(each)).filter(([, value]) => value !== undefined);
    }
  }

  /** Promises the keys of the same values. */
  async keys(owner) {
    const keys = [];
    await this.#run("readonly", (values) => forEachKey(values, owner, (key) => keys.push(key)));
    return keys;
  }

  /**
   * Runs a transaction. `act(values)` may return a request, or another object, whose `result` is then the result.
   * `mayRetry`: try again once if the database was closed.
   */
  async #run(mode, act, durability = "default", mayRetry = true) {
    const database = await this.#open();
    let transaction;
    try {
      transaction = database.transaction(VALUES, mode, { durability });
    } catch (error) {
      this.#opening = undefined;
      if (!mayRetry) throw error;
      return this.#run(mode, act, durability, false); // the browser has closed it meanwhile
    }
    return new Promise((resolve, reject) => {
      transaction.onabort = () => reject(transaction.error ?? new DOMException("the transaction was aborted", "AbortError"));
      const request = act(transaction.objectStore(VALUES));
      transaction.oncomplete = () => resolve(request?.result);
    });
  }

  #open() {
    this.#opening ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(DATABASE, VERSION);
      request.onupgradeneeded = () => request.result.createObjectStore(VALUES, { autoIncrement: true }).createIndex("owner", "owner");
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const database = request.result;
        const forget = () => (this.#opening = undefined);
        database.onclose = forget;
        database.onversionchange = () => (database.close(), forget());
        resolve(database);
      };
    }).catch((error) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }
}

function forEachKey(values, owner, each) {
  const owners = values.index("owner");
  const own = owners.getAllKeys(owner);
  const owned = owners.getAllKeys();
  const every = values.getAllKeys();
  every.onsuccess = () => {
    const [mine, known] = [new Set(own.result), new Set(owned.result)];
    every.result.filter((key) => mine.has(key) || !known.has(key)).forEach(each);
  };
}
