"use server";

/** Owned by `/answer` only, where the middleware stops forwarded actions. */
export async function answerOnly() {
  return "answered";
}
