// The error that says why a call was not run and has no stored result. A Server Action cannot set the status of its
// answer: Next.js sends 500 and, in production too, the `digest`. The digest therefore tells an action's client what
// `status` tells the client of a route handler. Knows no store.

const STATUS = {
  IDEMPOTENCY_KEY_INVALID: 400,
  IDEMPOTENCY_IN_PROGRESS: 409,
  IDEMPOTENCY_MISMATCH: 422,
  IDEMPOTENCY_LOST: 500,
};

export class IdempotencyError extends Error {
  constructor(digest, message, options) {
    super(message, options);
    this.digest = digest;
    this.status = STATUS[digest];
  }
}
Object.defineProperty(IdempotencyError.prototype, "name", { value: "IdempotencyError", configurable: true, writable: true });
