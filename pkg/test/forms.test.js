// Tests the forms of a page that React does not run, in jsdom and against a server. Real browsers and Next.js: see
// `tests/next/forms/`.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { addFile, next, posted, show, visit } from "./forms_page.js";

const { createDispatcher } = await import("../node.js");
const { bindForms } = await import("../forms.js");
const { withoutWasm } = await import("./copies.js");
const { ID, flight, makeGate, serve } = await import("./server.js");

let server, answer, d, unbind;
before(async () => {
  server = await serve((...args) => answer(...args));
  visit(server.url);
});
after(() => server.close());
beforeEach(() => {
  answer = (_request, response) => flight(response, '"done"');
  server.requests.length = posted.length = 0;
  d = createDispatcher({ nextVersion: "16.4.6" });
});
afterEach(() => {
  unbind?.();
  d.close();
});

const plain = (fields, attributes = "") => `<form method="POST" enctype="multipart/form-data" action="" ${attributes}><input type="hidden" name="$ACTION_ID_${ID}">${fields}</form>`;
const bind = (options, root) => (unbind = bindForms(d, root, options));

/** Returns the parts of a multipart body: name and value, in order. */
function parts({ body }) {
  return [...body.matchAll(/name="([^"]*)"(?:; filename="([^"]*)")?\r\n(?:content-type: [^\r]*\r\n)?\r\n([^]*?)\r\n--/gi)].map(([, name, file, value]) => (file === undefined ? [name, value] : [name, `${file}: ${value}`]));
}

test("a form's entries arrive as the argument of its action, without the fields of Next", async () => {
  const form = show(plain('<input name="a" value="1"><input name="a" value="2"><button name="b" value="3">Go</button>'));
  addFile(form, "f", new File(["hello"], "note.txt", { type: "text/plain" }));
  bind();
  form.querySelector("button").click();
  const { detail } = await next("actionlane:result");
  assert.equal(detail.value, "done");
  assert.equal(detail.actionId, ID);
  assert.equal(detail.submitter, form.querySelector("button"));
  assert.equal(server.requests.length, 1);
  assert.equal(server.requests[0].headers["next-action"], ID);
  assert.deepEqual(parts(server.requests[0]), [["_1_a", "1"], ["_1_a", "2"], ["_1_b", "3"], ["_1_f", "note.txt: hello"], ["0", '["$K1"]']]);
  assert.deepEqual(posted, []);
});

test("a button with an action of its own overrides that of the form, also from outside of it", async () => {
  const other = `${ID.slice(0, 41)}1`;
  const form = show(`${plain('<input name="a" value="1">', 'id="f"')}<button form="f" name="$ACTION_ID_${other}" formaction="">Go</button>`);
  bind();
  document.querySelector("button").click();
  await next("actionlane:result");
  assert.equal(server.requests[0].headers["next-action"], other);
  form.requestSubmit();
  await next("actionlane:result");
  assert.equal(server.requests[1].headers["next-action"], ID);
});

test("other forms, and buttons that lead elsewhere, are left to the browser", () => {
  bind();
  for (const html of [
    '<form method="POST"><button>Go</button></form>',
    plain("<button>Go</button>").replace('method="POST"', 'method="GET"'),
    plain("<button>Go</button>").replace('method="POST"', 'method="dialog"'),
    plain("<button>Go</button>", 'target="_blank"'),
    plain('<button formaction="/elsewhere">Go</button>'),
    plain('<button formmethod="get">Go</button>'),
    plain("<button>Go</button>").replace('action=""', 'action="javascript:throw 1"'),
  ]) {
    posted.length = 0;
    show(html).querySelector("button").click();
    assert.equal(posted.length, 1, html); // jsdom posts dialogs, too
  }
  assert.equal(d.pending, 0);
});

test("a form that React has hydrated, and a submission that the page has prevented, are left alone", () => {
  bind();
  const form = show(plain("<button>Go</button>"));
  form.__reactFiber$abc = {};
  form.querySelector("button").click();
  assert.equal(posted.length, 1);
  const own = show(plain("<button>Go</button>"));
  own.addEventListener("submit", (event) => event.preventDefault());
  own.querySelector("button").click();
  assert.deepEqual([posted.length, d.pending], [1, 0]);
});

