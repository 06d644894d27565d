"use client";

import { actions as byName } from "actionlane/actions";
import { configureActions, getDispatcher, withOptions } from "actionlane/next";
import { Bare } from "./bare";
import { lane } from "./policies";

export function Tools({ references, refused, ...props }) {
  return <Bare {...props} more={{ byName, references, refused, configureActions, getDispatcher, withOptions, lane }} />;
}
