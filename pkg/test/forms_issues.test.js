// Tests the validation issues that are found in results: the shapes that next-safe-action, zod and zod-form-data give.

import assert from "node:assert/strict";
import { test } from "node:test";
import { issuesOf } from "../forms/issues.js";

const texts = (result) => issuesOf(result).map(({ name, message }) => `${name}: ${message}`);

test("issues are found in the shapes of the usual libraries", () => {
  const email = ["email: is missing"];
  for (const result of [
    { success: false, error: { issues: [{ path: ["email"], message: "is missing" }] } },
    { error: [{ path: ["email"], message: "is missing" }] },
    { issues: [{ path: [{ key: "email" }], message: "is missing" }] },
    { errors: { formErrors: [], fieldErrors: { email: ["is missing"] } } },
    { fieldErrors: { email: ["is missing"] } },
    { error: { errors: [], properties: { email: { errors: ["is missing"] } } } },
    { error: { _errors: [], email: { _errors: ["is missing"] } } },
    { validationErrors: { email: { _errors: ["is missing"] } } },
    { validationErrors: { formErrors: [], fieldErrors: { email: ["is missing"] } } },
    { ok: false, errors: { email: ["is missing"] } },
    { ok: false, errors: { email: "is missing" } },
    [{ path: ["email"], message: "is missing" }],
  ]) assert.deepEqual(texts(result), email, JSON.stringify(result));
});

test("names of nested fields are joined by dots, and issues of the whole form have none", () => {
  assert.deepEqual(texts({ issues: [{ path: ["items", 0, "name"], message: "a" }, { path: [], message: "b" }] }), ["items.0.name: a", ": b"]);
  assert.deepEqual(texts({ error: { errors: ["b"], properties: { address: { errors: [], properties: { city: { errors: ["a"] } } } } } }), [": b", "address.city: a"]);
  assert.deepEqual(texts({ validationErrors: { _errors: ["b"], address: { city: { _errors: ["a"] }, _errors: [] } } }), [": b", "address.city: a"]);
  assert.deepEqual(texts({ validationErrors: { owner: { name: { _errors: ["a"] } } } }), ["owner.name: a"]);
  assert.deepEqual(texts({ error: { formErrors: ["b"], fieldErrors: { name: ["a", "c"] } } }), [": b", "name: a", "name: c"]);
});

test("a result that holds itself has no issues", () => {
  const result = { validationErrors: {} };
  result.validationErrors.again = { more: result.validationErrors };
  assert.deepEqual(texts(result), []);
});

test("results without issues have none", () => {
  for (const result of [undefined, null, 5, "text", [], {}, { ok: true }, { error: "text" }, { ok: false, code: "TAKEN" }, { errors: null }, { issues: "x" }, { data: { email: "a@b.c" } }, [{ message: "Hello" }], { data: [{ message: "Hello" }] }, { email: "a@b.c" }]) {
    assert.deepEqual(texts(result), [], JSON.stringify(result));
  }
});
