"use server";

import { z } from "zod";
import { actionClient } from "@/lib/safe-action";

export const save = actionClient
  .metadata({ actionName: "save" })
  .inputSchema(z.object({ text: z.string() }))
  .action(async ({ parsedInput: { text } }) => ({ saved: text }));
