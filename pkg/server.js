// The server's half of "sent twice, done once": for Server Actions and route handlers, in any runtime that has `crypto.subtle`.
export { idempotent } from "./server/idempotent.js";
export { idempotencyKey } from "./server/key.js";
export { idempotentRoute } from "./server/route.js";
export { memoryStore } from "./server/memory.js";
export { IdempotencyError } from "./server/error.js";
