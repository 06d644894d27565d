// A dispatcher's `fetch` put in place of the page's: the same cases in Node.js and in browsers.
//
// Each case gets `{ createDispatcher, other, url, id }`: `createDispatcher` of the package and of another copy of
// it, a server, and the id of an action. The server answers actions with a value, and every other request with 200.

/** Wrappers that a page may have around `fetch`. Each reports every request. */
const WRAPPERS = {
  "calls on at once": (inner, heard) => (...args) => (heard(), inner(...args)),
  "calls on later": (inner, heard) => async (...args) => {
    heard();
    await null;
    return inner(...args);
  },
  "spreads": (inner, heard) => async (url, init) => {
    heard();
    await null;
    return inner(url, { ...init, headers: { ...init?.headers, "x-a": "b" } });
  },
  "picks": (inner, heard) => async (url, init = {}) => {
    heard();
    await null;
    const { method, headers, body, signal } = init;
    return inner(url, { method, headers, body, signal });
  },
  "makes a Request at once": (inner, heard) => (...args) => (heard(), inner(new Request(...args))),
  "makes a Request later": (inner, heard) => async (...args) => {
    heard();
    await null;
    return inner(new Request(...args));
  },
  "is a proxy": (inner, heard) => new Proxy(inner, { apply: (target, _, args) => (heard(), Reflect.apply(target, globalThis, args)) }),
};

/** Ways to put a dispatcher's `fetch` in place. */
const PLACES = {
  "as a function of the page's": (d) => (globalThis.fetch = (...args) => d.fetch(...args)),
  "as it is": (d) => (globalThis.fetch = d.fetch),
  "as a method that was taken off": (d, { fetch } = d) => (globalThis.fetch = fetch),
};

/** Runs one case with a `fetch` of the page's own at the bottom, which records the requests. */
async function scene(run) {
  const native = globalThis.fetch;
  const sent = [];
  globalThis.fetch = (input, init) => {
    sent.push(new URL(input.url ?? input).searchParams.get("call"));
    return native(input, init);
  };
  try {
    await run(sent);
  } finally {
    globalThis.fetch = native;
  }
}

const wrapped = (kind, heard) => (globalThis.fetch = WRAPPERS[kind](globalThis.fetch, heard));

function tools({ url, id }) {
  const page = {
    get: async (tag) => (await inTime(globalThis.fetch(`${url}?call=${tag}`), tag)).status,
    action: async (tag) => (await inTime(globalThis.fetch(`${url}?call=${tag}`, { method: "POST", headers: { "Next-Action": id }, body: "[]" }), tag)).status,
  };
  const ours = {
    call: (d, tag) => inTime(d.call(id, [], { url: `${url}?call=${tag}` }), tag),
    route: async (d, tag) => (await inTime(d.route(`${url}?call=${tag}`), tag)).status,
  };
  return { page, ours };
}

/** Fails if the promise stays open, as when a request waits for itself. */
function inTime(promise, what) {
  const { promise: late, stop } = after(20_000, what);
  return Promise.race([promise, late]).finally(stop);
}

function after(ms, what) {
  let timer;
  const promise = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`${what}: still waiting`)), ms)));
  return { promise, stop: () => clearTimeout(timer) };
}

function equal(actual, expected, what) {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== e) throw new Error(`${what}: expected ${e}, got ${a}`);
}

/** Counts the actions that each of these dispatchers has had in its lanes. */
function laneCount(...dispatchers) {
  const counts = dispatchers.map(() => new Set());
  dispatchers.forEach((d, at) => d.subscribe(({ lane, id }) => lane !== "route" && counts[at].add(id)));
  return () => counts.map(({ size }) => size);
}

/** Sends one request of each kind through `d`, and checks that each arrives once. */
async function oneOfEach({ page, ours }, d, sent) {
  for (const tag of ["get", "action", "call", "route"]) {
    sent.length = 0;
    if (tag in page) await page[tag](tag);
    else await ours[tag](d, tag);
    equal(sent, [tag], "sent");
  }
}

const cases = {};

