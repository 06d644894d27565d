import assert from "node:assert/strict";

export default function (check) {
  check(1, "the bar is full when the file has been sent, and the value follows", async ({ run, tab, runs }) => {
    await run(1);
    const { value, bar } = await tab.run(async () => {
      const form = new FormData();
      form.append("file", new File([new Uint8Array(500_000)], "a.bin"));
      const bar = document.createElement("progress");
      const value = await window.block.module.upload(form, bar);
      return { value, bar: [bar.value, bar.max] };
    });
    assert.deepEqual(value, { bytes: 500_000 });
    assert.equal(bar[0], bar[1]);
    assert.ok(bar[1] > 500_000);
    assert.equal((await runs("upload")).length, 1);
  });

  check(1, "a file above the limit is refused before it is sent", async ({ run, tab, requests }) => {
    await run(1);
    const code = await tab.run(async () => {
      const form = new FormData();
      form.append("file", new File([new Uint8Array(21_000_000)], "a.bin"));
      return window.block.module.upload(form, document.createElement("progress")).catch(({ code }) => code);
    });
    assert.equal(code, "BODY_TOO_LARGE");
    assert.deepEqual(await requests(), []);
  });
}
