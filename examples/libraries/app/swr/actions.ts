"use server";
import { insert, select } from "@/lib/database";

export async function listTodos() {
  return select("todos");
}

export async function addTodo(text: string) {
  await insert("todos", text);
}
