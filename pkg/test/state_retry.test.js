// Retries of states whose actions have the value as their first argument.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { createDispatcher } from "../node.js";
import { state } from "../state.js";
import { ID, flight, serve } from "./server.js";

let server, fails;
before(async () => {
  server = await serve((_request, response, body) => {
    if (fails) response.writeHead(503).end();
    else flight(response, JSON.stringify(`after ${body}`));
  });
});
after(() => server.close());
beforeEach(() => {
  fails = true;
  server.requests.length = 0;
});

const sent = () => server.requests.map(({ body, headers }) => [...JSON.parse(body), headers["idempotency-key"]?.replaceAll('"', "")]);

/** Runs the action with each of these arguments, and promises the errors. */
function failing(text, ...list) {
  return Promise.all(list.map((argument) => text.run(argument).then(() => assert.fail("it fails"), (error) => error)));
}

test("with previous, a retry under a key that the server may know sends the same value again", async () => {
  const text = state(createDispatcher({ url: server.url }), ID, "first", undefined, { previous: true, idempotencyKey: true });
  const [one, two] = await failing(text, "x", "y");
  fails = false;
  await Promise.all(text.retry());
  const [x, y] = [["first", "x", one.idempotencyKey], ["first", "y", two.idempotencyKey]];
  assert.deepEqual(sent(), [x, y, x, y]);
  assert.equal(text.getSnapshot().value, 'after ["first","y"]');
});

test("with previous, a retry without a key sends the value that the runs before it have left", async () => {
  const text = state(createDispatcher({ url: server.url }), ID, "first", undefined, { previous: true });
  await failing(text, "x", "y");
  fails = false;
  await Promise.all(text.retry());
  assert.deepEqual(sent().slice(2), [["first", "x", undefined], ['after ["first","x"]', "y", undefined]]);
});

test("with previous, a run that has not reached the server is retried with the value as it is then", async () => {
  let isBroken = true;
  const headers = () => {
    if (isBroken) throw new Error("no session");
    return {};
  };
  const text = state(createDispatcher({ url: server.url, headers }), ID, "first", undefined, { previous: true, idempotencyKey: true });
  const errors = await failing(text, "x", "y");
  assert.deepEqual(errors.map((error) => error.sent), ["no", "no"]);
  isBroken = fails = false;
  await Promise.all(text.retry());
  assert.deepEqual(sent().map(([value, argument]) => [value, argument]), [["first", "x"], ['after ["first","x"]', "y"]]);
});

test("a retry that does not reach the server leaves key and arguments as they were for the next one", async () => {
  let isBroken = false;
  const lane = () => {
    if (isBroken) throw new Error("no lane");
    return "main";
  };
  for (const previous of [false, true]) {
    server.requests.length = 0;
    fails = true;
    const text = state(createDispatcher({ url: server.url }), ID, "first", undefined, { previous, idempotencyKey: true, lane });
    await failing(text, "x", "y");
    isBroken = true;
    await Promise.allSettled(text.retry());
    isBroken = fails = false;
    await Promise.all(text.retry());
    const [x, y, ...again] = sent();
    assert.deepEqual(again, [x, y], `previous: ${previous}`);
  }
});
