// Tests forms whose actions have bound arguments or a state. React's own fields, and its own reading of what is sent:
// `tests/oracle/forms.test.mjs`.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { addFile, next, posted, show, visit } from "./forms_page.js";

const { createDispatcher, ready } = await import("../node.js");
const { bindForms } = await import("../forms.js");
const { readAction } = await import("../forms/read_action.js");
const { ID, flight, makeGate, serve } = await import("./server.js");

let server, answer, d, unbind;
before(async () => {
  server = await serve((...args) => answer(...args));
  visit(server.url);
});
after(() => server.close());
beforeEach(() => {
  let count = 0;
  answer = (_request, response) => flight(response, `{"count":${(count += 1)}}`);
  server.requests.length = posted.length = 0;
  d = createDispatcher({ nextVersion: "16.4.6" });
});
afterEach(() => {
  unbind?.();
  d.close();
});

const hidden = (name, value) => `<input type="hidden" name="${name}" value="${value.replaceAll('"', "&quot;")}">`;
const bound = (args, more = "", { key, prefix = "1", id = ID, fields = "" } = {}) => `<form method="POST" action="">${[
  hidden(`$ACTION_REF_${prefix}`, ""),
  hidden(`$ACTION_${prefix}:0`, `{"id":"${id}","bound":"$@1"}`),
  more,
  hidden(`$ACTION_${prefix}:1`, args),
  key ? hidden("$ACTION_KEY", key) : "",
].join("")}${fields}<input name="a" value="1"><button>Go</button></form>`;
const bind = (options) => (unbind = bindForms(d, document, options));
const parts = ({ body }) => [...body.matchAll(/name="([^"]*)"\r\n\r\n([^]*?)\r\n--/g)].map(([, name, value]) => [name, value]);

test("the package reads the forms of the vectors as Rust does", async () => {
  await ready({ codec: true });
  const client = { loadFlight: () => assert.fail("the codec is loaded") };
  for (const { what, fields, button, ...wanted } of JSON.parse(readFileSync(new URL("../../tests/vectors/form_fields.json", import.meta.url)))) {
    const { id, stateKey, bound } = readAction(client, fields, button);
    assert.deepEqual({ id, stateKey, bound: bound ?? 0 }, { stateKey: undefined, bound: 0, ...wanted }, what);
  }
  assert.throws(() => readAction(client, [], null), { code: "ENCODE" });
});

test("bound arguments are carried as they are, before the form's entries", async () => {
  const form = show(bound('["$@2",{"m":"$Q3"}]', hidden("$ACTION_1:2", '"c2VjcmV0"') + hidden("$ACTION_1:3", '[["a",1]]')));
  bind();
  form.requestSubmit();
  await next("actionlane:result");
  assert.deepEqual(parts(server.requests[0]), [["2", '"c2VjcmV0"'], ["3", '[["a",1]]'], ["_4_a", "1"], ["0", '["$@2",{"m":"$Q3"},"$K4"]']]);
  assert.equal(server.requests[0].headers["next-action"], ID);
});

test("a form of useActionState sends the state that its action has returned", async () => {
  const form = show(bound('[7,{"count":0}]', "", { key: "k1" }));
  bind();
  for (const root of ['[7,{"count":0},"$K1"]', '[7,{"count":1},"$K1"]', '[7,{"count":2},"$K1"]']) {
    form.requestSubmit();
    await next("actionlane:result");
    assert.equal(parts(server.requests.at(-1)).at(-1)[1], root);
  }
  answer = (_request, response) => response.writeHead(500, { "content-type": "text/plain" }).end("no");
  form.requestSubmit();
  await next("actionlane:error");
  answer = (_request, response) => flight(response, "null");
  form.requestSubmit();
  await next("actionlane:result");
  assert.equal(parts(server.requests.at(-1)).at(-1)[1], '[7,{"count":3},"$K1"]', "a failure leaves the state");
});

test("a state that is not plain is sent with parts of its own", async () => {
  const form = show(bound('["$Q2","$undefined"]', hidden("$ACTION_1:2", '[["a",1]]'), { key: "k1" }));
  answer = (_request, response) => response.writeHead(200, { "content-type": "text/x-component" }).end('0:{"a":"$@1","q":"","i":false}\n2:[["x",{"n":1}]]\n1:{"map":"$Q2"}\n');
  bind();
  form.requestSubmit();
  await next("actionlane:result");
  form.requestSubmit();
  await next("actionlane:result");
  assert.deepEqual(parts(server.requests[1]), [["2", '[["a",1]]'], ["3", '[["x",{"n":1}]]'], ["_4_a", "1"], ["0", '["$Q2",{"map":"$Q3"},"$K4"]']]);
});

