import { correlationId, sqlComment, traceparent, withCorrelation } from "actionlane/server";

export const runtime = "edge";

/** Says what code that runs for the request knows of it in the edge runtime. */
export const GET = ({ headers }) => withCorrelation(headers, async () => {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return Response.json({ id: correlationId(), traceparent: traceparent(), sql: sqlComment("SELECT 1"), runtime: typeof EdgeRuntime });
});
