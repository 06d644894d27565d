// IndexedDB, as far as the outbox needs it: values in one object store, under keys that count up. Whatever is wrong, promises reject.

import { Set } from "./platform.js";

const DATABASE = "actionlane";
const VERSION = 1;
const VALUES = "outbox";

export class Store {
  #opening;

  /** Gives the key, once the value is on the disk, where the browser can say so. */
  add(value) {
    return this.#run("readwrite", (values) => values.add(value), "strict");
  }

  /** Puts what `change(value)` gives in the place of a value that is still there. Gives whether it was. */
  update(key, change) {
    const done = { result: false };
    const changed = ({ target: { result: value } }, values) => {
      if (value === undefined) return;
      values.put(change(value), key);
      done.result = true;
    };
    return this.#run("readwrite", (values) => ((values.get(key).onsuccess = (event) => changed(event, values)), done), "strict");
  }

  /** One that comes back after a crash does no harm. */
  remove(keys) {
    return this.#run("readwrite", (values) => keys.forEach((key) => values.delete(key)), "relaxed");
  }

  /** Gives an empty value in the place of one that the browser has lost. */
  get(key) {
    return this.#run("readonly", (values) => values.get(key)).catch(() => ({}));
  }

  async has(key) {
    return (await this.#run("readonly", (values) => values.count(key))) > 0;
  }

  /** `[key, value]` of each that is of this owner, or of nobody, in the order of keys. Empty values as with `get`. */
  async all(owner) {
    const found = [];
    const read = (values, key) => (values.get(key).onsuccess = ({ target }) => found.push([key, target.result]));
    try {
      await this.#run("readonly", (values) => list(values, owner, (key) => read(values, key)));
      return found;
    } catch {
      // Browsers keep a large value in a file of its own. One that is lost ends the transaction that reads it.
      const each = (await this.keys(owner)).map(async (key) => [key, await this.get(key)]);
      return (await Promise.all(each)).filter(([, value]) => value !== undefined);
    }
  }

  /** Their keys alone. */
  async keys(owner) {
    const keys = [];
    await this.#run("readonly", (values) => list(values, owner, (key) => keys.push(key)));
    return keys;
  }

  /** `act(values)` may give the request, or what else will have a `result`, that is wanted. `anew`: it is tried once more. */
  async #run(mode, act, durability = "default", anew = true) {
    const database = await this.#open();
    let transaction;
    try {
      transaction = database.transaction(VALUES, mode, { durability });
    } catch (error) {
      this.#opening = undefined;
      if (!anew) throw error;
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
        const over = () => (this.#opening = undefined);
        database.onclose = over;
        database.onversionchange = () => (database.close(), over());
        resolve(database);
      };
    }).catch((error) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }
}

function list(values, owner, each) {
  const owners = values.index("owner");
  const own = owners.getAllKeys(owner);
  const owned = owners.getAllKeys();
  const every = values.getAllKeys();
  every.onsuccess = () => {
    const [mine, known] = [new Set(own.result), new Set(owned.result)];
    every.result.filter((key) => mine.has(key) || !known.has(key)).forEach(each);
  };
}