test("forms with the same key share a state; a form that has left the page takes its state along", async () => {
  const two = bound("[0]", "", { key: "k1" }) + bound("[0]", "", { key: "k1" }) + bound("[0]", "", { key: "k2" });
  show(two);
  bind();
  const [first, second, third] = document.forms;
  for (const [form, root] of [[first, "0"], [second, '{"count":1}'], [third, "0"], [first, '{"count":2}']]) {
    form.requestSubmit();
    await next("actionlane:result");
    assert.equal(parts(server.requests.at(-1)).at(-1)[1], `[${root},"$K1"]`);
  }
  const fresh = show(two);
  fresh.requestSubmit();
  await next("actionlane:result");
  assert.equal(parts(server.requests.at(-1)).at(-1)[1], '[0,"$K1"]');
});

test("with the strategy queue, a submission waits for the state of the one before", async () => {
  const gate = makeGate();
  let count = 0;
  answer = async (_request, response) => {
    count += 1;
    if (count === 1) await gate.opened;
    flight(response, `{"count":${count}}`);
  };
  const form = show(bound("[null]", "", { key: "k1" }));
  bind({ strategy: "queue" });
  form.requestSubmit();
  form.requestSubmit();
  gate.open();
  await next("actionlane:result");
  await next("actionlane:result");
  assert.deepEqual(server.requests.map((request) => parts(request).at(-1)[1]), ['[null,"$K1"]', '[{"count":1},"$K1"]']);
  assert.equal(form.hasAttribute("data-pending"), false);
});

test("a submission goes to the address that its form had, also if it has waited", async () => {
  const form = show(bound("[null]", "", { key: "k1" }));
  bind({ strategy: "queue" });
  for (const address of ["/first", "/second", "/third"]) {
    form.setAttribute("action", address);
    form.requestSubmit();
  }
  for (let count = 0; count < 3; count += 1) await next("actionlane:result");
  assert.deepEqual(server.requests.map(({ url }) => url), ["/first", "/second", "/third"]);
});

test("with a strategy that keeps all, each of three submissions sends the state of the one before", async () => {
  let count = 0;
  answer = (_request, response) => flight(response, `{"count":${(count += 1)}}`);
  for (const strategy of ["queue", "join"]) {
    server.requests.length = count = 0;
    const form = show(bound("[null]", "", { key: "k1" }));
    bind({ strategy });
    for (let at = 0; at < 3; at += 1) form.requestSubmit();
    for (let at = 0; at < 3; at += 1) await next("actionlane:result");
    unbind();
    assert.deepEqual(server.requests.map((request) => parts(request).at(-1)[1]), ['[null,"$K1"]', '[{"count":1},"$K1"]', '[{"count":2},"$K1"]'], strategy);
  }
});

test("with the strategy queue last, the last submission alone follows the one that is pending, with its state", async () => {
  const gate = makeGate();
  let count = 0;
  answer = async (_request, response) => {
    count += 1;
    if (count === 1) await gate.opened;
    flight(response, `{"count":${count}}`);
  };
  const form = show(bound("[null]", "", { key: "k1" }));
  bind({ strategy: "queue last" });
  for (const value of ["1", "2", "3"]) {
    form.elements.a.value = value;
    form.requestSubmit();
  }
  gate.open();
  await next("actionlane:result");
  await next("actionlane:result");
  assert.deepEqual(server.requests.map((request) => [parts(request)[0][1], parts(request).at(-1)[1]]), [["1", '[null,"$K1"]'], ["3", '[{"count":1},"$K1"]']]);
  assert.equal(form.hasAttribute("data-pending"), false);
});

test("a submission waits for that of another form with the same state", async () => {
  show(bound("[null]", "", { key: "k1" }) + bound("[null]", "", { key: "k1" }));
  bind();
  for (const form of document.forms) form.requestSubmit();
  for (let count = 0; count < 2; count += 1) await next("actionlane:result");
  assert.deepEqual(server.requests.map((request) => parts(request).at(-1)[1]), ['[null,"$K1"]', '[{"count":1},"$K1"]']);
});

