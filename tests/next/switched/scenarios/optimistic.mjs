// Behaviours of `useOptimisticAction`.

const gate = (title) => `addTodo ${JSON.stringify({ title })}`;

/** Waits until the server runs the call for a todo, and notes what the page shows then. */
async function held(page, title, when) {
  await page.arrived(gate(title));
  await page.settled();
  const items = await page.tab.run(async () => [...document.querySelectorAll("#todos li")].map(({ textContent }) => textContent));
  await page.note(when, items.join(), await page.tab.run(async () => document.querySelector("input").value));
}

/** Adds a todo by the form. */
async function add(page, title) {
  await page.type("input", title);
  await page.submit("form");
  await page.status("addTodo", "executing");
}

/** Adds a todo by the form alone, and lets the server answer. */
const alone = (title, status) => ({
  path: "/todos",
  async run(page) {
    await add(page, title);
    await held(page, title, "before the answer");
    await page.pass(gate(title));
    await page.status("addTodo", status);
  },
});

/** Adds one by the form, and another one before the server has answered. */
const overlapping = (title) => ({
  path: "/todos",
  async run(page) {
    await add(page, title);
    await page.click("button");
    await held(page, title, "both are open");
    await page.pass(gate(title));
    await held(page, "Eggs", "one is open");
    await page.pass(gate("Eggs"));
    await page.status("addTodo", "hasSucceeded");
  },
});

/** Likes so often before the server has answered, and notes the number that is shown. */
const liked = (times) => ({
  path: "/likes",
  async run(page) {
    for (let n = 0; n < times; n += 1) {
      await page.click("button");
      await page.status("like", "executing");
    }
    await page.arrived('like {"by":1}');
    await page.settled();
    await page.note("before the answer", await page.text("#likes"));
    await page.pass('like {"by":1}');
    await page.status("like", "hasSucceeded");
    await page.shows("#likes", String(times));
  },
});

export default {
  "a todo that is shown at once, and kept": {
    path: "/todos",
    async run(page) {
      await page.click("button");
      await held(page, "Eggs", "before the answer");
      await page.pass(gate("Eggs"));
      await page.status("addTodo", "hasSucceeded");
    },
  },
  "a form's action, and the field after it": alone("Rice", "hasSucceeded"),
  "a todo that the server refuses": alone("Milk", "hasErrored"),
  "a todo that is not valid": alone("", "hasErrored"),
  "todos that overlap": overlapping("Rice"),
  "todos that overlap, and the first is refused": overlapping("Milk"),
  "an action without an input, which renders the page again": {
    path: "/todos",
    async run(page) {
      await page.click("#clear button");
      await page.arrived("clearTodos ");
      await page.status("clear", "executing");
      await page.settled();
      await page.pass("clearTodos ");
      await page.status("clear", "hasSucceeded");
      await page.tab.until(async () => document.querySelector("#todos li") === null);
    },
  },
  "a number that onSuccess sets": liked(1),
  "a number that is set by calls that overlap": liked(3),
};
