"use client";

import { configureActions, getDispatcher, withOptions } from "actionlane/next";
import { Bare } from "./bare";
import { lane } from "./policies";

export function Tools(props) {
  return <Bare {...props} more={{ configureActions, getDispatcher, withOptions, lane }} />;
}
