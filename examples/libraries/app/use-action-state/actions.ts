"use server";
import { insert } from "@/lib/database";

export interface State {
  name: string;
  error?: string;
}

export async function rename(previous: State, form: FormData): Promise<State> {
  const name = String(form.get("name"));
  if (name.length < 3) return { ...previous, error: "Three letters at least" };
  await insert("names", name);
  return { name };
}
