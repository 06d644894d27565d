"use client";

import { configureActions, getDispatcher, withOptions } from "actionlane/next";
import { useRouter } from "next/navigation";

export default function Page() {
  const router = useRouter();
  if (typeof window !== "undefined") window.fixture = { configureActions, getDispatcher, withOptions, router };
  return <h1>home</h1>;
}
