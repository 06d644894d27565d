/** A value that depends on the version of Next.js: that of the last version named that is not newer. */
export class Since {
  #values;

  constructor(values) {
    this.#values = Object.entries(values);
  }

  of(version) {
    return this.#values.findLast(([from]) => !after(from, version))?.[1];
  }

  /** Returns the same with each value changed by `change`. */
  map(change) {
    return new Since(Object.fromEntries(this.#values.map(([from, value]) => [from, change(value)])));
  }

  /** Keeps the object itself in `JSON.stringify`, whose replacer knows the version and takes its value. */
  toJSON() {
    return this;
  }
}

export const since = (values) => new Since(values);

/** True if the version `a` is newer than `b`: "16.2" than "15.5". */
export function after(a, b) {
  const [[aMajor, aMinor], [bMajor, bMinor]] = [a, b].map((version) => version.split(".").map(Number));
  return aMajor > bMajor || (aMajor === bMajor && aMinor > bMinor);
}
