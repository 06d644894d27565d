// Checks of docs/libraries/tanstack-form.md.
import assert from "node:assert/strict";
import { refuseActions } from "../connection.mjs";

export default function ({ check, fresh, type, press, says, drops, begun, hold, open, holdNext, state }) {
  const signUp = async (name) => {
    await type("name", name);
    await press("Sign up");
  };

  check("the action runs and ends beside one that holds Next's queue", async () => {
    await holdNext();
    await hold("Grace");
    await signUp("Grace");
    await begun("audit", "Grace");
    await says("runs");
    await open("Grace");
    await says("idle");
    assert.deepEqual((await state()).rows, { users: ["Grace"] });
    await open("audit");
  });

  check("the error of a field is shown before anything is sent", async () => {
    await type("name", "G");
    await says("Three letters at least");
  });

  check("the server's error reaches the form", async () => {
    await signUp("admin");
    await says("The name is taken");
    assert.deepEqual((await state()).begun, []);
  });

  check("a running action can be aborted, and the form can be sent again", async () => {
    await hold("Grace");
    await signUp("Grace");
    await begun("Grace");
    await press("Cancel");
    await says("ABORTED");
    await signUp("Ada");
    await begun("Grace", "Ada");
    await drops("ABORTED");
    await open("Grace");
  });

  check("an error of the network reaches the form", async () => {
    await fresh("/tanstack-form", refuseActions);
    await signUp("Grace");
    await says("NETWORK");
  });
}
