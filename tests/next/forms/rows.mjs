// Uses each kind of form as a user does: with React's scripts, with ours, and without any. Knows no result.
//
// A row has these keys:
//   form     the id of the form; its fields are compared, too, but not after a page was loaded
//   path     the page; default: "/"
//   act      does it; default: presses the form's own button
//   runs     the number of runs of actions at the end; default: 1
//   saves    the number that the page shows at the end, if it must be fresh
//   not      fields that are not compared, by way: `ours`, `native`, or "native 14.2"; the reason stands beside it
//   ours     must hold of what is seen with our script, beyond the comparison
import assert from "node:assert/strict";

const press = (page, selector) => page.press(selector);
const own = (form) => `form#${form} > button[name=pressed],form#${form} > button:not([id])`;
const ran = (count) => (seen) => seen.runs.length >= count;
const named = (seen, name) => seen.noted.filter((event) => event.name === name);

export const ROWS = [
  { name: "a form without bound arguments sends all its fields", form: "plain" },
  { name: "a form with bound arguments sends them first", form: "bound" },
  { name: "a closure gets what was encrypted for it", form: "closure" },
  { name: "a form of useActionState shows its new state", form: "state" },
  {
    name: "a form of useActionState sends the state of the submission before",
    form: "state",
    runs: 3,
    act: async (page) => {
      for (const count of [1, 2]) {
        await press(page, own("state"));
        await page.settled(ran(count));
      }
      await press(page, own("state"));
    },
    ours: (seen) => assert.deepEqual(named(seen, "result").map(({ value }) => value.times), [1, 2, 3]),
  },
  { name: "a form of useActionState keeps its bound argument", form: "stateBound", runs: 2, act: twice("stateBound") },
  { name: "an action of useActionState redirects", form: "stateGo" },
  {
    name: "a form with a permalink",
    form: "permalink",
    // With a script the page stays; without one, the permalink is its next page.
    not: { native: ["url", "title", "saves", "shown"] },
    native: (seen) => assert.deepEqual([seen.url, seen.shown["permalink times"], seen.shown["permalink text"]], ["/kept", "1", "text of permalink"]),
  },
  { name: "the page of a permalink has the form, too", path: "/kept", form: "permalink" },
  { name: "a button with an action of its own runs that one", form: "buttons", act: (page) => press(page, "#other") },
  { name: "a button whose action has bound arguments", form: "buttons", act: (page) => press(page, "#boundButton") },
  { name: "a form that has such buttons still runs its own action", form: "buttons" },
  {
    name: "a button outside of its form sends name and value",
    form: "outside",
    act: (page) => press(page, "#outsideButton"),
    // React 18 forgets the button.
    not: { "ours 14.2": ["runs"], "native 14.2": ["runs"] },
    ours: (seen) => assert.deepEqual(seen.runs[0].entries, [["text", "text of outside"], ["pressed", "from outside"]]),
  },
  { name: "a button outside of its form runs its own action", form: "outside", act: (page) => press(page, "#outsideOther") },
  {
    name: "files arrive with their names, types and bytes",
    form: "files",
    // Next 14.2 reads names as Latin-1 in the request of a script. React 18 does not reset forms.
    not: { "native 14.2": ["runs"], "ours 14.2": ["fields"] },
    act: async (page) => {
      await page.act(async () => {
        const put = (name, ...files) => {
          const list = new DataTransfer();
          for (const file of files) list.items.add(file);
          document.querySelector(`#files [name=${name}]`).files = list.files;
        };
        put("file", new File(["one ", new Uint8Array([0, 255, 13, 10])], "ünö 1.bin", { type: "application/x-thing" }));
        put("many", new File(["two"], "2.txt", { type: "text/plain" }), new File([], "empty.txt", { type: "text/plain" }));
      });
      await press(page, own("files"));
    },
  },
  {
    name: "a field for files without a file",
    form: "files",
    // Next reads the empty name as "undefined" in the request of a script.
    not: { native: ["runs"] },
  },
  {
    name: "listeners of formdata change what is sent",
    form: "plain",
    act: async (page) => {
      await page.act(async () => document.querySelector("#plain").addEventListener("formdata", ({ formData }) => {
        formData.append("added", "by a listener");
        formData.delete("tag");
        formData.set("note", "changed");
      }));
      await press(page, own("plain"));
    },
  },
  { name: "requestSubmit() without a button", form: "plain", act: (page) => page.act(async () => document.querySelector("#plain").requestSubmit()) },
  {
    name: "requestSubmit() with a button",
    form: "plain",
    act: (page) => page.act(async () => document.querySelector("#plain").requestSubmit(document.querySelector("#plain button"))),
  },
  {
    name: "Enter in a field presses the first button",
    form: "go",
    act: (page) => page.tab.type("#go [name=text]", "\uE007"),
  },
  {
    name: "a form in a dialog",
    form: "inDialog",
    act: async (page) => {
      await page.act(async () => document.querySelector("#dialog").showModal());
      await press(page, "#inDialog > button[name=pressed]");
    },
    ours: (seen) => assert.ok(seen.open, "the dialog stays open"),
  },
  { name: "redirect() leads to another page", form: "go" },
  {
    name: "redirect() to a page with a query of the user",
    form: "go",
    act: async (page) => {
      await page.act(async () => (document.querySelector("#go [name=to]").value = "/target?q=%C3%A4%20%26&q=2"));
      await press(page, own("go"));
    },
  },
  { name: "cookies are set, those for servers alone too", form: "cookies" },
  { name: "the page is fresh after revalidatePath()", form: "fresh", saves: 1 },
  {
    name: "the page is fresh after each of two submissions",
    form: "fresh",
    runs: 2,
    saves: 2,
    act: twice("fresh"),
  },
  {
    name: "an action that throws has run once",
    form: "throw",
    // React shows error.js, the server its error page; without React there is an event.
    not: { ours: ["title", "saves", "shown", "fields"], native: ["title", "saves", "shown"] },
    ours: (seen) => assert.deepEqual([named(seen, "error").map(({ code }) => code), seen.title, seen.fields.throw[0]], [["ACTION_THREW"], "forms", ["text", "text of throw"]]),
  },
  {
    name: "an action that says notFound() has run once",
    form: "miss",
    not: { ours: ["title", "saves", "shown", "fields"], native: ["title", "saves", "shown"] },
    ours: (seen) => assert.equal(named(seen, "error").length, 1),
  },
  {
    name: "a form with an invalid field is not sent, and is once it is valid",
    form: "required",
    // React 18 does not reset forms.
    not: { "ours 14.2": ["fields"] },
    act: async (page) => {
      await press(page, own("required"));
      assert.equal((await page.settled()).posts.length, 0);
      await page.act(async () => (document.querySelector("#required [name=needed]").value = "now"));
      await press(page, own("required"));
    },
  },
  { name: "an answer with validation errors is a state", form: "safe" },
  { name: "an answer with the errors of a schema is a state", form: "zod" },
];

function twice(form) {
  return async (page) => {
    await press(page, own(form));
    await page.settled(ran(1));
    await press(page, own(form));
  };
}

/** The forms whose actions redirect. */
const LEAVING = ["go", "stateGo"];

/** Performs a row in one way. Returns what can be compared. */
export async function perform({ form, path, act = (page) => press(page, own(form)), runs = 1, saves = "" }, page, way) {
  await page.fresh(way, path);
  await page.act(async () => void (window.isBefore = true));
  await act(page);
  // A page that is about to leave looks settled for a moment.
  const hasLeft = ({ url, isBefore }) => (!LEAVING.includes(form) || url.startsWith("/target")) && !(way === "native" && isBefore);
  const seen = await page.settled((seen) => ran(runs)(seen) && hasLeft(seen) && (saves === "" || seen.saves === String(saves)));
  const { [form]: fields } = seen.fields;
  const results = seen.runs.map(({ state, ...run }) => run);
  return { ...seen, runs: results, fields, cookies: await page.cookies(), posts: seen.posts.length, kept: seen.fields };
}

/** The fields that are compared. */
export const COMPARED = ["runs", "cookies", "url", "title", "saves", "shown", "fields", "posts"];
