// Behaviours of `useAction` with several calls, and when its component is gone.

const gate = (text) => `search ${JSON.stringify({ text })}`;

async function search(page, text) {
  await page.type("#search input", text);
  await page.arrived(gate(text));
  await page.status("search", "executing");
}

export default {
  "the first result, and the one after it": {
    path: "/search",
    async run(page) {
      await search(page, "be");
      await page.settled();
      await page.pass(gate("be"));
      await page.shows("#found", "Berlin, Bern");
    },
  },
  "reset to the first result": {
    path: "/search",
    async run(page) {
      await search(page, "be");
      await page.pass(gate("be"));
      await page.shows("#found", "Berlin, Bern");
      await page.settled();
      await page.click("#reset");
      await page.shows("#found", "Athens, Rome");
    },
  },
  "calls that overlap: the last one counts": {
    path: "/search",
    async run(page) {
      await search(page, "b");
      await page.type("#search input", "be");
      await page.type("#search input", "ber");
      await page.settled();
      for (const text of ["b", "be", "ber"]) {
        await page.arrived(gate(text));
        await page.settled();
        await page.pass(gate(text));
      }
      await page.status("search", "hasSucceeded");
    },
  },
  "a component that unmounts during a call": {
    path: "/search",
    async run(page) {
      await search(page, "ro");
      await page.click("#toggle");
      await page.shows("#toggle", "Show");
      await page.settled();
      await page.pass(gate("ro"));
      await page.logged("searched for ro");
    },
  },
  "a user who leaves the page during a call": {
    path: "/search",
    async run(page) {
      await search(page, "ro");
      await page.click("#home");
      await page.tab.until(async () => location.pathname === "/");
      await page.settled();
      await page.pass(gate("ro"));
      await page.logged("searched for ro");
    },
  },
  "a component that is mounted again during a call": {
    path: "/search",
    async run(page) {
      await search(page, "ro");
      await page.click("#toggle");
      await page.shows("#toggle", "Show");
      await page.click("#toggle");
      await page.status("search", "idle");
      await page.settled();
      await page.pass(gate("ro"));
      await page.logged("searched for ro");
    },
  },
};
