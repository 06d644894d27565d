// Actions of forms, called with the form's entries, and closures with the encrypted argument that the page holds.
const ok = { code: "ok", attempts: 1 };
const entries = (text) => `() => { const form = new FormData(); form.append("text", ${JSON.stringify(text)}); return [form]; }`;
const form = (name, action, more = {}) => ({ name, action, args: entries("t"), expect: ok, ...more });

export default [
  form("form: returns", "saveForm"),
  form("form: bound arguments", "saveBound", { args: () => ["one", new Map([["two", 2n]]), (() => { const form = new FormData(); form.append("text", "t"); return form; })()] }),
  form("form: `useActionState`", "saveState", { args: () => [{ times: 3 }, (() => { const form = new FormData(); form.append("text", "t"); return form; })()] }),
  form("form: redirects", "saveAndGo", { args: () => { const form = new FormData(); form.append("to", "/target?x=1"); return [form]; }, leaves: true }),
  form("form: sets a cookie", "saveCookie", { args: () => { const form = new FormData(); form.append("flavour", "mint"); return [form]; }, expect: { ...ok, revalidated: "all" } }),
  form("form: notFound()", "saveAndMiss", { expect: { code: "NOT_FOUND", status: 404 } }),
  form("form: throws", "saveAndThrow", { expect: { code: "ACTION_THREW", status: 500 } }),
  { name: "closure, with its encrypted argument", sample: true, action: "reveal", args: () => ["v"], next: ({ call }) => call("reveal", "v"), ours: async ({ d, ids, closure }) => { const { id, args } = await closure("/", ids.reveal); return d.call(id, [...args, "v"]); }, expect: {} },
  submitted("form submitted: plain", "plain"),
  submitted("form submitted: bound arguments", "bound"),
  { ...submitted("form submitted: closure", "closure"), sample: true },
];

/**
 * Submits the form of /forms with this id through Next; ours calls the action in the page's data with the form's
 * entries.
 */
function submitted(name, id) {
  return {
    name,
    action: "saveForm",
    on: "/forms",
    bare: true,
    next: `async ({ until, submit }) => submit(${JSON.stringify(id)})`,
    ours: `async ({ d, formAction, formData }) => { const { id, args } = await formAction(${JSON.stringify(id)}); await d.call(id, [...args, formData(${JSON.stringify(id)})]); return "sent"; }`,
  };
}
