// Behaviours of actions that navigate.

const HEADINGS = { redirect: "Arrived", notFound: "Not found", forbidden: "Forbidden", unauthorized: "Unauthorized" };

async function leave(page, hook, by, selector) {
  const gate = `leave ${JSON.stringify({ by })}`;
  await page.click(selector);
  await page.arrived(gate);
  await page.status(hook, "executing");
  await page.settled();
  await page.pass(gate);
}

/** Hears of it by a callback. */
const heard = (by) => ({
  path: "/leave",
  async run(page) {
    await leave(page, "leave", by, `#${by}`);
    await page.logged("onSettled");
    if (by === "redirect") await page.shows("h1", HEADINGS.redirect);
  },
});

/** With the redirect on its way, Next shows the page as new and drops it, or loads the next one by a request. */
const RACE = {
  fields: ["requests", "steps of throwing"],
  reason: "Next itself takes one of two ways, in both apps",
};

/** Throws it. */
const thrown = (by) => ({
  path: "/leave",
  varies: by === "redirect" ? RACE : undefined,
  async run(page) {
    await leave(page, "throwing", by, `#${by}-thrown`);
    await page.shows("h1", HEADINGS[by]);
  },
});

export default {
  ...Object.fromEntries(
    Object.keys(HEADINGS).flatMap((by) => [
      [`${by}, heard by a callback`, heard(by)],
      [`${by}, thrown while rendering`, thrown(by)],
    ]),
  ),
  "redirect, by executeAsync": {
    path: "/leave",
    async run(page) {
      await leave(page, "leave", "redirect", "#awaited");
      await page.shows("h1", HEADINGS.redirect);
      await page.logged("rejected");
    },
  },
};
