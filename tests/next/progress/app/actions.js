"use server";
import { createHash } from "node:crypto";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { closeGate, gate } from "./gate";

export async function echo(value) {
  return value;
}

/** Returns what has arrived of a form, and sets a cookie. */
export async function store(form) {
  const file = form.get("file");
  const hash = createHash("sha256").update(Buffer.from(await file.arrayBuffer())).digest("hex");
  (await cookies()).set("stored", String(file.size));
  return { name: form.get("name"), size: file.size, hash };
}

export async function storeAndGo(form) {
  await store(form);
  redirect("/there");
}

export async function fails() {
  throw new Error("it was meant to fail");
}

/** Returns a value of which a part comes later. */
export async function later() {
  closeGate();
  return { now: "ü€😀", later: gate().opened.then(() => "then") };
}
