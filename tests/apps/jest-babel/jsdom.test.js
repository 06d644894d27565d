/** @jest-environment jsdom */
import { createDispatcher, isActionError } from "actionlane";

test("it can be imported, and fails in good order where jsdom has neither fetch nor text coders", async () => {
  const error = await createDispatcher().call("7f".padEnd(42, "0")).catch((error) => error);
  expect([isActionError(error), error.code]).toEqual([true, "WASM_LOAD"]);
  expect(error.message).toMatch(/TextDecoder/);
});
