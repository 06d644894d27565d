// The server's half of "sent twice, done once": for Server Actions and route handlers, in any runtime that has `crypto.subtle`.
export { idempotent } from "./lib/server/idempotent.js";
export { idempotencyKey } from "./lib/server/key.js";
export { idempotentRoute } from "./lib/server/route.js";
export { memoryStore } from "./lib/server/memory.js";
export { IdempotencyError } from "./lib/server/error.js";
