"use client";
import { useEffect } from "react";

/** Says that React has hydrated the page, which it does from top to bottom. */
export function Probe() {
  useEffect(() => void (window.hydrated = true), []);
  return null;
}
