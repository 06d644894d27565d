"use server";
import { revalidatePath } from "next/cache";
import { createSafeActionClient } from "next-safe-action";
import { z } from "zod";
import { insert } from "@/lib/database";

const client = createSafeActionClient();

export const rename = client
  .inputSchema(z.object({ name: z.string().min(3, "Three letters at least") }))
  .action(async ({ parsedInput: { name } }) => {
    await insert("names", name);
    revalidatePath("/next-safe-action");
    return { name };
  });
