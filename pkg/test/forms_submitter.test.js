// Attributes by which a button, or the page, sends a submission elsewhere than its form does.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { posted, show, visit } from "./forms_page.js";

const { createDispatcher } = await import("../node.js");
const { bindForms } = await import("../forms.js");
const { ID, flight, serve, until } = await import("./server.js");
const OTHER = `${ID.slice(0, 41)}1`;

let server, d, unbind;
before(async () => {
  server = await serve((_request, response) => flight(response, '"done"'));
  visit(`${server.url}page?q=1`);
});
after(() => server.close());
beforeEach(() => {
  server.requests.length = posted.length = 0;
  d = createDispatcher({ nextVersion: "16.4.6" });
  unbind = bindForms(d);
});
afterEach(() => {
  unbind();
  d.close();
  document.head.innerHTML = "";
});

const html = (button, form = 'action=""') => `<form method="POST" enctype="multipart/form-data" ${form}>
  <input type="hidden" name="$ACTION_ID_${ID}"><button ${button}>Go</button></form>`;

/** Promises the address and the action that a click on the button calls; undefined if it is left to the browser. */
async function calledBy(markup, press = (button) => button.click()) {
  server.requests.length = posted.length = 0;
  let isOver = false;
  document.addEventListener("actionlane:result", () => (isOver = true), { once: true });
  press(show(markup).querySelector("button"));
  await until(() => isOver || posted.length === 1);
  if (isOver) return [server.requests[0].url, server.requests[0].headers["next-action"]];
  assert.equal(server.requests.length, 0);
  return undefined;
}

test("a submission goes to the address that the button names, and an empty one is that of the document", async () => {
  const own = `name="$ACTION_ID_${OTHER}"`;
  for (const [markup, wanted] of [
    [html(""), ["/page?q=1", ID]],
    [html('formaction=""'), ["/page?q=1", ID]],
    [html("", 'action="/contact"'), ["/contact", ID]],
    [html('formaction="/contact"', 'action="contact"'), ["/contact", ID]],
    [html(`${own} formaction=""`, 'action="/contact"'), ["/page?q=1", OTHER]],
    [html(`${own} formaction="/other"`, 'action="/contact"'), ["/other", OTHER]],
    [html(own, 'action="/contact"'), ["/contact", OTHER]],
  ]) assert.deepEqual(await calledBy(markup), wanted, markup);
});

test("a button that sends the action of its form to another address is left to the browser", async () => {
  for (const markup of [
    html('formaction="/elsewhere"'),
    html('formaction=""', 'action="/contact"'),
    html('formaction="/contact?a"', 'action="/contact"'),
    html('formaction="http://["', 'action="/contact"'),
  ]) assert.equal(await calledBy(markup), undefined, markup);
});

test("a form or a button whose address is of another origin, or no page, is left to the browser", async () => {
  let heard = 0;
  const hear = () => (heard += 1);
  document.addEventListener("actionlane:submit", hear);
  const foreign = ["https://example.org/", "//example.org/page", "http://["];
  for (const address of [...foreign, "mailto:a@example.org", " javascript:throw 1", "java\tscript:throw 1"]) {
    assert.equal(await calledBy(html("", `action="${address}"`)), undefined, address);
    assert.equal(await calledBy(html(`name="$ACTION_ID_${OTHER}" formaction="${address}"`)), undefined, address);
  }
  document.removeEventListener("actionlane:submit", hear);
  assert.equal(heard, 0);
});

test("a button's method overrides that of its form, and one that does not exist is GET", async () => {
  for (const method of ["get", "dialog", "", "put", "post "]) {
    assert.equal(await calledBy(html(`formmethod="${method}"`)), undefined, method);
  }
  for (const method of ["post", "POST"]) {
    assert.deepEqual(await calledBy(html(`formmethod="${method}"`).replace("POST", "GET")), ["/page?q=1", ID]);
  }
});

test("a submission that opens elsewhere than in its page is left to the browser", async () => {
  for (const [button, form] of [['formtarget="_blank"', ""], ["", 'target="frame"'], ['formtarget="_top"', 'target="_self"']]) {
    assert.equal(await calledBy(html(button, form)), undefined, button + form);
  }
  for (const target of ["", "_self", "_SELF"]) {
    assert.deepEqual(await calledBy(html(`formtarget="${target}"`, 'target="_blank"')), ["/page?q=1", ID], target);
  }
});

test("the page's base says where forms without a target open, and where relative addresses are", async () => {
  document.head.innerHTML = '<base href="/deep/"><base target="_blank">';
  assert.equal(await calledBy(html("")), undefined);
  assert.deepEqual(await calledBy(html("", 'target="_self"')), ["/page?q=1", ID]);
  assert.deepEqual(await calledBy(html('formtarget=""')), ["/page?q=1", ID]);
  document.head.innerHTML = '<base href="/deep/">';
  assert.deepEqual(await calledBy(html("", 'action="contact"')), ["/deep/contact", ID]);
  assert.equal(await calledBy(html('formaction="."')), undefined, "the base is not the document");
});

test("a button may forgo validation and ask for another encoding", async () => {
  const markup = html('formnovalidate formenctype="text/plain"').replace("<button", '<input name="a" required><button');
  // jsdom's own submission does not know `formnovalidate`.
  const { SubmitEvent } = window;
  const submit = (submitter) => submitter.form.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true, submitter }));
  assert.deepEqual(await calledBy(markup, submit), ["/page?q=1", ID]);
});
