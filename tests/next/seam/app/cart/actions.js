"use server";

import { ran } from "../state";

/** No client component imports it. */
export async function remove(key) {
  ran(key);
  return `removed ${key}`;
}
