"use server";

import { revalidatePath } from "next/cache";
import { notFound, redirect } from "next/navigation";
import { gate, ran, state } from "./state";

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function add(a, b, key) {
  ran(key);
  return a + b;
}

export async function slow(ms, key) {
  ran(key);
  await wait(ms);
  return key;
}

export async function gated(name, key) {
  ran(key);
  await gate(name).promise;
  return key;
}

/** Answers with the head at once, and with its value when the gate opens. */
export async function late(name, key) {
  ran(key);
  return { later: gate(name).promise.then(() => "late"), key };
}

export async function touch(key) {
  ran(key);
  state.data += 1;
  revalidatePath("/", "layout");
  return state.data;
}

/** The same as `touch`, for another policy. */
export async function touchToo(key) {
  ran(key);
  state.data += 1;
  revalidatePath("/", "layout");
  return state.data;
}

/** Changes the data, and answers only when the gate opens: its page is rendered then. */
export async function touchGated(name, key) {
  ran(key);
  await gate(name).promise;
  state.data += 1;
  revalidatePath("/", "layout");
  return state.data;
}

export async function leave(key) {
  ran(key);
  redirect("/target");
}

export async function fail(key) {
  ran(key);
  throw new Error("failed on purpose");
}

export async function missing(key) {
  ran(key);
  notFound();
}

export async function save(previous, form) {
  ran(form.get("key"));
  return { saved: form.get("text"), before: previous?.saved ?? null };
}

export async function submit(form) {
  ran(form.get("key"));
  state.text = form.get("text");
  revalidatePath("/");
}

export async function echo(stream, back, key) {
  ran(key);
  let text = "";
  for await (const part of stream) text += part;
  return { text, back };
}

export async function touchAndEcho(back, key) {
  ran(key);
  revalidatePath("/");
  return back;
}
