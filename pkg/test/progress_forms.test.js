// The `<progress data-for>` elements of a form, in jsdom. Browsers: `tests/next/progress/`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { uploadProgress } from "../forms/upload.js";

const documentOf = (html) => new JSDOM(html).window.document;
const shown = (document) => [...document.querySelectorAll("progress")].map(({ value, max }) => [value, max]);

test("each progress element of a form shows its upload, and no other does", () => {
  const document = documentOf('<form id="a:b"></form><progress data-for="a:b"></progress><progress data-for="a:b"></progress><progress data-for="c"></progress><progress></progress>');
  uploadProgress(document.querySelector("form"))({ loaded: 30, total: 120 });
  assert.deepEqual(shown(document), [[30, 120], [30, 120], [0, 1], [0, 1]]);
});

test("a form without such an element reports nothing, so that it is sent with fetch", () => {
  const document = documentOf('<form></form><form id="one"></form><progress data-for=""></progress><progress data-for="two"></progress>');
  for (const form of document.forms) assert.equal(uploadProgress(form), undefined);
});

test("an element that comes later is filled, and a field of the name id does not hide the form's", () => {
  const document = documentOf('<form id="one"><input name="id" value="two"></form><progress data-for="one"></progress>');
  const report = uploadProgress(document.querySelector("form"));
  report({ loaded: 1, total: 2 });
  document.querySelector("progress").replaceWith(Object.assign(document.createElement("progress"), { className: "new" }));
  document.querySelector("progress").setAttribute("data-for", "one");
  report({ loaded: 2, total: 2 });
  assert.deepEqual(shown(document), [[2, 2]]);
});

test("elements of the form's own shadow tree count", () => {
  const document = documentOf("<div></div>");
  const root = document.querySelector("div").attachShadow({ mode: "open" });
  root.innerHTML = '<form id="one"></form><progress data-for="one"></progress>';
  uploadProgress(root.querySelector("form"))({ loaded: 5, total: 5 });
  assert.equal(root.querySelector("progress").value, 5);
});
