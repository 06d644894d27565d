// The places where we are deliberately not as React is.

/** Knows what is expected to differ, by name, and sees that it does. */
export class Differences {
  #reasons;
  #seen = new Map();

  /** `reasons`: why, by name. */
  constructor(reasons) {
    this.#reasons = reasons;
  }

  /** `"pass"`, `"difference"` (a listed one) or `"fail"`. A vector that is listed must differ; the same value on some release may. */
  judge(name, wrong, { isVector = true } = {}) {
    const isListed = Object.hasOwn(this.#reasons, name);
    if (isListed && isVector) this.#seen.set(name, Boolean(wrong));
    if (!wrong) return "pass";
    return isListed ? "difference" : "fail";
  }

  /** How many there are. */
  get found() {
    return [...this.#seen.values()].filter(Boolean).length;
  }

  /** Those that were looked at and do not differ any more. */
  get vanished() {
    return [...this.#seen.keys()].filter((name) => !this.#seen.get(name));
  }
}
