"use server";
import { revalidatePath } from "next/cache";
import { insert } from "@/lib/database";

export async function addTodo(text: string) {
  await insert("todos", text);
  revalidatePath("/use-optimistic");
}
