// A state beside a naive model, which computes the value from all runs each time, under random operations.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createDispatcher } from "../node.js";
import { state } from "../state.js";
import { ID, flight, serve, until } from "./server.js";

/** Requests that are not answered yet, by the number of their run: functions that answer. */
const open = new Map();
let server;
before(async () => {
  server = await serve((_request, response, body) => {
    const [number] = JSON.parse(body);
    open.set(number, (answer) => (answer === undefined ? response.destroy() : flight(response, JSON.stringify(answer))));
  });
});
after(() => server.close());

/** The number of the last run, of all tests: a request that comes late must not be taken for another one. */
let lastRun = 0;

const reducer = (value, number) => [...value, `?${number}`];
const confirm = (value, result, number) => (result === "clear" ? [] : [...value, `${number}:${result}`]);

/** The naive model: every run since the last reset, in order, as it is now. */
class Model {
  runs = [];
  error = undefined;

  get snapshot() {
    const value = this.runs.reduce((value, { number, phase, result }) => {
      if (phase === "pending") return reducer(value, number);
      return phase === "done" ? confirm(value, result, number) : value;
    }, []);
    const pending = this.runs.some(({ phase }) => phase === "pending");
    const status = pending ? "pending" : this.error ? "error" : this.runs.some(({ phase }) => phase === "done") ? "success" : "idle";
    return { value, pending, error: this.error, status };
  }

  /** The runs that `retry()` repeats. */
  get failed() {
    return this.runs.filter(({ phase, forgotten }) => phase === "failed" && !forgotten);
  }

  begin(number) {
    this.#forget();
    const run = { number, phase: "pending", result: undefined, forgotten: false };
    this.runs.push(run);
    return run;
  }

  retry() {
    const again = this.failed;
    this.#forget();
    return again.map(({ number }) => {
      const run = { number, phase: "pending", result: undefined, forgotten: false };
      this.runs.push(run);
      return run;
    });
  }

  reset() {
    this.runs = [];
    this.error = undefined;
  }

  #forget() {
    this.error = undefined;
    for (const run of this.runs) run.forgotten = true;
  }
}

/** Returns a function that gives numbers below `n`, the same for the same seed. */
function dice(seed) {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** Performs random operations on a state and on its model, and compares after each. */
async function compare(seed, lane, operations) {
  const roll = dice(seed);
  const d = createDispatcher({ url: server.url });
  const made = state(d, ID, [], reducer, { lane, confirm });
  const model = new Model();
  const log = [];
  const seen = [];
  let told = 0;
  made.subscribe((snapshot) => {
    told += 1;
    seen.push(snapshot);
  });
  /** Calls whose run is pending in the dispatcher, also those that a reset has made strangers. */
  const pending = [];
  for (let step = 0; step < operations; step += 1) {
    const before = made.getSnapshot();
    const shown = JSON.stringify(model.snapshot);
    const [from, list] = [told, pending.length];
    const what = pending.length === 0 ? 0 : roll(12);
    if (what < 4) {
      const number = (lastRun += 1);
      log.push(`run ${number}`);
      pending.push({ call: made.run(number), run: model.begin(number), number });
    } else if (what === 4) {
      log.push("reset");
      made.reset();
      model.reset();
    } else if (what === 5) {
      log.push("retry");
      const runs = model.retry();
      const calls = made.retry();
      assert.equal(calls.length, runs.length, log.join(", "));
      runs.forEach((run, at) => pending.push({ call: calls[at], run, number: run.number }));
    } else {
      // In a lane with a queue only the first has been sent.
      const at = lane === "parallel" ? roll(pending.length) : 0;
      const [{ call, run, number }] = pending.splice(at, 1);
      if (what === 6) {
        log.push(`abort ${number}`);
        call.abort();
        await call.catch(() => {});
        run.phase = "withdrawn";
        open.delete(number);
      } else {
        await until(() => open.has(number));
        const answer = open.get(number);
        open.delete(number);
        const result = what < 9 ? ["ok", "clear"][roll(8) === 0 ? 1 : 0] : what < 11 ? "ok" : undefined;
        log.push(`answer ${number} ${result}`);
        answer(result);
        const error = await call.then(() => undefined, (error) => error);
        assert.equal(error === undefined, result !== undefined, log.join(", "));
        run.phase = error ? "failed" : "done";
        run.result = result;
        if (error && model.runs.includes(run)) model.error = error;
        // A failure after `retry` or `run` can be retried, also if its run began before.
        run.forgotten = false;
      }
    }
    const snapshot = made.getSnapshot();
    assert.deepEqual(snapshot, model.snapshot, log.join(", "));
    if (JSON.stringify(model.snapshot) === shown && list === pending.length) assert.equal(snapshot === before, told === from, log.join(", "));
    assert.equal(seen.at(-1), snapshot, "the subscriber has the last snapshot");
    assert.equal(new Set(seen).size, seen.length, "no snapshot came twice");
  }
  for (const { call } of pending) call.abort();
  await d.idle();
  d.close();
}

for (const lane of ["parallel", "main"]) {
  test(`a state is equal to its model under random operations, in the lane ${lane}`, async () => {
    for (let seed = 1; seed <= 15; seed += 1) await compare(seed, lane, 40);
  });
}
