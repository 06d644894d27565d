// Forms as they are stored: `partsOf()` and `formOf()` lose nothing, and `isForm()` recognises them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { formOf, isForm, partsOf } from "../lib/outbox/stored_body.js";

const described = (form) => Promise.all([...form].map(async ([name, value]) => {
  if (typeof value === "string") return [name, value];
  return [name, value.name, value.type, value.lastModified, [...new Uint8Array(await value.arrayBuffer())]];
}));

const form = () => {
  const form = new FormData();
  form.append("a", "1");
  form.append("a", new File([new Uint8Array([0, 255])], "ü.bin", { type: "image/x", lastModified: 5 }));
  form.append("empty", new File([], "", { type: "", lastModified: 0 }));
  form.append("a", "2");
  return form;
};

test("a form is stored as texts and bytes, and restored as it was", async () => {
  const parts = await partsOf(form());
  const plain = (value) => typeof value === "string" || (value.bytes instanceof ArrayBuffer && !(value instanceof Blob));
  assert.deepEqual(parts.map(([, value]) => plain(value)), [true, true, true, true]);
  assert.equal(isForm(parts), true);
  // `structuredClone` copies as a store does; then the parts are made of the copy.
  const back = structuredClone(parts);
  assert.deepEqual(await described(formOf(back)), await described(form()));
  assert.deepEqual(await partsOf(back), parts);
});

test("a form whose files are stored as files is read too", async () => {
  const earlier = [...form()];
  assert.equal(isForm(earlier), true);
  assert.deepEqual(await described(formOf(await partsOf(earlier))), await described(form()));
});

test("a form with a file that cannot be read is refused", async () => {
  class Gone extends File {
    arrayBuffer() {
      return Promise.reject(new DOMException("gone", "NotReadableError"));
    }
  }
  await assert.rejects(partsOf([["a", "1"], ["b", new Gone([], "gone")]]), { name: "NotReadableError" });
});

test("isForm() is undefined for a value that is no stored body", () => {
  assert.equal(isForm("text"), false);
  const file = { bytes: new ArrayBuffer(1), name: "n", type: "", lastModified: 0 };
  assert.equal(isForm([["a", file]]), true);
  for (const value of [{}, null, 7, { ...file, bytes: [1] }, { ...file, name: undefined }, new ArrayBuffer(1)]) {
    assert.equal(isForm([["a", value]]), undefined, JSON.stringify(value));
  }
  for (const body of [undefined, null, {}, 7, ["a"], [[1, "a"]], new FormData()]) assert.equal(isForm(body), undefined);
});
