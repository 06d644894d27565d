"use server";

/** Stands in for versions of Next without `'use cache'`. */
export async function cachedNow() {
  return "absent";
}
