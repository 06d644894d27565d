"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { db } from "@/lib/db";
import { authActionClient } from "@/lib/safe-action";

export const renameUser = authActionClient
  .metadata({ actionName: "renameUser" })
  .inputSchema(z.object({ name: z.string().min(1) }))
  .bindArgsSchemas<[id: z.ZodString]>([z.string()])
  .action(async ({ parsedInput: { name }, bindArgsParsedInputs: [id] }) => {
    db.users[id] = name;
    revalidatePath(`/users/${id}`);
    return { id, name };
  });
