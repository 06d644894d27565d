"use server";

// Only `/guarded` and `/thief` own these actions; both are behind the middleware.
import { effect } from "../../state";

export async function guardedEcho(...values) {
  return values;
}

export async function guardedWrite(key) {
  return effect(key);
}
