// Actions of forms. Each returns the entries it got, and counts its runs.
"use server";

import { notFound, redirect } from "next/navigation";
import { cookies } from "next/headers";
import { effect } from "../state";

export async function saveForm(form) {
  return saved("form", form);
}

/** Takes two bound arguments before the form. */
export async function saveBound(first, second, form) {
  return { bound: [first, second], ...saved("bound", form) };
}

/** Works with `useActionState`: the state counts the submissions. */
export async function saveState(previous, form) {
  return { times: (previous?.times ?? 0) + 1, ...saved("state", form) };
}

export async function saveStateBound(bound, previous, form) {
  return { bound, times: (previous?.times ?? 0) + 1, ...saved("stateBound", form) };
}

/** Redirects, with a state: the next page shows the form's text. */
export async function saveStateAndGo(previous, form) {
  saved("stateGo", form);
  redirect(`/target?text=${form.get("text")}`);
}

/** Sets a cookie, with a state: the page that comes along and the state are shown at once. */
export async function saveStateAndCookie(previous, form) {
  (await cookies()).set("flavour", "state", { path: "/" });
  return { times: (previous?.times ?? 0) + 1, ...saved("stateCookie", form) };
}

export async function saveOther(form) {
  return saved("other", form);
}

export async function saveAndGo(form) {
  saved("go", form);
  redirect(String(form.get("to") ?? "/target"));
}

export async function saveCookie(form) {
  (await cookies()).set("flavour", String(form.get("flavour")), { path: "/" });
  return saved("cookie", form);
}

export async function saveAndMiss() {
  notFound();
}

export async function saveAndThrow() {
  throw new Error("the form failed");
}

function saved(kind, form) {
  const total = effect(`form:${kind}`);
  const entries = [...form].filter(([name]) => !name.startsWith("$ACTION_")).map(([name, value]) => [name, typeof value === "string" ? value : `file ${value.name} ${value.size}`]);
  return { total, entries };
}
