"use server";

/** This version has no `'use cache'`. */
export async function cachedNow() {
  return "absent";
}
