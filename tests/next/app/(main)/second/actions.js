"use server";

// Actions that `/` does not own: Next forwards a POST of them to this page.
import { cookies } from "next/headers";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { effect } from "../../state";

export async function secondEcho(...values) {
  effect("second");
  return values;
}

export async function secondCookie(value) {
  (await cookies()).set("second", value, { path: "/" });
  return value;
}

export async function secondRevalidate() {
  revalidatePath("/", "layout");
  return "layout";
}

export async function secondGoTo(url) {
  redirect(url);
}
