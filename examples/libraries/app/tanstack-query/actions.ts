"use server";
import { idempotencyKey, idempotent } from "actionlane/server";
import { headers } from "next/headers";
import { insert, results, select } from "@/lib/database";

export async function listTodos() {
  return select("todos");
}

export async function addTodo(text: string) {
  const key = idempotencyKey({ user: null, action: "addTodo", headers: await headers(), fingerprint: text });
  await idempotent(key, () => insert("todos", text), results);
}