for (const [place, put] of Object.entries(PLACES)) {
  cases[`d.fetch in place ${place} sends each request once`] = (env) =>
    scene(async (sent) => {
      const d = env.createDispatcher({ url: env.url });
      put(d);
      const count = laneCount(d);
      await oneOfEach(tools(env), d, sent);
      await oneOfEach(tools(env), d, sent);
      await d.idle();
      equal(count(), [4], "actions in its lanes");
    });
  for (const kind of Object.keys(WRAPPERS)) {
    cases[`d.fetch in place ${place}, above a wrapper that ${kind}, sends each request once`] = (env) =>
      scene(async (sent) => {
        let heard = 0;
        wrapped(kind, () => heard++);
        const d = env.createDispatcher({ url: env.url });
        put(d);
        await oneOfEach(tools(env), d, sent);
        equal(heard, 4, "heard");
      });
    cases[`d.fetch in place ${place}, beneath a wrapper that ${kind}, sends each request once`] = (env) =>
      scene(async (sent) => {
        let heard = 0;
        const d = env.createDispatcher({ url: env.url });
        put(d);
        wrapped(kind, () => heard++);
        const count = laneCount(d);
        await oneOfEach(tools(env), d, sent);
        heard = 0;
        await oneOfEach(tools(env), d, sent);
        equal(heard, 4, "heard, once the dispatcher knows where the wrapper leads");
        await d.idle();
        equal(count(), [4], "actions in its lanes");
      });
  }
}

cases["a wrapper that is in place when d.fetch is read is beneath it, also if it came after the dispatcher"] = (env) =>
  scene(async (sent) => {
    let heard = 0;
    const d = env.createDispatcher({ url: env.url });
    wrapped("calls on at once", () => heard++);
    globalThis.fetch = d.fetch;
    await oneOfEach(tools(env), d, sent);
    equal(heard, 4, "heard");
  });

cases["a fetch that the dispatcher has sent with is beneath it, also if it came after the dispatcher"] = (env) =>
  scene(async (sent) => {
    let heard = 0;
    const d = env.createDispatcher({ url: env.url });
    wrapped("calls on later", () => heard++);
    await tools(env).ours.call(d, "call");
    globalThis.fetch = (...args) => d.fetch(...args);
    await oneOfEach(tools(env), d, sent);
    equal(heard, 5, "heard");
  });

cases["a dispatcher that is not in place sends with the page's fetch of that moment"] = (env) =>
  scene(async (sent) => {
    let heard = 0;
    const { page } = tools(env);
    const d = env.createDispatcher({ url: env.url });
    const { fetch } = d;
    wrapped("makes a Request later", () => heard++);
    for (const own of [fetch, (...args) => d.fetch(...args)]) {
      heard = sent.length = 0;
      await inTime(own(`${env.url}?call=1`), "get");
      await inTime(own(`${env.url}?call=2`, { method: "POST", headers: { "Next-Action": env.id }, body: "[]" }), "action");
      equal([sent, heard], [["1", "2"], 2], "sent and heard");
    }
    await page.get("page");
  });

cases["a wrapper that changes the address does so once"] = (env) =>
  scene(async (sent) => {
    const d = env.createDispatcher({ url: env.url });
    globalThis.fetch = (...args) => d.fetch(...args);
    const inner = globalThis.fetch;
    globalThis.fetch = (url, init) => inner(`${url}!`, init);
    const { page, ours } = tools(env);
    for (const turn of [1, 2]) {
      await page.get(`get${turn}`);
      await page.action(`action${turn}`);
      await ours.call(d, `call${turn}`);
      equal(sent.splice(0), [`get${turn}!`, `action${turn}!`, `call${turn}!`], "sent");
    }
  });

cases["a wrapper may send a request of its own at the same time"] = (env) =>
  scene(async (sent) => {
    const beacons = [];
    const inner = globalThis.fetch;
    globalThis.fetch = (url, init) => {
      if (!String(url).includes("beacon")) beacons.push(globalThis.fetch(`${env.url}?call=beacon`));
      return inner(url, init);
    };
    const d = env.createDispatcher({ url: env.url });
    globalThis.fetch = (...args) => d.fetch(...args);
    const { page, ours } = tools(env);
    for (const turn of [1, 2, 3]) {
      await page.get("get");
      await page.action("action");
      await ours.call(d, "call");
      await Promise.all(beacons);
      const of = (tag) => sent.filter((other) => other === tag).length;
      equal([of("get"), of("action"), of("call"), of("beacon")], [turn, turn, turn, 3 * turn], "sent");
    }
  });

