// Checks of an app that is exported as files: it has no actions, and the package must not be in its way.
import assert from "node:assert/strict";

export default function ({ check, tab, fresh }) {
  check("an exported page works, and the package can be called", async () => {
    await fresh(undefined);
    assert.equal(await tab.run(async () => window.fixture.withOptions(() => "called", { lane: "x" })()), "called");
    await tab.run(async () => {
      window.fixture.configureActions({ default: { lane: "x" } });
      window.stays = true;
      window.fixture.router.push("/second");
    });
    await tab.until(async () => document.querySelector("h1").textContent === "second");
    assert.equal(await tab.run(async () => window.stays), true, "the document was kept");
    assert.deepEqual((await tab.console()).filter(({ level }) => level === "SEVERE").map(({ message }) => message).filter((message) => !message.includes("favicon")), []);
  });
}
