"use server";

// Each action first counts under its own name; the pages show the counts. Functions that a version of Next lacks
// give "absent".
import * as cache from "next/cache";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { TAG } from "../tagged";
import { count, gate } from "../state";

export async function changeNothing() {
  return count("nothing");
}

export async function revalidateThisPath(path = "/") {
  count("path");
  cache.revalidatePath(path);
  return path;
}

/** Counts under `key` once a test has opened the gate of that name. The page that comes along shows the count. */
export async function countAt(key) {
  await gate(key).pass();
  count(key);
  cache.revalidatePath("/");
  return key;
}

/** Does the same, then redirects. */
export async function countAtAndGo(key, url) {
  await countAt(key);
  redirect(url);
}

/** Reads a stream of text, which can be written once only, and revalidates. */
export async function countRead(stream) {
  const text = await new Response(stream.pipeThrough(new TextEncoderStream())).text();
  count("read");
  cache.revalidatePath("/");
  return text;
}

export async function revalidateLayout() {
  count("layout");
  cache.revalidatePath("/", "layout");
  return "layout";
}

export async function revalidateByTag() {
  count("tag");
  cache.revalidateTag(TAG);
  return TAG;
}

/** Revalidates with a profile: only later visits see it (Next 16). */
export async function revalidateByTagLater() {
  count("tagLater");
  cache.revalidateTag(TAG, "max");
  return TAG;
}

export async function updateByTag() {
  return ifThere("updateTag", "update", TAG);
}

export async function refreshOnly() {
  return ifThere("refresh", "refresh");
}

export async function cookieOnly() {
  const value = String(count("cookie"));
  (await cookies()).set("flavour", value, { path: "/" });
  return value;
}

export async function revalidateAndThrow() {
  count("path");
  cache.revalidatePath("/");
  throw new Error("after revalidating");
}

async function ifThere(name, kind, ...args) {
  const call = cache[name];
  if (typeof call !== "function") return "absent";
  count(kind);
  call(...args);
  return name;
}
