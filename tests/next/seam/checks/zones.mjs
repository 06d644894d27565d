// Checks of an app on whose origin another one is shown, under a path of its own.
import assert from "node:assert/strict";
import { CONFIGS } from "../configs.mjs";
import { pageOf } from "../page.mjs";
import actions from "./actions.mjs";

export default function ({ check, tab, server }) {
  const { base } = CONFIGS.mixed;
  const api = async (what, name = "") => (await fetch(`${server.url}${base}/api/${what}?name=${name}`)).json();
  const zone = pageOf({ ...server, api }, tab, base);
  actions({ ...zone, check: (name, run) => check(`in the zone: ${name}`, run) });

  check("the user goes from zone to zone, and each has its own actions", async () => {
    await zone.fresh(undefined);
    assert.equal(await tab.run(async () => window.fixture.actions.add(2, 3, "zone")), 5);
    await tab.open(server.url);
    await tab.until(async () => window.hydrated && window.fixture !== undefined);
    assert.equal(await tab.run(async () => window.fixture.actions.add(2, 4, "main")), 6);
    assert.deepEqual(await zone.runs(), { zone: 1 });
  });
}
