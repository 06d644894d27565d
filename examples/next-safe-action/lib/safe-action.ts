import { createSafeActionClient, DEFAULT_SERVER_ERROR_MESSAGE } from "next-safe-action";
import { z } from "zod";
import { db } from "./db";
import { latency } from "./latency";

/** An error whose message the user may read. */
export class ActionError extends Error {}

export const actionClient = createSafeActionClient({
  defineMetadataSchema: () => z.object({ actionName: z.string() }),
  handleServerError: (error) => (error instanceof ActionError ? error.message : DEFAULT_SERVER_ERROR_MESSAGE),
}).use(async ({ next, metadata, clientInput, bindArgsClientInputs }) => {
  await latency(metadata.actionName, [...bindArgsClientInputs, clientInput]);
  return next();
});

/** Makes actions that know their user, and writes down that they have run. */
export const authActionClient = actionClient
  .use(async ({ next }) => next({ ctx: { user: "Ann" } }))
  .use(async ({ next, ctx, metadata }) => {
    const result = await next();
    db.audit.push(`${metadata.actionName} by ${ctx.user}: ${result.success ? "done" : "failed"}`);
    return result;
  });
