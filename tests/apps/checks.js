// Checks of the package as an app uses it, with any bundler or test runner. The server beside the page answers
// actions as `tests/server` does.

/** The id of an action that takes all arguments, by its first byte. */
const ID = "7f".padEnd(42, "0");

function equal(found, expected) {
  const [one, other] = [found, expected].map((value) => JSON.stringify(value));
  if (one !== other) throw new Error(`${one} instead of ${other}`);
}

/**
 * The checks by name. Each gets the package's exports, and a function that makes the address of actions with a
 * query.
 */
export const checks = {
  async "the wasm loads"({ ready }) {
    await ready();
    await ready();
  },
  async "plain arguments are encoded"({ encode }) {
    equal(await encode([1, "two", { three: [null] }]), '[1,"two",{"three":[null]}]');
  },
  async "a map is encoded"({ encode }) {
    const body = await encode([new Map([["since", new Date(0)]])]);
    equal([...body.values()].sort(), ['["$Q1"]', '[["since","$D1970-01-01T00:00:00.000Z"]]']);
  },
  async "an answer is decoded"({ decode }) {
    const { value, done } = decode(new TextEncoder().encode('0:{"when":"$D2026-01-02T03:04:05.000Z","many":"$n12345678901234567890"}\n'));
    const { when, many } = await value;
    equal([when.toISOString(), String(many)], ["2026-01-02T03:04:05.000Z", "12345678901234567890"]);
    await done;
  },
  async "a call with a plain argument gives its value"({ createDispatcher }, at) {
    equal(await createDispatcher({ url: at("do=ok") }).call(ID, [1, "two"]), "ok");
  },
  async "an answer with a date gives a Date"({ createDispatcher }, at) {
    equal((await createDispatcher({ url: at("do=date") }).call(ID)).toISOString(), "2026-01-02T03:04:05.678Z");
  },
  async "a call that is aborted rejects"({ createDispatcher, isActionError, ActionError }, at) {
    const d = createDispatcher({ url: at("do=never") });
    const call = d.call(ID);
    while (call.state === "loading" || call.state === "waiting") await new Promise((resolve) => setTimeout(resolve, 1));
    call.abort("enough");
    const error = await call.catch((error) => error);
    equal([error.code, error.cause, isActionError(error), error instanceof ActionError], ["ABORTED", "enough", true, true]);
    equal([isActionError(new Error("another")), isActionError(undefined)], [false, false]);
  },
  async "a route gives its response"({ createDispatcher }, at) {
    const response = await createDispatcher().route(at("").replace(/\/\?$/, "/__seen"));
    equal([response.status, Array.isArray(await response.json())], [200, true]);
  },
  async "a call with a map and a file sends both"({ createDispatcher }, at) {
    const file = new Blob(["a file of some bytes"], { type: "text/plain" });
    const { call, bytes } = await createDispatcher({ url: at("call=parts") }).call(ID, [new Map([[1, file]])]);
    equal([call, bytes > 200], ["parts", true]);
  },
};

/**
 * Runs all checks in the order above, then those of `more`. Returns `[name, error or null]` of each. `origin` has the
 * actions, where no page has one.
 */
export async function run(actionlane, { more = {}, origin = "" } = {}) {
  const results = [];
  for (const [name, check] of Object.entries({ ...checks, ...more })) {
    try {
      await check(actionlane, (query) => `${origin}/?${query}`);
      results.push([name, null]);
    } catch (error) {
      results.push([name, `${error?.code ?? error?.name}: ${error?.message ?? error}`]);
    }
  }
  return results;
}
