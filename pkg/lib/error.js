// The one error class. Rust decides code and words; this gives them the shape JavaScript expects.

const BRAND = Symbol.for("actionlane.ActionError");

export class ActionError extends Error {
  constructor(code, message, { cause, excerpt, errors, ...details } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.sent = "no";
    for (const [key, value] of Object.entries(details)) {
      if (value !== undefined) this[key] = value;
    }
    // Not enumerable: a log that walks the error does not carry a stranger's page along.
    for (const [key, value] of Object.entries({ excerpt, errors })) {
      if (value !== undefined) Object.defineProperty(this, key, { value, configurable: true, writable: true });
    }
  }

  #again;

  /** Keeps what makes the same call once more. */
  keep(again) {
    this.#again = again;
  }

  /**
   * Makes the call once more, with the arguments and options it had. Only where the action certainly did
   * not run and may be known again.
   */
  get retry() {
    return this.#again;
  }
}
Object.defineProperty(ActionError.prototype, "name", { value: "ActionError", configurable: true, writable: true });
Object.defineProperty(ActionError.prototype, BRAND, { value: true });

export function isActionError(error) {
  try {
    return typeof error === "object" && error !== null && error[BRAND] === true;
  } catch {
    return false; // a proxy that throws
  }
}

export const invalid = (message, cause) => new ActionError("INVALID_OPTION", message, { cause });
export const closed = (sent = "no") => new ActionError("CLOSED", "the dispatcher is closed", { sent });
export const aborted = (cause, sent = "no") => new ActionError("ABORTED", "the call was aborted", { cause, sent });
