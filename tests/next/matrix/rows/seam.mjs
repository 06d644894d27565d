// Actions that only React's client and Next's router can do in full: run without the seam and with it, not through
// calls of ours. Answers that arrive in another order than Next's own client allows, forms with a state, client
// components, and functions of the server's in arguments and answers.

const open = (key) => `await post("gate?key=${key}");`;
const sent = (key) => `await get("gate?key=${key}&arrived=1");`;

/**
 * Calls at a time, in a lane without order. Next's own client sends the second once it has the first answer, so it
 * gets all gates open. `text` runs while the calls `a` and `b` wait at their gates.
 */
const overlapping = (name, calls, text, more = {}) => ({
  name: `overlapping: ${name}`,
  seam: true,
  action: "countAt",
  args: `() => { window.fixtureLane = "parallel"; return []; }`,
  next: `async () => { const { raw } = window.fixture; return Promise.all([${calls.join(", ")}]); }`,
  meanwhile: `async ({ get, post, shows, hold, until, inLanes }) => {
    if (!inLanes) { ${open("a")} ${open("b")} return; }
    ${text}
  }`,
  ...more,
});

const a = 'raw.countAt("a")';
const b = 'raw.countAt("b")';
/** Calls `call` past the lanes. */
const own = (call) => `(() => { window.fixtureLane = "none"; try { return ${call}; } finally { window.fixtureLane = "parallel"; } })()`;
const bothSent = `const [one, two] = [hold("a"), hold("b")]; ${sent("a")} ${sent("b")}`;
const inOrder = `${bothSent} ${open("a")} await one.came; one.pass(); await shows("a", "1"); ${open("b")} two.pass();`;
const inReverse = `${bothSent} ${open("b")} await two.came; two.pass(); await shows("b", "1"); ${open("a")} one.pass();`;
/** The page in the first answer was rendered before the second action ran, and arrives after its page is shown. */
const olderLast = `${bothSent} ${open("a")} await one.came; ${open("b")} await two.came; two.pass(); await shows("b", "1"); one.pass();`;

/** The same, where Next's queue holds the newer page back until the older has come: its lane is done with it before. */
const olderLastInQueue = `${bothSent} ${open("a")} await one.came; ${open("b")} await two.came; two.pass();
    await until("the lane is free", () => window[Symbol.for("actionlane.next")].lanes.dispatcher.snapshot().length === 0);
    one.pass();`;

const go = 'raw.countAtAndGo("b", "/target").catch((error) => { if (!error.digest?.startsWith("NEXT_REDIRECT")) throw error; })';
const left = { leaves: true };

/** Submits a form of /forms. */
const submitted = (name, id, { times = 1, ...more } = {}) => ({
  name: `form submitted: ${name}`,
  seam: true,
  action: "saveForm",
  on: "/forms",
  next: `async ({ submit }) => submit(${JSON.stringify(id)}, ${times})`,
  ...more,
});

/** Calls an action with functions of the page, which arrive as functions at the server. */
const withFunction = (name, args, more = {}) => ({ name: `function in an argument: ${name}`, seam: true, action: "callBack", args, ...more });

export default [
  overlapping("two revalidate, answered in order", [a, b], inOrder),
  overlapping("two revalidate, answered in reverse", [a, b], inReverse),
  overlapping("two revalidate, the older page comes last", [a, b], olderLast, { sample: true }),
  overlapping("Next's own and one in a lane, the older page comes last", [own(a), b], olderLastInQueue),
  overlapping("one in a lane and Next's own, the older page comes last", [a, own(b)], olderLast),
  overlapping("one revalidates, one redirects, in order", [a, go], `${bothSent} ${open("a")} await one.came; one.pass(); await shows("a", "1"); ${open("b")} two.pass();`, left),
  overlapping("one revalidates, one redirects, in reverse", [a, go], `${bothSent} ${open("b")} two.pass(); await shows("pathname", "/target"); ${open("a")} one.pass();`, left),
  submitted("redirects", "go", left),
  submitted("sets a cookie", "cookie"),
  submitted("notFound()", "miss"),
  submitted("throws", "throw"),
  submitted("with a file", "file"),
  submitted("`useActionState`", "state"),
  submitted("`useActionState`, twice at once", "state", { times: 2 }),
  submitted("`useActionState`, bound arguments", "stateBound"),
  submitted("`useActionState`, redirects", "stateGo", { ...left, sample: true }),
  submitted("`useActionState`, sets a cookie", "stateCookie", { sample: true }),
  {
    name: "a client component, which calls a function of the server's",
    seam: true,
    sample: true,
    action: "button",
    args: () => ["text", 1],
    use: async (node, { shows }) => {
      window.fixture.render(node);
      await shows("button", "text, later, not pressed");
      document.querySelector("[data-testid=button]").click();
      await shows("button", "text, later, 3");
      return "shown";
    },
  },
  { name: "a function of the server's, called twice at a time", seam: true, action: "makeAdder", args: () => [1], use: (add) => Promise.all([add(2), add(3)]) },
  withFunction("imported", () => [window.fixture.raw.two, 1, 2], { wire: true, sample: true }),
  withFunction("a closure", () => [window.fixture.raw.reveal, "v"], { wire: true, sample: true }),
  withFunction("in a map, and back in the answer", () => [new Map([["add", window.fixture.raw.add]])], { action: "echo", use: ([map]) => map.get("add")(1, 2) }),
  withFunction("the page's own, which only passes through", () => [(window.mine = () => "mine")], { action: "same", use: (it) => it === window.mine }),
  { name: "a stream in an argument, and revalidates", seam: true, action: "countRead", args: () => [new ReadableStream({ start(it) { it.enqueue("a"); it.enqueue("b"); it.close(); } })] },
];
