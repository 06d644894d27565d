"use client";

import { configureActions, getDispatcher } from "actionlane/next";
import * as actions from "./actions";

export function Edge() {
  if (typeof window !== "undefined") window.fixture = { actions, configureActions, getDispatcher };
  return null;
}
