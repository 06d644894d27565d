// Checks of arguments that are more than values.
import assert from "node:assert/strict";

export default function ({ check, tab, fresh, runs }) {
  check("a body above the limit of the server is refused by the server, and not run", async () => {
    await fresh({ add: { lane: "main" } });
    const code = await tab.run(async () => window.fixture.actions.add("x".repeat(1 << 20), "", "k").catch((error) => error.code));
    assert.equal(code, "BODY_TOO_LARGE");
    assert.deepEqual(await runs(), {});
  });

  check("a stream and temporary references among the arguments", async () => {
    await fresh({ default: { lane: "main" } });
    const value = await tab.run(async () => {
      const stream = new ReadableStream({ start: (to) => (to.enqueue("part"), to.close()) });
      const mark = () => "mine";
      const { text, back } = await window.fixture.actions.echo(stream, mark, "k");
      return `${text} ${back === mark}`;
    });
    assert.equal(value, "part true");
    assert.deepEqual(await runs(), { k: 1 });
  });

  check("a temporary reference comes back through Next's reducer", async () => {
    await fresh({ default: { lane: "main" } });
    assert.equal(await tab.run(async () => {
      const mark = () => "mine";
      return (await window.fixture.actions.touchAndEcho(mark, "k")) === mark;
    }), true);
    assert.deepEqual(await runs(), { k: 1 });
  });
}
