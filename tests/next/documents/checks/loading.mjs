import assert from "node:assert/strict";
import { loadedWasm } from "../../seam/page.mjs";

export default function (check) {
  const codec = async () => {
    const [value] = await window.block.module.d.call(window.refs.echo.id, [[new Uint8Array([1, 2])]]);
    return [...value];
  };

  check(1, "both modules are there before the first call", async ({ run, tab, open }) => {
    await open("/done");
    assert.deepEqual(await tab.run(loadedWasm), [], "nothing else loads them");
    await run(1);
    const before = (await tab.run(loadedWasm)).map((name) => /(dispatcher|flight)/.exec(name)[0]);
    assert.deepEqual(before, ["dispatcher", "flight"]);
    assert.deepEqual(await tab.run(codec), [1, 2]);
    assert.equal((await tab.run(loadedWasm)).length, 2);
  });

  check(2, "the wasm comes from the addresses that init() was given", async ({ run, tab, url }) => {
    await run(2);
    assert.deepEqual(await tab.run(codec), [1, 2]);
    assert.deepEqual(await tab.run(loadedWasm), [`${url}/static/actionlane.wasm`, `${url}/static/flight.wasm`]);
  });

  check(3, "the script sets the global, and finds the wasm beside itself", async ({ open, tab, url }) => {
    await open("/run/loading/3.html");
    await tab.until(async () => window.actionlane !== undefined);
    assert.deepEqual(await tab.run(loadedWasm), [], "nothing is loaded before it is needed");
    const sessionId = await tab.run(async () => {
      const { createPaymentSession } = await (await fetch("/api/ids")).json();
      return (await window.actionlane.createDispatcher({ url: "/run/loading/1" }).call(createPaymentSession, [1, "a"])).sessionId;
    });
    assert.equal(sessionId, "cs_1");
    assert.deepEqual(await tab.run(loadedWasm), [`${url}/vendor/actionlane/dispatcher.wasm`]);
  });
}
