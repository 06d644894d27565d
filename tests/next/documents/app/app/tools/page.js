"use client";
import { getDispatcher } from "actionlane/next";
import * as imported from "@/app/actions";
import { setQuantity } from "@/app/cart/actions";

/** Gives the checks the actions as pages import them. */
export default function Page() {
  if (typeof window !== "undefined") window.tools = { ...imported, setQuantity, getDispatcher };
  return null;
}
