// The places where we are deliberately not as React is.

/** Knows what is expected to differ, by name, and sees that it does. */
export class Differences {
  #reasons;
  #seen = new Map();

  /** `reasons`: why, by name. */
  constructor(reasons) {
    this.#reasons = reasons;
  }

  /**
   * `"pass"`, `"difference"` (a listed one) or `"fail"`. What is listed for a vector, or for a value on one release (`"19.0/…"`), must
   * differ; what is listed for a vector may differ on any release.
   */
  judge(name, wrong, release) {
    const own = release === undefined ? name : `${release}/${name}`;
    if (Object.hasOwn(this.#reasons, own)) this.#seen.set(own, Boolean(wrong));
    if (!wrong) return "pass";
    return Object.hasOwn(this.#reasons, own) || Object.hasOwn(this.#reasons, name) ? "difference" : "fail";
  }

  /** How many vectors differ. */
  get found() {
    return [...this.#seen].filter(([name, differs]) => differs && !/^\d/.test(name)).length;
  }

  /** Those that were looked at and do not differ any more. */
  get vanished() {
    return [...this.#seen.keys()].filter((name) => !this.#seen.get(name));
  }
}
