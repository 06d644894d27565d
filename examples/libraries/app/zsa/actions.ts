"use server";
import { z } from "zod";
import { createServerAction } from "zsa";
import { insert } from "@/lib/database";

export const rename = createServerAction()
  .input(z.object({ name: z.string().min(3, "Three letters at least") }))
  .handler(async ({ input: { name } }) => {
    await insert("names", name);
    return { name };
  });