test("while a call is pending the form is marked, its button disabled, and a second submission dropped", async () => {
  const gate = makeGate();
  answer = async (_request, response) => (await gate.opened, flight(response, "1"));
  const form = show(plain('<input name="a" value="x"><button>Go</button>'));
  bind();
  const button = form.querySelector("button");
  button.focus();
  button.click();
  assert.deepEqual([form.getAttribute("aria-busy"), form.hasAttribute("data-pending"), button.disabled], ["true", true, true]);
  form.requestSubmit();
  button.click();
  gate.open();
  await next("actionlane:result");
  assert.deepEqual([form.getAttribute("aria-busy"), form.hasAttribute("data-pending"), button.disabled], [null, false, false]);
  assert.equal(document.activeElement, button);
  assert.equal(server.requests.length, 1);
});

test("two forms of one action do not drop each other", async () => {
  show(plain("<button>Go</button>") + plain("<button>Go</button>"));
  bind();
  const results = new Promise((resolve) => {
    let count = 0;
    document.addEventListener("actionlane:result", () => (count += 1) === 2 && resolve());
  });
  for (const button of document.querySelectorAll("button")) button.click();
  await results;
  assert.equal(server.requests.length, 2);
});

test("a listener may prevent a submission, and change its entries and options", async () => {
  const form = show(plain('<input name="a" value="1"><button>Go</button>'));
  bind({ lane: "first" });
  document.addEventListener("actionlane:submit", (event) => event.preventDefault(), { once: true });
  form.requestSubmit();
  assert.deepEqual([posted.length, d.pending, form.hasAttribute("data-pending")], [0, 0, false]);
  document.addEventListener("actionlane:submit", ({ detail }) => {
    assert.equal(detail.options.lane, "first");
    detail.formData.set("a", "2");
    detail.options.idempotencyKey = true;
    detail.options.lane = "second";
  }, { once: true });
  const lanes = [];
  d.subscribe(({ lane }) => lanes.push(lane));
  form.requestSubmit();
  await next("actionlane:result");
  assert.equal(lanes[0], "second");
  assert.deepEqual(parts(server.requests[0])[0], ["_1_a", "2"]);
  assert.match(server.requests[0].headers["idempotency-key"], /^[\da-f-]{36}$/);
});

test("a submission whose options a listener breaks is posted by the browser", () => {
  const reported = [];
  globalThis.reportError = (error) => reported.push(error.code);
  try {
    for (const options of [5, { lane: 5 }, { frob: 1 }]) {
      posted.length = 0;
      const form = show(plain("<button>Go</button>"));
      bind();
      document.addEventListener("actionlane:submit", ({ detail }) => (detail.options = options), { once: true });
      form.requestSubmit();
      unbind();
      assert.deepEqual([posted.length, form.hasAttribute("data-pending")], [1, false]);
    }
    assert.deepEqual(reported, ["INVALID_OPTION", "INVALID_OPTION", "INVALID_OPTION"]);
  } finally {
    delete globalThis.reportError;
  }
});

test("the attributes of a form are its options", async () => {
  const form = show(plain("<button>Go</button>", 'data-lane="own" data-idempotency-key data-disable-submitter="false" data-reset-on-success="false"'));
  bind({ lane: "other", strategy: "queue" });
  const lanes = [];
  d.subscribe(({ lane }) => lanes.push(lane));
  form.querySelector("button").click();
  assert.equal(form.querySelector("button").disabled, false);
  const { detail } = await next("actionlane:result");
  assert.deepEqual([lanes[0], detail.reset], ["own", false]);
  assert.ok(server.requests[0].headers["idempotency-key"]);
});

test("a form is reset after success, unless a listener wants to keep it, and not after an error", async () => {
  const form = show(plain('<input name="a" value="first"><button>Go</button>'));
  const [, input] = form.elements;
  bind();
  input.value = "typed";
  document.addEventListener("actionlane:result", ({ detail }) => (detail.reset = false), { once: true });
  form.requestSubmit();
  await next("actionlane:result");
  assert.equal(input.value, "typed");
  answer = (_request, response) => response.writeHead(500, { "content-type": "text/html" }).end("<h1>Broken</h1>");
  form.requestSubmit();
  const { detail } = await next("actionlane:error");
  assert.deepEqual([detail.error.code, detail.error.status, detail.actionId, input.value], ["HTTP", 500, ID, "typed"]);
  assert.deepEqual([form.hasAttribute("data-pending"), posted.length], [false, 0]);
  answer = (_request, response) => flight(response, "1");
  form.requestSubmit();
  await next("actionlane:result");
  await null;
  assert.equal(input.value, "first");
});

