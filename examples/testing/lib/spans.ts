import { type Span, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Dispatcher } from "actionlane";

/** Makes a span of each call. Returns the function that ends it. */
export function traceCalls(d: Dispatcher): () => void {
  const tracer = trace.getTracer("actionlane");
  const spans = new Map<number, Span>();
  return d.subscribe(({ id, actionId, name = actionId, lane, state, queuedAt, startedAt, attempt = 0, code }) => {
    const span = spans.get(id) ?? tracer.startSpan(`action ${name}`, { attributes: { "actionlane.lane": lane } });
    spans.set(id, span);
    if (state !== "done") return;
    span.setAttributes({ "actionlane.attempts": attempt, "actionlane.waited_ms": (startedAt ?? queuedAt) - queuedAt });
    if (code && code !== "ok") span.setStatus({ code: SpanStatusCode.ERROR, message: code });
    span.end();
    spans.delete(id);
  });
}