test("the state of a form does not replace an argument of a button's own action", async () => {
  const own = (key) => `<button name="$ACTION_REF_2">${hidden("$ACTION_2:0", `{"id":"${ID}","bound":"$@1"}`)}${hidden("$ACTION_2:1", "[5]")}${key}</button>`;
  const roots = async (html) => {
    server.requests.length = 0;
    const form = show(html);
    bind();
    for (const name of ["", "$ACTION_REF_2", "", "$ACTION_REF_2"]) {
      [...form.querySelectorAll("button")].find((button) => button.name === name).click();
      await next("actionlane:result");
    }
    unbind();
    return server.requests.map((request) => parts(request).at(-1)[1]);
  };
  assert.deepEqual(await roots(bound("[0]", "", { key: "k1", fields: own("") })), ['[0,"$K1"]', '[5,"$K1"]', '[{"count":1},"$K1"]', '[5,"$K1"]']);
  assert.deepEqual(await roots(bound("[0]", "", { fields: own(hidden("$ACTION_KEY", "k2")) })), ['[0,"$K1"]', '[5,"$K1"]', '[0,"$K1"]', '[{"count":6},"$K1"]']);
});

test("without a version, an action of Next 14 gets its form under the names that 14 reads", async () => {
  d.close();
  d = createDispatcher();
  const id = "a".repeat(40);
  const form = show(bound("[7]", "", { id }));
  bind();
  form.requestSubmit();
  await next("actionlane:result");
  assert.deepEqual(parts(server.requests[0]), [["1_a", "1"], ["0", '[7,"$K1"]']]);
  show(`<form method="POST">${hidden(`$ACTION_ID_${id}`, "")}<input name="a" value="1"></form>`).requestSubmit();
  await next("actionlane:result");
  assert.deepEqual(parts(server.requests[1]), [["1_a", "1"], ["0", '["$K1"]']]);
});

test("without a version, texts are sent under the names of all versions, and files once", async () => {
  d.close();
  d = createDispatcher();
  const form = show(bound("[7]"));
  bind();
  form.requestSubmit();
  await next("actionlane:result");
  assert.deepEqual(parts(server.requests[0]), [["_1_a", "1"], ["1_a", "1"], ["0", '[7,"$K1"]']]);
  addFile(form, "f", new File(["hello"], "note.txt", { type: "text/plain" }));
  form.requestSubmit();
  await next("actionlane:result");
  assert.deepEqual([...server.requests[1].body.matchAll(/name="([^"]*)"/g)].map(([, name]) => name), ["_1_a", "_1_f", "note.txt", "0"]);
});

test("arguments that the action does not read are not sent", async () => {
  const id = "00".padEnd(42, "0");
  show(`<form method="POST">${hidden(`$ACTION_ID_${id}`, "")}<input name="a" value="1"></form>`).requestSubmit();
  bind();
  document.querySelector("form").requestSubmit();
  await next("actionlane:result");
  assert.equal(server.requests[0].body, "[]");
});

test("malformed fields are left to the browser", async () => {
  const { warn } = console;
  const warnings = [];
  console.warn = (...args) => warnings.push(args);
  try {
    bind();
    for (const html of [bound("[null]", "", { id: "toString" }), bound("{}"), bound("[null"), bound("[null]", hidden("$ACTION_1:0", "x"))]) {
      posted.length = 0;
      const form = show(html);
      form.querySelector("button").click();
      while (posted.length === 0) await new Promise(setImmediate);
      assert.deepEqual([form.hasAttribute("data-pending"), warnings.at(-1)[1].code], [false, "ENCODE"]);
    }
    assert.equal(server.requests.length, 0);
  } finally {
    console.warn = warn;
  }
});

test("a submission is retried with the same body, under its key", async () => {
  let count = 0;
  answer = (_request, response) => ((count += 1) === 1 ? response.writeHead(503, { "retry-after": "0" }).end() : flight(response, "1"));
  const form = show(bound("[7]", hidden("$ACTION_1:2", '"x"')));
  bind({ retry: 2, idempotencyKey: true });
  form.requestSubmit();
  await next("actionlane:result");
  const [first, second] = server.requests;
  assert.deepEqual(parts(first), parts(second));
  assert.equal(first.headers["idempotency-key"], second.headers["idempotency-key"]);
});
