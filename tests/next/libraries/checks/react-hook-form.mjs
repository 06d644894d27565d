// Checks of docs/libraries/react-hook-form.md.
import assert from "node:assert/strict";
import { loseFirstAnswer, refuseActions } from "../connection.mjs";

export default function ({ check, tab, fresh, type, press, says, drops, begun, hold, open, holdNext, state }) {
  const signUp = async (email, name = "Grace") => {
    await type("email", email);
    await type("name", name);
    await press("Sign up");
  };

  check("the action runs and ends beside one that holds Next's queue", async () => {
    await holdNext();
    await signUp("a@b.co");
    await says("signed up");
    await open("audit");
  });

  check("the schema's errors reach their fields, and nothing is sent", async () => {
    await signUp("a", "G");
    await says("No address");
    await says("Three letters at least");
    assert.deepEqual((await state()).begun, []);
  });

  check("the server's error reaches the field", async () => {
    await signUp("a@b.co");
    await says("signed up");
    await signUp("a@b.co");
    await says("The address is taken");
    await says("idle");
  });

  check("a running call can be aborted, and the form can be sent again", async () => {
    await hold("a@b.co");
    await signUp("a@b.co");
    await begun("a@b.co");
    await press("Cancel");
    await says("ABORTED: It may have run");
    await signUp("c@d.co");
    await says("signed up");
    await drops("ABORTED");
    await open("a@b.co");
  });

  check("a lost answer is asked for again, and the action runs once", async () => {
    await fresh("/react-hook-form", loseFirstAnswer);
    await signUp("a@b.co");
    await says("signed up");
    const keys = await tab.run(async () => window.keys);
    assert.equal(keys.length, 2);
    assert.equal(new Set(keys).size, 1);
    assert.deepEqual((await state()).begun, ["a@b.co"]);
  });

  check("a connection that stays broken is an error of the form", async () => {
    await fresh("/react-hook-form", refuseActions);
    await signUp("a@b.co");
    await says("NETWORK: It may have run");
  });
}