test("a body over the limit is an error before it is sent, and the form keeps its values", async () => {
  d.close();
  d = createDispatcher({ maxBodyBytes: 2000 });
  const form = show(plain('<textarea name="a"></textarea><button>Go</button>'));
  const [, field] = form.elements;
  field.value = "x".repeat(5000);
  bind();
  form.requestSubmit();
  const { detail } = await next("actionlane:error");
  assert.deepEqual([detail.error.code, detail.error.sent, server.requests.length, field.value.length, posted.length], ["BODY_TOO_LARGE", "no", 0, 5000, 0]);
});

test("a form that cannot be sent is posted by the browser, and the page hears of one submission", async () => {
  const { warn } = console;
  const warnings = [];
  console.warn = (...args) => warnings.push(args);
  try {
    const form = show(plain("<button>Go</button>").replace(ID, "toString"));
    let heard = 0;
    form.addEventListener("submit", () => (heard += 1));
    bind();
    form.querySelector("button").click();
    assert.equal(posted.length, 0);
    while (posted.length === 0) await new Promise(setImmediate);
    assert.deepEqual([heard, form.hasAttribute("data-pending"), server.requests.length], [1, false, 0]);
    assert.equal(warnings[0][1].code, "INVALID_OPTION");
  } finally {
    console.warn = warn;
  }
});

test("a form is posted by the browser if the wasm cannot be loaded", async (t) => {
  const { warn } = console;
  console.warn = () => {};
  const copy = await withoutWasm();
  t.after(() => ((console.warn = warn), copy.remove()));
  const own = (await import(copy.file("node.js"))).createDispatcher();
  const form = show(plain('<input name="a" value="1"><button>Go</button>'));
  unbind = (await import(copy.file("forms.js"))).bindForms(own);
  let errors = 0;
  form.addEventListener("actionlane:error", () => (errors += 1));
  form.querySelector("button").click();
  assert.equal(form.hasAttribute("data-pending"), true);
  while (posted.length === 0) await new Promise(setImmediate);
  assert.deepEqual([form.hasAttribute("data-pending"), form.querySelector("button").disabled, errors, server.requests.length], [false, false, 0, 0]);
  own.close();
});

test("a form with a wrong option is posted by the browser at once", () => {
  const reported = [];
  globalThis.reportError = (error) => reported.push(error);
  try {
    const form = show(plain("<button>Go</button>", 'data-strategy="frob"'));
    bind();
    form.querySelector("button").click();
    assert.deepEqual([posted.length, reported[0].code], [1, "INVALID_OPTION"]);
  } finally {
    delete globalThis.reportError;
  }
  assert.throws(() => bindForms(d, document, { lanes: "x" }), { code: "INVALID_OPTION", message: /did you mean "lane"/ });
  assert.throws(() => bindForms(d, document, { idempotencyKey: "k" }), { code: "INVALID_OPTION" });
  assert.throws(() => bindForms(d, {}), { code: "INVALID_OPTION" });
});

test("two bindings send a submission once, and refresh the page once", async () => {
  const form = show(plain("<button>Go</button>"));
  bind();
  const second = bindForms(d);
  form.requestSubmit();
  await next("actionlane:result");
  await d.idle();
  assert.equal(server.requests.length, 1);
  second();
});

test("an answer that revalidated morphs the page, once for all bindings, unless a listener prevents it", async () => {
  // For an XMLHttpRequest of jsdom the page is still at its first origin.
  const asIfElsewhere = { "access-control-allow-origin": "*", "access-control-allow-headers": "cache-control" };
  const pages = () => server.requests.filter(({ method }) => method === "GET").length;
  answer = (request, response) => {
    if (request.method === "POST") flight(response, "1", { "x-action-revalidated": "1" });
    else response.writeHead(200, { "content-type": "text/html", ...asIfElsewhere }).end(`<body>${plain("<button>Go</button>")}<p>new</p></body>`);
  };
  const form = show(`${plain("<button>Go</button>")}<p>old</p>`);
  bind();
  const second = bindForms(d);
  document.addEventListener("actionlane:refresh", (event) => event.preventDefault(), { once: true });
  form.requestSubmit();
  await next("actionlane:result");
  await d.idle();
  await new Promise(setImmediate);
  assert.equal(pages(), 0);
  form.requestSubmit();
  while (document.querySelector("p").textContent !== "new") await new Promise(setImmediate);
  assert.equal(pages(), 1);
  assert.equal(document.querySelector("form"), form);
  second();
});