for (const [name, order] of Object.entries({ "first in, first out": [0, 1], "last in, first out": [1, 0] })) {
  cases[`d.fetch may be taken out of place while calls wait, ${name}`] = (env) =>
    scene(async (sent) => {
      const { page, ours } = tools(env);
      const d = env.createDispatcher({ url: env.url });
      const before = globalThis.fetch;
      globalThis.fetch = d.fetch;
      wrapped("calls on at once", () => {});
      const between = d.fetch;
      d.pause();
      const waiting = [page.action("action"), ours.call(d, "call")];
      for (const at of order) globalThis.fetch = [before, between][at];
      d.resume();
      await Promise.all(waiting);
      equal(sent.splice(0).sort(), ["action", "call"], "sent");
      await oneOfEach({ page, ours }, d, sent);
      globalThis.fetch = before;
      await oneOfEach({ page, ours }, d, sent);
    });
}

for (const [place, put] of Object.entries(PLACES)) {
  for (const makers of [["createDispatcher", "createDispatcher"], ["createDispatcher", "other"], ["other", "createDispatcher"]]) {
    for (const first of [true, false]) {
      for (const kind of [undefined, "spreads", "makes a Request later"]) {
        const when = first ? "both made first" : "each made just before it is put in place";
        const between = kind ? `a wrapper that ${kind}` : "nothing";
        cases[`two dispatchers (${makers}) ${place}, ${when}, with ${between} between them, send each request once`] = (env) =>
          scene(async (sent) => {
            const made = [];
            const make = (at) => (made[at] ??= env[makers[at]]({ url: env.url }));
            if (first) [0, 1].forEach(make);
            put(make(0));
            if (kind) wrapped(kind, () => {});
            put(make(1));
            const count = laneCount(...made);
            for (let turn = 1; turn <= 2; turn++) {
              for (const d of made) await oneOfEach(tools(env), d, sent);
              await Promise.all(made.map((d) => d.idle()));
              // Either time: the page's two actions in the upper dispatcher, and one call in each.
              equal(count(), [turn, 3 * turn], "actions in their lanes");
            }
          });
      }
    }
  }
}

cases["a closed dispatcher lets everything through"] = (env) =>
  scene(async (sent) => {
    const { page } = tools(env);
    const d = env.createDispatcher({ url: env.url });
    globalThis.fetch = (...args) => d.fetch(...args);
    d.close();
    equal([await page.get("get"), await page.action("action")], [200, 200], "status");
    equal(sent, ["get", "action"], "sent");
    equal(d.pending, 0, "pending");
  });

cases["the option fetch may lead back to the dispatcher"] = (env) =>
  scene(async (sent) => {
    const d = env.createDispatcher({ url: env.url, fetch: (...args) => globalThis.fetch(...args) });
    globalThis.fetch = (...args) => d.fetch(...args);
    await oneOfEach(tools(env), d, sent);
    await oneOfEach(tools(env), d, sent);
  });

cases["the option fetch is the one beneath the dispatcher"] = (env) =>
  scene(async (sent) => {
    const inner = globalThis.fetch;
    let heard = 0;
    const d = env.createDispatcher({ url: env.url, fetch: WRAPPERS["makes a Request later"](inner, () => heard++) });
    globalThis.fetch = (...args) => d.fetch(...args);
    await oneOfEach(tools(env), d, sent);
    equal(heard, 4, "heard");
  });

cases["d.fetch is the same function each time, and rejects as fetch does"] = async ({ createDispatcher, url }) => {
  const d = createDispatcher({ url });
  equal(d.fetch === d.fetch, true, "the same");
  const name = (promise) => promise.then(() => "resolved", (error) => error.name);
  equal(await name(d.fetch("http://[")), "TypeError", "no URL");
  equal(await name(d.fetch(url, "GET")), "TypeError", "no init");
  equal(await name(d.fetch(url, { signal: AbortSignal.abort() })), "AbortError", "aborted");
};

export { cases };
