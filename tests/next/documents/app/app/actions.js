// The actions that the documents declare. Each notes that it runs, and may be held by its gate.
"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { begin, state } from "@/state";

export async function saveTokens(idToken, accessToken) {
  await begin("saveTokens", idToken, accessToken);
  revalidatePath("/", "layout");
}

export async function createPaymentSession(amount, idToken) {
  state.sessions += 1;
  const sessionId = `cs_${state.sessions}`;
  await begin("createPaymentSession", amount, idToken);
  return { sessionId, expiresAt: new Date("2026-11-21T09:00:00Z") };
}

export async function saveDraft(text) {
  await begin("saveDraft", text);
  return { id: text.length };
}

export async function addTodo(todo) {
  await begin("addTodo", todo);
  if (todo === "refused") throw new Error("refused on purpose");
  state.todos = [...state.todos, todo];
  revalidatePath("/", "layout");
}

export async function charge(cents) {
  await begin("charge", cents);
  return { paid: true };
}

/** Its state is a text in `docs/react.md`, and an object in `docs/next.md`. */
export async function save(previous, form) {
  await begin("save", previous, form);
  return typeof previous === "string" ? `Saved ${form.get("name")}` : { ...previous, error: undefined };
}

export async function saveNote(text) {
  await begin("saveNote", text);
}

export async function saveForm(form) {
  await begin("saveForm", form);
  redirect("/done");
}

export async function search(text) {
  await begin("search", text);
  return `found ${text}`;
}

export async function fail() {
  await begin("fail");
  throw new Error("failed on purpose");
}

/** Returns the cart with one item more. */
export async function addItem(item) {
  await begin("addItem", item);
  state.items = [...state.items, item];
  return { items: state.items };
}

export async function upload(form) {
  const { size } = form.get("file");
  await begin("upload", size);
  return { bytes: size };
}

export async function echo(value) {
  return value;
}
