// What is asked most, in one crossing. First the common case: arguments of nothing but arrays, plain objects and scalars. It writes what the encoder in Rust writes for
// them; at the first thing it does not know it gives up, and all is done there.

/** Strings that need no escape. */
const PLAIN = /^[^"\\\u0000-\u001f\ud800-\udfff]*$/;
/** Up to this many containers are told apart by looking at each. */
const FEW = 8;
const GIVE_UP = Symbol();

const { isArray } = Array;
const { getPrototypeOf, keys: keysOf } = Object;
const { isFinite } = Number;

class Plain {
  text;
  // Of each container: itself, the one it is in, and its key there.
  values = [];
  parents = [];
  keys = [];
  places = null;
  paths = null;
  references = [];
  // How much the server may count in arrays within arrays.
  slots = 0;

  /** The container at a path, as the encoder's `Temporaries` finds it. */
  find(path) {
    if (!this.paths) {
      this.paths = new Map();
      for (let place = 0; place < this.values.length; place++) this.paths.set(this.path(place), place);
    }
    return this.values[this.paths.get(path)];
  }

  path(place) {
    let path = "";
    for (; place > 0; place = this.parents[place]) path = ":" + this.keys[place] + path;
    return "0" + path;
  }

  known(value) {
    if (this.places) return this.places.get(value);
    const place = this.values.indexOf(value);
    return place < 0 ? undefined : place;
  }

  /** -1 if nothing can refer to it. */
  register(value, parent, key) {
    if (parent < 0 || (typeof key === "string" && key.includes(":"))) return -1;
    const place = this.values.push(value) - 1;
    this.parents.push(parent);
    this.keys.push(key);
    if (this.places) this.places.set(value, place);
    else if (place >= FEW) this.places = new Map(this.values.map((value, place) => [value, place]));
    return place;
  }

  /** Registers a container that is met for the first time. */
  enter(value, parent, key, depth) {
    if (depth >= 1000) throw GIVE_UP;
    return this.register(value, parent, key);
  }

  /** Whether this is JSON as it is; if not, whoever asks begins again, and writes it. */
  isJson(value, parent, key, depth) {
    switch (typeof value) {
      case "string":
        return value.charCodeAt(0) !== 36;
      case "number":
        return isFinite(value) && (value !== 0 || 1 / value > 0);
      case "boolean":
        return true;
      case "object": {
        if (value === null) return true;
        const kind = kindOf(value);
        if (kind === DATE || this.known(value) !== undefined) return false;
        const place = this.enter(value, parent, key, depth);
        if (kind === ARRAY) {
          const { length } = value;
          this.slots += length + 1;
          for (let index = 0; index < length; index++) {
            const item = value[index];
            if (typeof item === "string") this.slots += item.length;
            if (!this.isJson(item, place, index, depth + 1)) return false;
          }
          return true;
        }
        const names = keysOf(value);
        for (let at = 0; at < names.length; at++) {
          if (!this.isJson(value[names[at]], place, names[at], depth + 1)) return false;
        }
        return true;
      }
      default:
        return false;
    }
  }

  write(value, parent, key, depth) {
    switch (typeof value) {
      case "string":
        return quoted(value.charCodeAt(0) === 36 ? "$" + value : value);
      case "number":
        if (!isFinite(value)) return value !== value ? '"$NaN"' : value > 0 ? '"$Infinity"' : '"$-Infinity"';
        return value === 0 && 1 / value < 0 ? '"$-0"' : "" + value;
      case "boolean":
        return value ? "true" : "false";
      case "undefined":
        return '"$undefined"';
      case "bigint":
        return bigint(value);
      case "object":
        return value === null ? "null" : this.writeContainer(value, parent, key, depth);
      default:
        throw GIVE_UP;
    }
  }

  writeContainer(value, parent, key, depth) {
    const kind = kindOf(value);
    if (kind === DATE) return date(value, key);
    const known = this.known(value);
    if (known !== undefined) return (this.references[known] ??= quoted("$" + this.path(known)));
    const place = this.enter(value, parent, key, depth);
    let text = "";
    if (kind === ARRAY) {
      const { length } = value;
      this.slots += length + 1;
      for (let index = 0; index < length; index++) {
        const item = value[index];
        if (typeof item === "string") this.slots += item.length;
        else if (typeof item === "bigint") this.slots += 300;
        text += (index ? "," : "") + this.write(item, place, index, depth + 1);
      }
      return "[" + text + "]";
    }
    const names = keysOf(value);
    for (let at = 0; at < names.length; at++) {
      text += (at ? "," : "") + quoted(names[at]) + ":" + this.write(value[names[at]], place, names[at], depth + 1);
    }
    return "{" + text + "}";
  }
}

const ARRAY = 0;
const OBJECT = 1;
const DATE = 2;

function kindOf(value) {
  const array = isArray(value);
  if (!array) {
    const prototype = getPrototypeOf(value);
    if (prototype === Date.prototype) return DATE;
    if (prototype !== Object.prototype || value[Symbol.iterator] !== undefined || value[Symbol.asyncIterator] !== undefined) throw GIVE_UP;
  }
  if (value.toJSON !== undefined || value.$$typeof !== undefined || typeof value.then === "function") throw GIVE_UP;
  return array ? ARRAY : OBJECT;
}

function quoted(text) {
  return text.length < 48 && PLAIN.test(text) ? '"' + text + '"' : JSON.stringify(text);
}

function bigint(value) {
  const digits = value.toString();
  if (digits.length > 300 || value.toJSON !== undefined) throw GIVE_UP;
  return '"$n' + digits + '"';
}

function date(value, key) {
  const text = value.toJSON("" + key);
  if (text === null) return "null";
  if (typeof text !== "string" || !text.endsWith("Z") || !PLAIN.test(text)) throw GIVE_UP;
  return '"$D' + text + '"';
}

/**
 * What the arguments are as text, and where their containers are; nothing if they hold anything else, or perhaps too much. Whatever is thrown is
 * thrown again when they are read in earnest.
 */
export function plain(args) {
  try {
    if (!isArray(args) || args.length > 1000) return undefined;
    let plain = new Plain();
    if (plain.isJson(args, 0, "0", 0)) {
      plain.text = JSON.stringify(args);
    } else {
      plain = new Plain();
      plain.text = plain.write(args, 0, "0", 0);
    }
    // Which arrays it is in is for the encoder to say.
    return plain.slots > 1_000_000 ? undefined : plain;
  } catch {
    return undefined;
  }
}

/** What the most common values that are neither strings nor numbers are; 0 for what is to be looked at in earnest. */
export function kind(value) {
  if (value === undefined) return 1;
  if (value === null) return 2;
  if (typeof value === "boolean") return value ? 3 : 4;
  if (typeof value !== "object") return 0;
  try {
    if (value.toJSON !== undefined || value.$$typeof !== undefined || typeof value.then === "function") return 0;
    if (isArray(value)) return 5;
    const prototype = getPrototypeOf(value);
    if (prototype === Map.prototype) return 7;
    if (prototype === Set.prototype) return 8;
    if (prototype !== Object.prototype || value[Symbol.iterator] !== undefined || value[Symbol.asyncIterator] !== undefined) return 0;
    return 6;
  } catch {
    return 0;
  }
}
