"use server";

export async function setQuantity(quantity: number) {
  return quantity;
}
