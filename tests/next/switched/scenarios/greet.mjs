// Behaviours of `useAction`: results, errors, callbacks, and `reset`.

/** Greets by a button, and lets the server answer. */
async function greet(page, name, status, by = "execute") {
  const gate = `greet ${JSON.stringify({ name })}`;
  await page.type("#greeter input", name);
  await page.click(`#${by}`);
  await page.arrived(gate);
  await page.status("greet", "executing");
  await page.settled();
  await page.pass(gate);
  await page.status("greet", status);
}

export default {
  "success, by execute": { path: "/greet", run: (page) => greet(page, "Ann", "hasSucceeded") },
  "success, by executeAsync": { path: "/greet", run: (page) => greet(page, "Ann", "hasSucceeded", "executeAsync") },
  "validation errors of the schema": { path: "/greet", run: (page) => greet(page, "A", "hasErrored") },
  "validation errors of the action": { path: "/greet", run: (page) => greet(page, "Taken", "hasErrored") },
  "validation errors, by executeAsync": { path: "/greet", run: (page) => greet(page, "A", "hasErrored", "executeAsync") },
  "a server error with a message": { path: "/greet", run: (page) => greet(page, "Stranger", "hasErrored") },
  "a server error without one": { path: "/greet", run: (page) => greet(page, "Crash", "hasErrored") },
  "a server error, by executeAsync": { path: "/greet", run: (page) => greet(page, "Stranger", "hasErrored", "executeAsync") },
  "an error that the action throws": {
    path: "/greet",
    async run(page) {
      await page.click("#strict button");
      await page.arrived('greetOrThrow {"name":"Ann"}');
      await page.status("strict", "executing");
      await page.pass('greetOrThrow {"name":"Ann"}');
      await page.status("strict", "hasErrored");
    },
  },
  "no input and no result": {
    path: "/greet",
    async run(page) {
      await page.click("#waver button");
      await page.arrived("wave ");
      await page.status("wave", "executing");
      await page.pass("wave ");
      await page.status("wave", "hasSucceeded");
    },
  },
  "success after an error, and an error after success": {
    path: "/greet",
    async run(page) {
      await greet(page, "A", "hasErrored");
      await page.settled();
      await greet(page, "Ann", "hasSucceeded");
      await page.settled();
      await greet(page, "Stranger", "hasErrored");
    },
  },
  "the same call twice": {
    path: "/greet",
    async run(page) {
      await greet(page, "Ann", "hasSucceeded");
      await page.settled();
      await page.click("#execute");
      await page.settled();
      await page.status("greet", "hasSucceeded");
    },
  },
  "reset after success": {
    path: "/greet",
    async run(page) {
      await greet(page, "Ann", "hasSucceeded");
      await page.settled();
      await page.click("#reset");
      await page.status("greet", "idle");
    },
  },
  "reset during a call, and its result": {
    path: "/greet",
    async run(page) {
      await page.type("#greeter input", "Ann");
      await page.click("#executeAsync");
      await page.arrived('greet {"name":"Ann"}');
      await page.status("greet", "executing");
      await page.click("#reset");
      await page.status("greet", "idle");
      await page.settled();
      await page.pass('greet {"name":"Ann"}');
      await page.logged("executeAsync resolved");
    },
  },
  "the server cannot be reached": {
    path: "/greet",
    async run(page) {
      await page.offline(true);
      try {
        await page.type("#greeter input", "Ann");
        await page.click("#executeAsync");
        await page.status("greet", "hasErrored");
        await page.settled();
      } finally {
        await page.offline(false);
      }
    },
  },
};
