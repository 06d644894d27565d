// Says why a call was not run and has no result to give. A Server Action cannot set its answer's status: Next.js sends 500 and `digest`, in
// production too, so the digest says what `status` says where a route handler answers.

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
