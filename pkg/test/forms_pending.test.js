// Marks of pending forms and their buttons while several submissions overlap.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { next, posted, show, visit } from "./forms_page.js";

const { createDispatcher } = await import("../node.js");
const { bindForms } = await import("../forms.js");
const { ID, flight, makeGate, serve, until } = await import("./server.js");

let server, gates, d, unbind;
before(async () => {
  server = await serve(async (_request, response) => {
    const gate = makeGate();
    gates.push(gate);
    await gate.opened;
    flight(response, "1");
  });
  visit(server.url);
});
after(() => server.close());
beforeEach(() => {
  server.requests.length = posted.length = 0;
  gates = [];
  d = createDispatcher({ nextVersion: "16.4.6" });
});
afterEach(() => {
  unbind?.();
  d.close();
});

const HTML = `<form method="POST" enctype="multipart/form-data" action=""><input type="hidden" name="$ACTION_ID_${ID}">
  <input name="a" value="1"><button name="b" value="2">Go</button><button name="b" value="3">Other</button></form>`;
const disabledIn = (form) => [...form.querySelectorAll("button")].map(({ disabled }) => disabled);
const marksOf = (form) => [form.getAttribute("aria-busy"), form.hasAttribute("data-pending"), ...disabledIn(form)];
const buttonOf = ({ body }) => body.match(/name="_1_b"\r\n(?:content-type: [^\r]*\r\n)?\r\n([^\r]*)/i)?.[1];
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 20));

test("with the strategy replace, form and button stay marked until the last submission has ended", async () => {
  const form = show(HTML);
  unbind = bindForms(d, document, { strategy: "replace" });
  const [button] = form.querySelectorAll("button");
  button.focus();
  button.click();
  await until(() => gates.length === 1);
  for (let count = 2; count < 4; count += 1) {
    form.requestSubmit(button);
    await until(() => gates.length === count);
    await aMoment();
    assert.deepEqual(marksOf(form), ["true", true, true, false], `while submission ${count} is pending`);
  }
  gates[2].open();
  await next("actionlane:result");
  assert.deepEqual(marksOf(form), [null, false, false, false]);
  assert.equal(document.activeElement, button);
});

test("a button that the page has enabled meanwhile is disabled by the next submission until that has ended", async () => {
  const form = show(HTML);
  unbind = bindForms(d, document, { strategy: "replace" });
  const [button] = form.querySelectorAll("button");
  button.click();
  await until(() => gates.length === 1);
  button.disabled = false;
  button.click();
  await until(() => gates.length === 2);
  await aMoment();
  assert.deepEqual(marksOf(form), ["true", true, true, false]);
  gates[1].open();
  await next("actionlane:result");
  assert.deepEqual(marksOf(form), [null, false, false, false]);
});

test("a button is disabled while a submission of its own is pending, and not for one of another button", async () => {
  const form = show(HTML);
  unbind = bindForms(d, document, { strategy: "queue" });
  const [button, other] = form.querySelectorAll("button");
  button.click();
  other.click();
  form.requestSubmit(button);
  assert.deepEqual(marksOf(form), ["true", true, true, true]);
  for (const [at, wanted] of [["true", true, true, true], ["true", true, true, false], [null, false, false, false]].entries()) {
    await until(() => gates.length === at + 1);
    gates[at].open();
    await next("actionlane:result");
    assert.deepEqual(marksOf(form), wanted, `after submission ${at + 1}`);
  }
});

test("a button that a pending submission has disabled is among the entries of the next one", async () => {
  const form = show(HTML);
  unbind = bindForms(d, document, { strategy: "replace" });
  const [button] = form.querySelectorAll("button");
  button.click();
  form.requestSubmit(button);
  assert.equal(button.disabled, true);
  await until(() => gates.length === 1);
  gates[0].open();
  await next("actionlane:result");
  assert.deepEqual(server.requests.map(buttonOf), ["2"]);
});

test("a button that the page itself has disabled stays so", async () => {
  const form = show(HTML);
  unbind = bindForms(d, document, { strategy: "replace" });
  const [button] = form.querySelectorAll("button");
  button.disabled = true;
  form.requestSubmit(button);
  await until(() => gates.length === 1);
  gates[0].open();
  await next("actionlane:result");
  assert.deepEqual([button.disabled, buttonOf(server.requests[0])], [true, undefined]);
});

test("the browser posts a form with the button that was pressed, also if that has left the form meanwhile", async (t) => {
  const { warn } = console;
  console.warn = () => {};
  const names = [];
  const see = ({ submitter }) => names.push(submitter?.name);
  window.addEventListener("submit", see, true);
  t.after(() => ((console.warn = warn), window.removeEventListener("submit", see, true)));
  unbind = bindForms(d);
  for (const leave of [() => {}, (button) => button.remove(), (button) => button.setAttribute("form", "other")]) {
    names.length = posted.length = 0;
    const form = show(HTML.replace("</form>", '<button name="$ACTION_ID_toString">Delete</button></form><form id="other"></form>'));
    const button = form.querySelector("[name$=toString]");
    button.click();
    leave(button);
    const wanted = form.elements.length;
    await until(() => posted.length === 1);
    assert.deepEqual([names, form.elements.length], [[button.name, button.name], wanted]);
  }
  assert.equal(server.requests.length, 0);
});
