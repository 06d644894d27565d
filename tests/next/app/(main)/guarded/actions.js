"use server";

// Only pages behind the middleware own these: `/guarded` and `/thief`.
import { effect } from "../../state";

export async function guardedEcho(...values) {
  return values;
}

export async function guardedWrite(key) {
  return effect(key);
}