test("after the end of a binding the browser posts the form, and pending ones are no longer marked", async () => {
  const gate = makeGate();
  answer = async (_request, response) => (await gate.opened, flight(response, "1"));
  const form = show(plain("<button>Go</button>"));
  bind();
  form.querySelector("button").click();
  unbind();
  assert.deepEqual([form.hasAttribute("data-pending"), form.querySelector("button").disabled], [false, false]);
  form.querySelector("button").click();
  assert.equal(posted.length, 1);
  gate.open();
  await next("actionlane:result");
});

test("a form that leaves the page while it is pending ends without an error", async () => {
  const gate = makeGate();
  answer = async (_request, response) => (await gate.opened, flight(response, "1"));
  const form = show(plain("<button>Go</button>"));
  bind();
  form.requestSubmit();
  form.remove();
  gate.open();
  assert.equal((await next("actionlane:result", form)).detail.value, 1);
});

test("only forms below the root are bound, and forms that come later are", async () => {
  document.body.innerHTML = `<div></div>${plain("<button>Go</button>")}`;
  const [inside, outside] = document.body.children;
  bind({}, inside);
  outside.requestSubmit();
  assert.equal(posted.length, 1);
  inside.innerHTML = plain("<button>Go</button>");
  inside.firstChild.requestSubmit();
  await next("actionlane:result");
  assert.equal(server.requests.length, 1);
});

test("a result is shown where the page wants it", async () => {
  answer = (_request, response) => flight(response, '{"message":"saved","count":3}');
  const html = '<p data-state-for="f" data-state="message"></p><p data-state-for="f" data-state="count"></p><p data-state-for="f" data-state="a.b">old</p><p data-state-for="g">x</p>';
  const form = show(plain("<button>Go</button>", 'id="f"') + html);
  bind();
  form.requestSubmit();
  await next("actionlane:result");
  assert.deepEqual([...document.querySelectorAll("p")].map((place) => place.textContent), ["saved", "3", "", "x"]);
});

test("validation issues are shown beside their fields, if asked", async () => {
  answer = (_request, response) => flight(response, '{"ok":false,"errors":{"email":["is missing"],"name":["is short","is odd"]}}');
  const fields = '<input name="email"><p data-error-for="email"></p><input name="name"><p data-error-for="name"></p><p data-error-for="">old</p>';
  const form = show(plain(fields, "data-show-errors"));
  bind();
  form.requestSubmit();
  await next("actionlane:result");
  assert.deepEqual([...document.querySelectorAll("p")].map((place) => place.textContent), ["is missing", "is short\nis odd", ""]);
  assert.equal(form.querySelectorAll("[aria-invalid]").length, 2);
  answer = (_request, response) => flight(response, '{"ok":true}');
  form.requestSubmit();
  await next("actionlane:result");
  assert.equal(form.querySelectorAll("[aria-invalid]").length, 0);
});

test("a method of the dispatcher loads the same", async () => {
  const form = show(plain("<button>Go</button>"));
  unbind = d.bindForms(document, { lane: "x" });
  form.requestSubmit();
  await next("actionlane:result");
  assert.equal(server.requests.length, 1);
});

test("a form beside a progress element is sent without one if an option forbids to report", async () => {
  for (const [common, own] of [[{ fetch: (...args) => fetch(...args) }], [{ credentials: "omit" }], [{}, { keepalive: true }]]) {
    d.close();
    d = createDispatcher({ nextVersion: "16.4.6", ...common });
    const form = show(`${plain("<button>Go</button>", 'id="f"')}<progress data-for="f"></progress>`);
    bind(own);
    server.requests.length = 0;
    form.requestSubmit();
    await next("actionlane:result");
    unbind();
    assert.deepEqual([server.requests.length, posted.length], [1, 0]);
  }
});
