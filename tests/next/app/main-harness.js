"use client";

import * as actions from "./actions";
import { Harness } from "./harness";

/** The harness of pages that own the actions of `app/actions`. */
export function MainHarness(props) {
  return <Harness {...props} actions={actions} />;
}
