// Behaviours that only our hooks have: the place in the queue, and `abort`.
import assert from "node:assert/strict";

const gate = (text) => `save ${JSON.stringify({ text })}`;

export default {
  "isQueued, queuePosition and the number of open calls": {
    path: "/queue",
    async run(page) {
      for (const name of ["first", "second", "third"]) await page.click(`#${name} .save`);
      await page.arrived(gate("first"));
      await page.shows("#first .place", "not in the queue, 3 open");
      await page.shows("#second .place", "number 1 in the queue, 3 open");
      await page.shows("#third .place", "number 2 in the queue, 3 open");
      await page.pass(gate("first"));
      await page.arrived(gate("second"));
      await page.shows("#third .place", "number 1 in the queue, 2 open");
      for (const name of ["second", "third"]) await page.pass(gate(name));
      await page.status("third", "hasSucceeded");
      await page.shows("#third .place", "not in the queue, 0 open");
    },
  },
  "abort of a call that waits: it is not sent, and the next one moves up": {
    path: "/queue",
    async run(page) {
      for (const name of ["first", "second", "third"]) await page.click(`#${name} .save`);
      await page.arrived(gate("first"));
      await page.shows("#third .place", "number 2 in the queue, 3 open");
      await page.click("#second .abort");
      await page.status("second", "hasErrored");
      await page.shows("#second .code", "ABORTED");
      await page.shows("#third .place", "number 1 in the queue, 2 open");
      for (const name of ["first", "third"]) await page.pass(gate(name));
      await page.status("third", "hasSucceeded");
      const { arrived } = (await page.record()).seen.server;
      assert.deepEqual(arrived, [gate("first"), gate("third")]);
    },
  },
  "abort of a call that runs": {
    path: "/queue",
    async run(page) {
      for (const name of ["first", "second"]) await page.click(`#${name} .save`);
      await page.arrived(gate("first"));
      await page.click("#first .abort");
      await page.status("first", "hasErrored");
      await page.shows("#first .code", "ABORTED");
      await page.arrived(gate("second"));
      await page.pass(gate("second"));
      await page.status("second", "hasSucceeded");
    },
  },
};
