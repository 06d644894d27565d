"use server";

import { returnValidationErrors } from "next-safe-action";
import { z } from "zod";
import { ActionError, authActionClient } from "@/lib/safe-action";

const schema = z.object({ name: z.string().min(3, "Too short") });

export const greet = authActionClient
  .metadata({ actionName: "greet" })
  .inputSchema(schema)
  .action(async ({ parsedInput: { name }, ctx }) => {
    if (name === "Stranger") throw new ActionError("Strangers are not greeted");
    if (name === "Crash") throw new Error("a detail that stays on the server");
    if (name === "Taken") returnValidationErrors(schema, { name: { _errors: ["Greeted already"] } });
    return { message: `Hello ${name}, from ${ctx.user}` };
  });

/** Its errors reach the browser as React's, which hides their message. */
export const greetOrThrow = authActionClient
  .metadata({ actionName: "greetOrThrow" })
  .inputSchema(schema)
  .action(
    async () => {
      throw new ActionError("Not today");
    },
    { throwServerError: true },
  );

/** Takes no input, and returns nothing. */
export const wave = authActionClient.metadata({ actionName: "wave" }).action(async () => {});
