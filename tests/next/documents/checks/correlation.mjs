import assert from "node:assert/strict";

const PARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-01$/;

export default function (check) {
  check(1, "the client sends an id and a trace with each call", async ({ run, tab, requests }) => {
    await run(1);
    await tab.run(async () => window.block.module.d.call(window.refs.search.id, ["a"]));
    const [headers] = await requests();
    assert.match(headers["x-request-id"], /^[0-9a-f-]{36}$/);
    assert.match(headers.traceparent, PARENT);
  });

  check(2, "the browser's id is in the line of the log and in the statement", async ({ run, tab, runs, requests, logged }) => {
    await run(2);
    const number = await tab.run(async () => {
      const d = await window.getDispatcher();
      return d.call(window.block.module.placeOrder, ["book"], { trace: { requestId: "click:1", traceparent: true } });
    });
    assert.equal(number, 12);
    const [{ "x-request-id": sent, traceparent }] = await requests();
    assert.equal(sent, "click:1");
    assert.match(traceparent, PARENT);
    const line = await logged('"order placed"');
    assert.deepEqual(JSON.parse(line), { request: "click:1", message: "order placed", number: 12 });
    const insert = "INSERT INTO orders (sku) VALUES ($1) RETURNING number";
    assert.deepEqual(await runs("query"), [[`${insert} /*action='placeOrder',request_id='click%3A1',traceparent='${traceparent}'*/`, ["book"]]]);
  });

  check(2, "an id that would break the log is replaced", async ({ run, tab, runs, requests, logged }) => {
    await run(2);
    await tab.run(async () => {
      const d = await window.getDispatcher();
      return d.call(window.block.module.placeOrder, ["pen"], { trace: { requestId: '","message":"forged' } });
    });
    assert.equal((await requests())[0]["x-request-id"], '","message":"forged');
    const [[text]] = await runs("query");
    const [, id] = /request_id='([^']*)'/.exec(text);
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.equal(JSON.parse(await logged(id)).message, "order placed");
  });

  check(3, "a service that is called gets the same id and trace", async ({ url, requests }) => {
    const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
    await fetch(`${url}/run/correlation/3`, { headers: { "x-request-id": "click:3", traceparent } });
    const [headers] = await requests();
    assert.deepEqual([headers["x-request-id"], headers.traceparent], ["click:3", traceparent]);
  });
}
