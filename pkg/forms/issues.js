// Finds the validation issues in a result, and shows them beside their fields. Must not know an action.

import { elementsOf } from "./action_field.js";

/**
 * Lists the issues in a result, `{ name, message }`; the name is empty for those of the whole form. Reads, in the
 * result itself or under `error`, `errors`, `validationErrors` or `data`:
 *
 * - issues as of zod, zod-form-data and Standard Schema: `[{ path: ["email"], message }]`, also under `issues`;
 * - zod's `flatten()` and next-safe-action's flattened errors: `{ formErrors, fieldErrors: { email: ["…"] } }`;
 * - zod's `treeifyError()`: `{ errors, properties: { email: { errors } } }`;
 * - zod's `format()` and next-safe-action's errors: `{ _errors, email: { _errors: ["…"] } }`;
 * - texts by name: `{ email: ["…"] }` or `{ email: "…" }`, only under `errors` and `fieldErrors`.
 */
export function issuesOf(result) {
  if (!isObject(result)) return [];
  const places = [result.validationErrors, result.error, result.errors, result, result.data].filter(isObject);
  for (const place of places) {
    const found = [listed(place, place === result || place === result.data), flattened(place), tree(place, []), formatted(place, [])].find((issues) => issues.length > 0);
    if (found) return found;
  }
  return isObject(result.errors) && !Array.isArray(result.errors) ? byName(result.errors) : [];
}

const isObject = (value) => typeof value === "object" && value !== null;
const own = (value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined);
const texts = (value) => (typeof value === "string" ? [value] : Array.isArray(value) ? value.filter((text) => typeof text === "string") : []);
const nameOf = (path) => path.map((key) => (isObject(key) ? key.key : key)).join(".");
const issuesAt = (path, value) => texts(value).map((message) => ({ name: nameOf(path), message }));

/** `isResult`: the place may be a list of anything with a message, so the issues of such a list have paths. */
function listed(place, isResult) {
  const isList = Array.isArray(place);
  const list = isList ? place : own(place, "issues");
  if (!Array.isArray(list)) return [];
  const isIssue = (issue) => typeof own(issue, "message") === "string" && (!(isResult && isList) || Array.isArray(own(issue, "path")));
  return list.filter(isIssue).map(({ path, message }) => ({ name: nameOf(Array.isArray(path) ? path : []), message }));
}

function flattened(place) {
  return [...issuesAt([], own(place, "formErrors")), ...(isObject(own(place, "fieldErrors")) ? byName(place.fieldErrors) : [])];
}

function byName(fields) {
  return Object.entries(fields).flatMap(([name, value]) => issuesAt([name], value));
}

function tree(place, path) {
  const inside = [...fieldsOf(own(place, "properties")), ...fieldsOf(own(place, "items"))];
  if (path.length === 0 && inside.length === 0) return [];
  return [...issuesAt(path, own(place, "errors")), ...inside.flatMap(([key, value]) => tree(value, [...path, key]))];
}

const fieldsOf = (value) => (isObject(value) ? Object.entries(value) : []);

/** Levels between may have no `_errors` of their own. `seen`: the objects looked at, which may hold each other. */
function formatted(place, path, seen = new Set()) {
  if (Array.isArray(place) || seen.has(place)) return [];
  seen.add(place);
  const inside = fieldsOf(place).filter(([key, value]) => key !== "_errors" && isObject(value));
  return [...issuesAt(path, own(place, "_errors")), ...inside.flatMap(([key, value]) => formatted(value, [...path, key], seen))];
}

/** Shows the issues in the form's `[data-error-for="name"]`, and marks the fields that have one. */
export function showIssues(form, result) {
  const issues = issuesOf(result);
  const named = (name) => issues.filter((issue) => issue.name === name);
  for (const place of form.querySelectorAll("[data-error-for]")) {
    place.textContent = named(place.getAttribute("data-error-for")).map(({ message }) => message).join("\n");
  }
  for (const field of elementsOf(form)) {
    if (field.name && named(field.name).length > 0) field.setAttribute("aria-invalid", "true");
    else if (field.hasAttribute("aria-invalid")) field.removeAttribute("aria-invalid");
  }
}
