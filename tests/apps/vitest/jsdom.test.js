// @vitest-environment jsdom
import * as actionlane from "actionlane";
import { test } from "vitest";
import { checks } from "./src/checks.js";

for (const [name, check] of Object.entries(checks)) {
  // The `fetch` there is Node's, which takes no `FormData` of jsdom's.
  test.skipIf(name === "a call with a map and a file")(name, () => check(actionlane, (query) => `${process.env.ACTIONS}/?${query}`));
}
