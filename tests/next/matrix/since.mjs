/** A value for each version of Next.js from the one named. */
export class Since {
  #values;

  constructor(values) {
    this.#values = Object.entries(values);
  }

  of(version) {
    return this.#values.findLast(([from]) => !after(from, version))?.[1];
  }

  /** The same of what `change` makes of each value. */
  map(change) {
    return new Since(Object.fromEntries(this.#values.map(([from, value]) => [from, change(value)])));
  }

  /** `JSON.stringify` asks for this first; whoever knows the version replaces it. */
  toJSON() {
    return this;
  }
}

export const since = (values) => new Since(values);

/** Whether the version `a` comes after `b`: "16.2" after "15.5". */
export function after(a, b) {
  const [[aMajor, aMinor], [bMajor, bMinor]] = [a, b].map((version) => version.split(".").map(Number));
  return aMajor > bMajor || (aMajor === bMajor && aMinor > bMinor);
}
