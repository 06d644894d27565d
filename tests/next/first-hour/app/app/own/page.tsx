"use client";
import { useEffect } from "react";
import * as actions from "@/app/actions";
import { setQuantity } from "@/app/cart/actions";

/** Uses the app's actions as it did before. */
export default function Page() {
  useEffect(() => void Object.assign(window, { own: { ...actions, setQuantity } }), []);
  return <p>Own actions</p>;
}
