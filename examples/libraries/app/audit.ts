"use server";
// An action that goes Next's own way: while it runs, every other action without a lane waits for it.
import { insert } from "@/lib/database";

export async function audit() {
  await insert("audits", "audit");
}
