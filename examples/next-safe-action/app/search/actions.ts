"use server";

import { z } from "zod";
import { actionClient } from "@/lib/safe-action";

const CITIES = ["Athens", "Berlin", "Bern", "Rome"];

export const search = actionClient
  .metadata({ actionName: "search" })
  .inputSchema(z.object({ text: z.string() }))
  .action(async ({ parsedInput: { text } }) => ({
    found: CITIES.filter((city) => city.toLowerCase().startsWith(text.toLowerCase())),
  }));
