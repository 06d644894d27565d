// Runs in the page: plays one row of the matrix through Next's own client or through ours, and records the results.
// The text of this file precedes each script that the runner executes there. `window.matrix` is made once a
// document; what must outlive the document is in `sessionStorage`.
window.matrix ??= (() => {
  const load = (key) => JSON.parse(sessionStorage.getItem(`matrix:${key}`) ?? "null");
  const save = (key, value) => sessionStorage.setItem(`matrix:${key}`, JSON.stringify(value ?? null));
  const home = `${location.protocol}//localhost:${location.port}`;
  const isHome = location.origin === home;
  /** Longest wait, in ms; long enough for a busy machine. */
  const PATIENCE = 60_000;
  const until = async (what, condition) => {
    const deadline = performance.now() + PATIENCE;
    while (performance.now() < deadline) {
      const value = await condition();
      if (value) return value;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`not within ${PATIENCE / 1000} s: ${what}`);
  };

  // Requests whose answers have not ended, and a count of all changes on the page.
  let inFlight = 0;
  let changes = 0;
  let tamper;
  /** Answers to hold back, by the first argument of the action. */
  const held = new Map();
  /** True in the document in which the row began. */
  let began = false;
  const busy = () => (changes += 1);
  new MutationObserver(busy).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  /** Waits for a frame, and then until the browser is idle. */
  const idle = () => new Promise((resolve) => requestAnimationFrame(() => requestIdleCallback(resolve)));
  /** True if no request is under way, and nothing changes while the page is idle twice. */
  const atRest = async () => {
    if (inFlight > 0 || document.readyState !== "complete") return false;
    const before = changes;
    await idle();
    await idle();
    return inFlight === 0 && changes === before;
  };
  // A build with the seam has a place below the seam's wrapper, where only what goes to the network arrives.
  const fetchName = window.fixtureFetch === undefined ? "fetch" : "fixtureFetch";
  const realFetch = window[fetchName];
  window[fetchName] = async function fetch(input, init) {
    inFlight += 1;
    busy();
    const headers = new Headers(init?.headers);
    const isAction = headers.has("next-action");
    if (headers.has("rsc") && !isAction) save("loads", [...(load("loads") ?? []), new URL(input, document.baseURI).pathname]);
    if (isAction) {
      if (tamper?.id !== undefined) headers.set("next-action", tamper.id);
      if (tamper?.path !== undefined) input = tamper.path;
      init = { ...init, headers };
      save("posts", (load("posts") ?? 0) + 1);
      save("wire", wireOf(init.body));
    }
    const hold = isAction && typeof init.body === "string" ? held.get(JSON.parse(init.body)[0]) : undefined;
    try {
      const response = await realFetch.call(window, input, init);
      hold?.arrive();
      await hold?.passed;
      const copy = response.clone().body?.getReader();
      const drain = async () => {
        while (copy && !(await copy.read()).done);
      };
      drain().catch(() => {}).finally(() => {
        if (isAction) save("answered", true);
        inFlight -= 1;
        busy();
      });
      return response;
    } catch (error) {
      inFlight -= 1;
      throw error;
    }
  };
  const uncaught = (error) => isHome && save("uncaught", [...(load("uncaught") ?? []), String(error?.digest ?? error?.message ?? error)]);
  addEventListener("error", (event) => uncaught(event.error ?? event.message));
  addEventListener("unhandledrejection", (event) => uncaught(event.reason));

  /**
   * Describes the form in which arguments were encoded: the names of the parts, and the letters before functions of
   * the server.
   */
  function wireOf(body) {
    const parts = body instanceof FormData ? [...body] : [["text", body]];
    const names = parts.map(([name]) => name.replace(/^(_|S)?[0-9a-f]+(?=_|$)/, "$1N"));
    const letters = parts.flatMap(([, text]) => (typeof text === "string" ? (text.match(/"\$[hF](?=\d)/g) ?? []) : []));
    return [...new Set([...names, ...letters.map((found) => found.slice(1))])].sort().join(" ");
  }

  const ready = () => !document.querySelector("[data-testid=pathname]") || window.fixture !== undefined;

  /** Describes a whole value as text; waits for the values in it. */
  async function describe(value, seen = new Map(), path = "$") {
    const inner = (it, key) => describe(it, seen, `${path}.${String(key)}`);
    if (value === null) return "null";
    if (typeof value === "string") return value.length > 200 ? `text of ${value.length} ending in ${JSON.stringify(value.slice(-20))}` : JSON.stringify(value);
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
    if (typeof value === "symbol") return `symbol ${Symbol.keyFor(value) ?? value.description}`;
    if (typeof value === "function") return "function";
    if (typeof value !== "object") return String(value);
    if (typeof value.then === "function" && !Object.hasOwn(value, "then")) {
      return Promise.resolve(value).then(async (it) => `promise of ${await inner(it, "then")}`, (error) => `promise rejected ${failure(error)}`);
    }
    if (seen.has(value)) return `as ${seen.get(value)}`;
    seen.set(value, path);
    const list = async (items) => {
      const texts = [];
      let at = 0;
      for (const item of items) texts.push(await inner(item, at++));
      return texts.join(", ");
    };
    if (value instanceof Date) return `date ${value.toISOString()}`;
    if (value instanceof Error) {
      const { digest = "", environmentName, name, message } = value;
      const more = [];
      for (const key of ["cause", "errors"]) if (Object.hasOwn(value, key)) more.push(`${key}: ${await inner(value[key], key)}`);
      // Only a server in development sends an error's name and message.
      const named = environmentName === undefined ? "" : ` ${name}: ${message} in ${environmentName}`;
      return `error ${digest}${named}`.replace("  ", " ").trim() + (more.length > 0 ? ` {${more.join(", ")}}` : "");
    }
    if (value instanceof Map) return `map {${await list(value)}}`;
    if (value instanceof Set) return `set {${await list(value)}}`;
    if (value instanceof FormData) return `form {${await list(value)}}`;
    if (value instanceof Blob) return `${value.constructor.name.toLowerCase()} ${value.type} ${JSON.stringify(await value.text())}`;
    if (value instanceof ArrayBuffer) return `buffer ${hex(new Uint8Array(value))}`;
    if (ArrayBuffer.isView(value)) return `${value.constructor.name} ${hex(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))}`;
    if (value instanceof ReadableStream) return `stream [${await drained(reader(value), inner)}]`;
    if (Array.isArray(value)) return `[${await list(value)}]`;
    if (value.$$typeof !== undefined) return `element ${value.type} ${await inner(value.props, "props")}`;
    if (typeof value[Symbol.asyncIterator] === "function") return `async [${await drained(value[Symbol.asyncIterator](), inner)}]`;
    if (typeof value[Symbol.iterator] === "function") return `iterator [${await list(value)}]`;
    const texts = [];
    for (const key of Object.keys(value)) texts.push(`${key}: ${await inner(value[key], key)}`);
    return `{${texts.join(", ")}}`;
  }

  async function drained(iterator, inner) {
    const texts = [];
    try {
      for (;;) {
        const { done, value } = await iterator.next();
        if (done) return texts.join(", ");
        texts.push(await inner(value, texts.length));
      }
    } catch (error) {
      return [...texts, `broken ${failure(error)}`].join(", ");
    }
  }

  function reader(stream) {
    const source = stream.getReader();
    return { next: () => source.read() };
  }

  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const failure = (error) => `with digest ${error?.digest ?? "none"}`;
  /** Shortens an address: without the port of this run. */
  const place = (url) => url?.replace(home, "").replace(`http://127.0.0.1:${location.port}`, "OTHER");

  const request = async (method, path) => (await realFetch(path, { method })).json();
  const base = () => load("base") ?? "";
  const text = (id) => document.querySelector(`[data-testid=${id}]`)?.textContent;
  const api = {
    /** Waits until the page shows this text under a name; with undefined, until it shows none. */
    shows: (id, wanted) => until(`${id} is ${wanted}`, () => text(id) === wanted),
    /** Waits until the call has settled. */
    settled: () => until("the call has settled", () => load("result")),
    /** Waits until the page is at rest, also if its document is being left. */
    rest: () => until("the page is at rest", atRest),
    /** Goes back or forward in the history, and waits for its event. */
    came: (direction) =>
      new Promise((resolve) => {
        addEventListener("popstate", resolve, { once: true });
        history[direction]();
      }),
    /**
     * Holds back the answer to the action with this first argument: `came` resolves once it is there, `pass()` lets it
     * on.
     */
    hold: (argument) => {
      const it = {};
      it.came = new Promise((resolve) => (it.arrive = resolve));
      it.passed = new Promise((resolve) => (it.pass = resolve));
      held.set(argument, it);
      return it;
    },
    get: (what) => request("GET", `${base()}/api/${what}`),
    post: (what) => request("POST", `${base()}/api/${what}`),
    until,
    other: `http://127.0.0.1:${location.port}`,
    home,
  };

  /** Lists all objects and functions in a value, itself included; waits for promises. */
  async function* insides(value, seen = new Set()) {
    const it = typeof value?.then === "function" ? await value : value;
    if ((typeof it !== "object" && typeof it !== "function") || it === null || seen.has(it)) return;
    seen.add(it);
    yield it;
    for (const inner of it instanceof Map || it instanceof Set ? it : Object.values(it)) yield* insides(inner, seen);
    if (it._payload !== undefined) yield* insides(it._payload, seen);
  }

  /** Finds the first object in the data of the page at `path` for which `wanted` returns something. */
  async function fromPage(path, wanted) {
    const { value, done } = window.actionlane.decode(await realFetch(path, { headers: { rsc: "1" } }));
    const root = await value;
    await done;
    for await (const it of insides(root)) {
      const found = wanted(it);
      if (found !== undefined) return found;
    }
    throw new Error(`not in the data of ${path}`);
  }

  /** Returns the id and the bound arguments of a server's function. */
  async function bound(reference) {
    const { id, bound } = reference[Symbol.for("actionlane.reference")];
    return { id, args: (await bound) ?? [] };
  }

  const forms = {
    closure: async (path, id) => bound(await fromPage(path, (it) => (it[Symbol.for("actionlane.reference")]?.id === id ? it : undefined))),
    formAction: async (id) => bound(await fromPage("/forms", (it) => (it.props?.id === id || it.props?.name === id) && typeof it.props.action === "function" ? it.props.action : undefined)),
    formData: (id) => new FormData(document.getElementById(id), document.querySelector(`[data-testid=submit-${id}]`)),
    /** Submits a form by its button, after React has hydrated it; `times` at once. */
    submit: async (id, times = 1) => {
      const form = document.getElementById(id);
      await until("the form is hydrated", () => Object.keys(form).some((key) => key.startsWith("__reactProps")));
      for (let time = 0; time < times; time += 1) form.querySelector(`[data-testid=submit-${id}]`).click();
      await until("the form is sent", () => load("posts") >= times && inFlight === 0);
      return "sent";
    },
  };

  const run = (text) => (text === undefined || text === null ? undefined : (0, eval)(`(${text})`));

  async function theirsOf(row, { ids }, side) {
    const fixture = window.fixture ?? { actions: {}, passed: {}, raw: {} };
    const call = (name, ...args) => (fixture.passed[name] ?? fixture.actions[name] ?? fixture.actions.echo)(...args);
    const mine = { ...api, ...forms, ids, call, inLanes: side === "lanes" };
    const args = row.args ? await run(row.args)(mine) : [];
    const id = row.id ? run(row.id)(ids) : undefined;
    // Next's client lacks this action: it calls another one, and the request gets this id.
    const foreign = id ?? (row.next || fixture.passed[row.action] || fixture.actions[row.action] ? undefined : ids[row.action]);
    tamper = { id: foreign, path: row.path ?? undefined };
    return { mine, start: () => (row.next ? run(row.next)(mine, args) : call(row.action, ...args)) };
  }

  async function oursOf(row, { ids }) {
    const { actionlane } = window;
    const d = actionlane.createDispatcher(row.dispatcher ?? {});
    await actionlane.ready();
    const call = (name, ...args) => d.call(ids[name], args);
    const options = { ...row.options, ...(row.path && { url: row.path }) };
    const mine = { ...api, ...forms, ids, d, call, actionlane };
    const args = row.args ? await run(row.args)(mine) : [];
    const id = row.id ? run(row.id)(ids) : ids[row.action];
    return {
      mine,
      start: () => {
        const made = row.ours ? run(row.ours)(mine) : d.call(id, args, options);
        const keep = (outcome) => outcome && save("outcome", summary(outcome));
        Promise.resolve(made).then(() => made.outcome?.then(keep), (error) => save("outcome", { ...summary(error?.outcome), ...codes(error) }));
        return made;
      },
    };
  }

  const codes = (error) => ({ code: window.actionlane.isActionError(error) ? error.code : "none", sent: error?.sent, status: error?.status, digest: error?.digest, message: error?.message });
  const summary = (outcome) => ({
    code: "ok",
    redirect: outcome?.redirect ? `${outcome.redirect.type ?? "-"} ${place(outcome.redirect.url)}${outcome.redirect.followed ? "" : " (not followed)"}` : null,
    revalidated: outcome?.revalidated ?? null,
    rendered: outcome?.rendered ?? null,
    attempts: outcome?.attempts ?? null,
  });

  /** Prepares the page, and starts the row just after it has returned. */
  async function begin(row, side, world) {
    sessionStorage.clear();
    save("base", world.base);
    save("arrives", row.arrives?.[side === "ours" ? "ours" : "next"]);
    tamper = undefined;
    held.clear();
    await until("the page is hydrated", () => ready() && (row.bare || window.fixture));
    if (side === "ours" && !window.actionlane) {
      await new Promise((resolve, reject) => {
        const script = Object.assign(document.createElement("script"), { src: `${world.base}/actionlane.js`, onload: resolve });
        script.onerror = () => reject(new Error("no /actionlane.js"));
        document.head.append(script);
      });
    }
    if (side === "lanes") await until("the lanes are loaded", () => window[Symbol.for("actionlane.next")]?.lanes);
    const { mine, start } = await (side === "ours" ? oursOf : theirsOf)(row, world, side);
    if (!began) await until("the page is at rest", atRest);
    // Errors of hydration are the page's own: Next's for the path of a page that a rewrite shows, for one.
    for (const key of ["posts", "loads", "uncaught"]) sessionStorage.removeItem(`matrix:${key}`);
    began = true;
    save("started", { href: location.href, history: history.length, renders: row.prerendered ? undefined : renders() });
    setTimeout(() => {
      const use = run(row.use) ?? ((value) => value);
      (async () => {
        const promise = start();
        if (row.meanwhile) run(row.meanwhile)(mine).catch(uncaught);
        return `value ${await describe(await use(await promise, mine))}`;
      })().then(
        (text) => save("result", { result: text }),
        (error) => save("result", { result: `rejected ${failure(error)}`, kind: String(error?.name ?? typeof error), message: String(error?.message ?? error) }),
      );
    });
  }

  /**
   * True if the row is over: the call has settled, the page was left if the row leaves it, and the page is at rest.
   * A row that is stuck is over once the answer has ended.
   */
  async function isOver({ leaves, stuck, ours }) {
    if (!ready()) return false;
    if (stuck) return load("answered") !== null && atRest();
    if (isHome && began && load("result") === null) return false;
    const failed = ours && load("result")?.kind !== undefined;
    if (isHome && leaves && !failed && location.href === load("started")?.href) return false;
    if (load("arrives") && !location.href.includes(load("arrives"))) return false;
    return atRest();
  }

  const renders = () => document.querySelector("[data-testid=renders]")?.textContent;

  /** Returns what the document shows: its address, and every text with a name. */
  function shown() {
    const texts = {};
    for (const element of document.querySelectorAll("[data-testid]")) {
      const { testid } = element.dataset;
      if (!["renders", "tagged", "pending"].includes(testid) && !testid.startsWith("link-") && !testid.startsWith("submit-")) texts[testid] = element.textContent;
    }
    return {
      at: place(location.href),
      same: began,
      history: history.length,
      fresh: isHome && began && load("started").renders !== undefined && location.href === load("started").href ? renders() !== load("started").renders : null,
      heading: document.querySelector("h1")?.textContent ?? "",
      texts: isHome ? texts : {},
      tagged: Number(document.querySelector("[data-testid=tagged]")?.textContent ?? -1),
    };
  }

  /** True if the page has loaded the codec, which is a module of its own. */
  const hasCodec = () => performance.getEntriesByType("resource").some(({ name }) => /\/flight\.(?:js|wasm)(?:\?|$)/.test(name));

  /** Returns what was recorded in the page, and the server's state. Works on pages of the app's own origin only. */
  async function recorded() {
    const [{ counts, effects, order, mostRunning, computed }, cookies] = await Promise.all([api.get("state"), api.get("cookies")]);
    return {
      ...load("result"),
      started: load("started"),
      outcome: load("outcome") && { ...load("outcome"), codec: hasCodec() },
      wire: load("wire"),
      posts: load("posts") ?? 0,
      loads: load("loads") ?? [],
      uncaught: load("uncaught") ?? [],
      cookies,
      server: { counts, effects, order, mostRunning, computed },
    };
  }

  return {
    begin,
    recorded,

    /**
     * Waits until the row is over. A document that is left in the meantime never returns: the runner then calls
     * this in the next one.
     */
    async end(how) {
      const over = await until("the row is over", () => isOver(how)).then(() => true, () => false);
      return { over, shown: shown(), recorded: isHome ? await recorded() : null };
    },
  };
})();
const matrix = window.matrix;
