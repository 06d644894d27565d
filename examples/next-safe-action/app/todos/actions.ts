"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { db } from "@/lib/db";
import { ActionError, authActionClient } from "@/lib/safe-action";

export const addTodo = authActionClient
  .metadata({ actionName: "addTodo" })
  .inputSchema(z.object({ title: z.string().min(1) }))
  .action(async ({ parsedInput: { title } }) => {
    if (db.todos.includes(title)) throw new ActionError(`${title} is in the list`);
    db.todos = [...db.todos, title];
    revalidatePath("/todos");
    return { title };
  });

export const clearTodos = authActionClient.metadata({ actionName: "clearTodos" }).action(async () => {
  db.todos = [];
  revalidatePath("/todos");
});
