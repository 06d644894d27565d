// The actions of the forms. Each notes what it got, and returns a value that names it.
"use server";

import { revalidatePath } from "next/cache";
import { cookies } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { run, state } from "./state";

export async function save(form) {
  return { saved: "save", times: await run("save", form) };
}

export async function saveOther(form) {
  return { saved: "other", times: await run("other", form) };
}

/** Takes two bound arguments before the form. */
export async function saveBound(first, second, form) {
  return { saved: "bound", times: await run("bound", form, { bound: [first, [...second].map(([key, value]) => [key, String(value)])] }) };
}

/** Counts its runs in the state of a form. */
export async function saveState(previous, form) {
  await run("state", form, { previous });
  return { times: previous.times + 1, text: form.get("text") };
}

export async function saveStateBound(bound, previous, form) {
  await run("stateBound", form, { bound, previous });
  return { times: previous.times + 1, bound };
}

export async function saveStateAndGo(previous, form) {
  await run("stateGo", form, { previous });
  redirect(`/target?text=${form.get("text")}`);
}

export async function saveAndGo(form) {
  await run("go", form);
  redirect(String(form.get("to")));
}

export async function saveCookies(form) {
  await run("cookies", form);
  const store = await cookies();
  store.set("flavour", String(form.get("flavour")), { path: "/" });
  store.set("hidden", "from scripts", { path: "/", httpOnly: true });
  return { saved: "cookies" };
}

/** Changes what the page shows, and has the page rendered again. */
export async function saveFresh(form) {
  await run("fresh", form);
  state().saves += 1;
  revalidatePath("/");
  return { saved: "fresh" };
}

export async function saveAndThrow(form) {
  await run("throw", form);
  (await cookies()).set("flavour", "thrown", { path: "/" });
  throw new Error("the form failed");
}

export async function saveAndMiss(form) {
  await run("miss", form);
  notFound();
}

/** Answers as an action of next-safe-action does that has refused its input. */
export async function saveSafe(previous, form) {
  await run("safe", form);
  if (String(form.get("email")).includes("@")) return { data: { saved: "safe" } };
  return { validationErrors: { email: { _errors: ["This is no address."] }, owner: { name: { _errors: ["Say a name."] } }, _errors: ["Look at the fields."] } };
}

/** Answers with the flattened errors of a zod schema, as an action with zod-form-data does. */
export async function saveZod(previous, form) {
  await run("zod", form);
  if (String(form.get("email")).includes("@")) return { ok: true };
  return { ok: false, code: "INVALID", errors: { formErrors: [], fieldErrors: { email: ["This is no address."] } } };
}
