"use server";

import { z } from "zod";
import { db } from "@/lib/db";
import { authActionClient } from "@/lib/safe-action";

export const like = authActionClient
  .metadata({ actionName: "like" })
  .inputSchema(z.object({ by: z.number() }))
  .action(async ({ parsedInput: { by } }) => {
    db.likes += by;
    return { likes: db.likes };
  });
