// Entries of a submission in browsers whose `FormData` ignores the button.
import assert from "node:assert/strict";
import { test } from "node:test";
import { show } from "./forms_page.js";

const { FormData } = globalThis;
globalThis.FormData = class extends FormData {
  constructor(form) {
    super(form);
  }
};
const { entriesOf } = await import("../forms/entries.js");

test("the button's entry is added where the browser does not, also beside a field of the name id", () => {
  const id = '<input type="hidden" name="id" value="7">';
  for (const [attributes, field] of [["", ""], ["", id], ['id="f"', id]]) {
    const form = show(`<form ${attributes}>${field}<button name="b" value="2">Go</button></form>`);
    if (field) Object.defineProperty(form, "id", { value: form.elements[0] }); // as in browsers; jsdom does not hide it
    const { formData } = entriesOf(form, form.querySelector("button"));
    assert.deepEqual([...formData], [...(field ? [["id", "7"]] : []), ["b", "2"]], attributes + field);
    assert.equal(form.querySelectorAll("[name=b]").length, 1);
  }
});

test("the entry of a button outside of its form is added", () => {
  const form = show('<form id="f"><input name="a" value="1"></form><button form="f" name="b" value="2">Go</button>');
  assert.deepEqual([...entriesOf(form, document.querySelector("button")).formData], [["a", "1"], ["b", "2"]]);
});
