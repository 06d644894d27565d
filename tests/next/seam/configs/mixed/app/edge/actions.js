"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { state } from "../state";

export async function touchOnEdge(by) {
  state.data += by;
  revalidatePath("/edge");
  return `${process.env.NEXT_RUNTIME} ${state.data}`;
}

export async function readOnEdge() {
  return new Date(0);
}

export async function leaveEdge() {
  redirect("/target");
}
