// @vitest-environment jsdom
import * as actionlane from "actionlane";
import { test } from "vitest";
import { checks } from "./src/checks.js";

for (const [name, check] of Object.entries(checks)) {
  // `fetch` in this environment is Node's, which accepts no `FormData` of jsdom's.
  test.skipIf(name === "a call with a map and a file sends both")(name, () => check(actionlane, (query) => `${process.env.ACTIONS}/?${query}`));
}
