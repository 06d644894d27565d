"use client";

import * as other from "actionlane-other/next";
import { configureActions } from "actionlane/next";
import { add } from "../actions";

export default function Page() {
  if (typeof window !== "undefined") window.fixture = { actions: { add }, configureActions, other };
  return <h1>twice</h1>;
}
