// The entry `actionlane/server`: runs a Server Action or route handler once though its request is sent twice, gives
// actions as references, and names the request in logs. Needs `crypto.subtle`; must not import Node.js or Next.js, so
// it works in every runtime.
export { idempotent } from "./server/idempotent.js";
export { idempotencyKey } from "./server/idempotency_key.js";
export { idempotentRoute } from "./server/route.js";
export { memoryStore } from "./server/memory.js";
export { decodeRecord, encodeRecord } from "./server/record.js";
export { IdempotencyError } from "./server/error.js";
export { correlationId, traceparent, withCorrelation } from "./server/correlation.js";
export { sqlComment } from "./server/sql_comment.js";
export { refs } from "./server/references.js";
