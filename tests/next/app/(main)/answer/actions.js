"use server";

/** Only `/answer` owns it, and the middleware there does not let a forwarded action through. */
export async function answerOnly() {
  return "answered";
}
