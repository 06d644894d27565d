"use server";

import { forbidden, notFound, redirect, unauthorized } from "next/navigation";
import { z } from "zod";
import { authActionClient } from "@/lib/safe-action";

const ways = ["redirect", "notFound", "forbidden", "unauthorized"] as const;

export const leave = authActionClient
  .metadata({ actionName: "leave" })
  .inputSchema(z.object({ by: z.enum(ways) }))
  .action(async ({ parsedInput: { by } }) => {
    if (by === "redirect") redirect("/arrived");
    if (by === "notFound") notFound();
    if (by === "forbidden") forbidden();
    unauthorized();
  });
