import assert from "node:assert/strict";

export default function (check, blocks) {
  check(1, "the answer is as the comment shows it", async ({ run, tab }) => {
    await run(1);
    const shown = [...blocks[0].code.matchAll(/^\/\/ (\d:.*)$/gm)].map(([, row]) => row);
    const rows = (await tab.run(async () => window.block.module.text)).trim().split("\n");
    const alike = (row) => row.replace(/cs_\d+/, "cs_N").replace(/"b":"[\w-]+"/, '"b":"the build"');
    assert.deepEqual(rows.map(alike), shown.map(alike));
  });
}
