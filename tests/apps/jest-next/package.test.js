// Runs the checks that need no `fetch`, in jsdom.
import * as actionlane from "actionlane";
import { checks } from "./src/checks.js";

for (const [name, check] of Object.entries(checks)) {
  // jsdom has no `fetch`.
  const runs = !name.startsWith("a call") && !name.startsWith("an answer with") && !name.startsWith("a route");
  (runs ? test : test.skip)(name, () => check(actionlane, (query) => `${process.env.ACTIONS}/?${query}`));
}

test("a call without fetch fails with a code", async () => {
  const error = await actionlane.createDispatcher().call("7f".padEnd(42, "0")).catch((error) => error);
  expect([actionlane.isActionError(error), error.code]).toEqual([true, "NETWORK"]);
});
