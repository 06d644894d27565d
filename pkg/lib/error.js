// Defines the one error class of the package. Must not choose codes or messages: Rust does, or the file that throws.

const BRAND = Symbol.for("actionlane.ActionError");

export class ActionError extends Error {
  constructor(code, message, { cause, excerpt, errors, ...details } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.sent = "no";
    for (const [key, value] of Object.entries(details)) {
      if (value !== undefined) this[key] = value;
    }
    // Not enumerable, so that a log that lists the properties does not contain pages of the server.
    for (const [key, value] of Object.entries({ excerpt, errors })) {
      if (value !== undefined) Object.defineProperty(this, key, { value, configurable: true, writable: true });
    }
  }

  #callAgain;

  /** Sets the function that makes the same call again. */
  keep(again) {
    this.#callAgain = again;
  }

  /**
   * The function that makes the same call again, with its arguments and options. Undefined unless the action certainly
   * did not run and may succeed another time.
   */
  get retry() {
    return this.#callAgain;
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
