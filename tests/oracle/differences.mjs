// The list of places where our package deliberately differs from React.

/** Holds the expected differences by name, and records which of them were seen. */
export class Differences {
  #reasons;
  #seen = new Map();

  /** `reasons`: the reason of each difference, by its name. */
  constructor(reasons) {
    this.#reasons = reasons;
  }

  /**
   * Returns `"pass"`, `"difference"` (a listed one) or `"fail"`. An entry for a vector must differ, and may differ
   * on any release; an entry for a value on one release (`"19.0/…"`) must differ there.
   */
  judge(name, wrong, release) {
    const own = release === undefined ? name : `${release}/${name}`;
    if (Object.hasOwn(this.#reasons, own)) this.#seen.set(own, Boolean(wrong));
    if (!wrong) return "pass";
    return Object.hasOwn(this.#reasons, own) || Object.hasOwn(this.#reasons, name) ? "difference" : "fail";
  }

  /** The number of vectors that differ. */
  get found() {
    return [...this.#seen].filter(([name, differs]) => differs && !/^\d/.test(name)).length;
  }

  /** Listed names that were tested and do not differ any more. */
  get vanished() {
    return [...this.#seen.keys()].filter((name) => !this.#seen.get(name));
  }
}
