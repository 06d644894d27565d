"use server";

import * as navigation from "next/navigation";
import { revalidatePath } from "next/cache";
import { cookies } from "next/headers";
import { count, gate } from "../state";

/** `type`: "push", "replace", or the version's default. Any URL, also another origin's. */
export async function goTo(url, type) {
  navigation.redirect(url, type);
}

/** The same, once somebody has opened the gate `key`. */
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

/** "absent" where the version has no such thing. */
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
