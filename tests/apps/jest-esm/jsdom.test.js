/** @jest-environment jsdom */
import { createDispatcher, isActionError } from "actionlane";

test("importing works where jsdom has neither fetch nor text coders, and a call fails with the reason", async () => {
  const error = await createDispatcher().call("7f".padEnd(42, "0")).catch((error) => error);
  expect([isActionError(error), error.code]).toEqual([true, "WASM_LOAD"]);
  expect(error.message).toMatch(/TextDecoder/);
});
