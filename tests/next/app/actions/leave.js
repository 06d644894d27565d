// Actions that redirect or end with an HTTP status, some after other changes.
"use server";

import * as navigation from "next/navigation";
import { revalidatePath } from "next/cache";
import { cookies } from "next/headers";
import { count, gate } from "../state";

/** Redirects to any URL, also of another origin. `type`: "push", "replace", or the version's default. */
export async function goTo(url, type) {
  navigation.redirect(url, type);
}

/** Redirects once a test has opened the gate `key`. */
export async function waitAndGo(key, url, type) {
  await gate(key).pass();
  navigation.redirect(url, type);
}

export async function goPermanently(url, type) {
  navigation.permanentRedirect(url, type);
}

export async function setCookieAndGo(url, value) {
  (await cookies()).set("flavour", value, { path: "/" });
  navigation.redirect(url);
}

export async function revalidateAndGo(url) {
  count("path");
  revalidatePath(url.split(/[?#]/)[0]);
  navigation.redirect(url);
}

export async function notFoundHere() {
  navigation.notFound();
}

/** Returns "absent" if the version of Next lacks the function. */
export async function forbiddenHere() {
  return interrupt("forbidden");
}

export async function unauthorizedHere() {
  return interrupt("unauthorized");
}

export async function setCookieAndMiss(value) {
  (await cookies()).set("flavour", value, { path: "/" });
  navigation.notFound();
}

async function interrupt(name) {
  const call = navigation[name];
  if (typeof call !== "function") return "absent";
  call();
}
