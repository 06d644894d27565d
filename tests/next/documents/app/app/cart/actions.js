"use server";

import { begin } from "@/state";

export async function setQuantity(quantity) {
  await begin("setQuantity", quantity);
  return quantity;
}
