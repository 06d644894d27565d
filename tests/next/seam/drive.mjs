// Runs the checks of the seam against a built app:
//
//   node drive.mjs DIR [name] [--dev BUNDLER]      DIR: as build.mjs prints it; a name runs the checks that contain it
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { browse, serve, until } from "./browser.mjs";

const { values: { dev }, positionals: [dir, only = ""] } = parseArgs({ allowPositionals: true, options: { dev: { type: "string" } } });
const server = await serve(dir, { dev });
const tab = await browse();
const { api } = server;
const checks = [];
const check = (name, run) => checks.push({ name, run });

/** The module of the app that the check of fast refresh changes. */
const NO_POLICIES = 'export const lane = "none";\n';

const ALL = { default: { lane: "parallel" } };

/** Opens the page with these policies, on a server that has forgotten everything. `before` runs before its scripts. */
async function fresh(policies, { before, path = "/" } = {}) {
  await api("reset");
  const script = before && (await tab.cdp("Page.addScriptToEvaluateOnNewDocument", { source: `(${before})()` }));
  const url = new URL(path, server.url);
  if (policies) url.searchParams.set("policies", JSON.stringify(policies));
  await tab.open(url.href);
  if (script) await tab.cdp("Page.removeScriptToEvaluateOnNewDocument", script);
  await tab.until(async () => window.hydrated && window.fixture !== undefined);
}

/** Counts the requests of actions that pass the page's `fetch`, as monitoring does. */
const monitor = () => {
  const inner = window.fetch;
  window.seen ??= [];
  window.fetch = function (input, init) {
    const id = new Headers(init?.headers ?? input.headers).get("next-action");
    if (id) window.seen.push(id);
    return inner.call(this, input, init);
  };
};

const text = (id) => tab.run(async (id) => document.getElementById(id)?.textContent, id);
const runs = async () => (await api("state")).runs;

for (const [label, policies] of [["without a policy", undefined], ["in a lane", ALL]]) {
  check(`imported, ${label}`, async () => {
    await fresh(policies, { before: monitor });
    assert.equal(await tab.run(async () => window.fixture.actions.add(2, 3, "k")), 5);
    assert.deepEqual(await runs(), { k: 1 });
    assert.equal(await tab.run(async () => window.seen.length), 1);
  });

  check(`passed as a prop, ${label}`, async () => {
    await fresh(policies);
    assert.equal(await tab.run(async () => window.fixture.actions.passed(2, 4, "k")), 6);
    assert.deepEqual(await runs(), { k: 1 });
  });

  check(`inline closure, ${label}`, async () => {
    await fresh(policies);
    assert.equal(await tab.run(async () => window.fixture.actions.closure("k")), "closed over");
    assert.deepEqual(await runs(), { k: 1 });
  });

  check(`form action with revalidation and reset, ${label}`, async () => {
    await fresh(policies, { before: monitor });
    await tab.run(async () => {
      document.getElementById("form-text").value = "hello";
      document.getElementById("form-submit").click();
    });
    await tab.until(async () => document.getElementById("text").textContent === "hello");
    await tab.until(async () => document.getElementById("form-text").value === "");
    assert.deepEqual(await runs(), { form: 1 });
    assert.equal(await tab.run(async () => window.seen.length), 1);
  });

  check(`useActionState, ${label}`, async () => {
    await fresh(policies);
    for (const [value, before] of [["one", null], ["two", "one"]]) {
      await tab.run(async (value) => {
        document.getElementById("stateful-text").value = value;
        document.getElementById("stateful-submit").click();
      }, value);
      await tab.until(async (wanted) => document.getElementById("stateful-result").textContent === wanted, JSON.stringify({ saved: value, before }));
    }
    assert.deepEqual(await runs(), { stateful: 2 });
  });

  check(`redirect, ${label}`, async () => {
    await fresh(policies, { before: monitor });
    const digest = await tab.run(async () => {
      window.stays = true;
      return new Promise((resolve) => window.fixture.actions.leave("k").then(() => resolve("resolved"), (error) => resolve(error.digest)));
    });
    assert.match(digest, /^NEXT_REDIRECT;push;\/target/);
    await tab.until(async () => document.querySelector("h1").textContent === "target" && location.pathname === "/target");
    assert.equal(await tab.run(async () => window.stays), true, "the document was kept");
    assert.deepEqual(await runs(), { k: 1 });
    assert.equal(await tab.run(async () => window.seen.length), 1);
  });

  check(`revalidatePath, page in one round trip, ${label}`, async () => {
    await fresh(policies);
    const before = (await api("state")).renders;
    assert.equal(await tab.run(async () => window.fixture.actions.touch("k")), 1);
    await tab.until(async () => document.getElementById("data").textContent === "1");
    assert.deepEqual(await runs(), { k: 1 });
    assert.equal((await api("state")).renders, before + 1, "rendered once, in the answer");
  });

  check(`thrown error and notFound, ${label}`, async () => {
    await fresh(policies);
    const caught = (name) => tab.run(async (name) => window.fixture.actions[name]("k").then(() => "none", (error) => error.digest), name);
    assert.match(await caught("fail"), /^\d+/);
    assert.match(await caught("missing"), /NEXT_HTTP_ERROR_FALLBACK;404/);
    assert.deepEqual(await runs(), { k: 2 });
  });
}

check("three actions run at a time in a parallel lane, one after the other without", async () => {
  const measure = () => tab.run(async () => {
    const start = performance.now();
    await Promise.all(["a", "b", "c"].map((key) => window.fixture.actions.slow(600, key)));
    return Math.round(performance.now() - start);
  });
  const start = () => tab.run(async () => void (window.calls = ["a", "b", "c"].map((key) => window.fixture.actions.gated(key, key))));
  const times = [];
  for (const [policies, atOnce] of [[undefined, { a: 1 }], [ALL, { a: 1, b: 1, c: 1 }]]) {
    await fresh(policies);
    if (policies) await tab.run(async () => void (await window.fixture.getDispatcher()));
    times.push(await measure());
    await api("reset");
    await start();
    await until(async () => isDeepStrictEqual(await runs(), atOnce));
    if (!policies) await new Promise((resolve) => setTimeout(resolve, 300));
    assert.deepEqual(await runs(), atOnce);
    for (const key of ["a", "b", "c"]) await api("open", key);
    assert.deepEqual(await tab.run(async () => Promise.all(window.calls)), ["a", "b", "c"]);
    assert.deepEqual(await runs(), { a: 1, b: 1, c: 1 });
  }
  console.log(`    600 ms three times: ${times[0]} ms without a policy, ${times[1]} ms in a parallel lane`);
});

check("an action in a lane does not wait for one without a policy", async () => {
  await fresh({ add: { lane: "parallel" } });
  const value = await tab.run(async () => {
    window.held = window.fixture.actions.gated("g", "held");
    return window.fixture.actions.add(1, 1, "k");
  });
  assert.equal(value, 2);
  await api("open", "g");
  assert.equal(await tab.run(async () => window.held), "held");
});

check("early calls wait for the dispatcher, in order", async () => {
  await fresh({ default: { lane: "main" } });
  const order = await tab.run(async () => {
    const order = [];
    await Promise.all(["a", "b", "c"].map((key) => window.fixture.actions.slow(20, key).then(() => order.push(key))));
    return order;
  });
  assert.deepEqual(order, ["a", "b", "c"]);
});

check("abort before the head rejects with ABORTED, and the lane goes on", async () => {
  await fresh({ default: { lane: "main" } });
  const code = await tab.run(async () => {
    const controller = new AbortController();
    const call = window.fixture.withOptions(window.fixture.actions.gated, { signal: controller.signal })("g", "k");
    setTimeout(() => controller.abort("enough"), 300);
    const code = await call.then(() => "resolved", (error) => `${error.name} ${error.code} ${error.cause}`);
    return `${code} ${await window.fixture.actions.add(1, 2, "after")}`;
  });
  assert.equal(code, "ActionError ABORTED enough 3");
  await api("open", "g");
});

check("timeout rejects with TIMEOUT", async () => {
  await fresh({ gated: { timeout: 300 } });
  assert.equal(await tab.run(async () => window.fixture.actions.gated("g", "k").catch((error) => error.code)), "TIMEOUT");
  await api("open", "g");
});

check("abort after hand-over, while Next's queue is held, rejects at once", async () => {
  await fresh({ touch: { lane: "parallel" } });
  const code = await tab.run(async () => {
    window.held = window.fixture.actions.gated("g", "held"); // no policy: holds Next's queue
    await new Promise((resolve) => setTimeout(resolve, 100));
    const controller = new AbortController();
    const call = window.fixture.withOptions(window.fixture.actions.touch, { signal: controller.signal })("k");
    const result = call.then(() => "resolved", (error) => error.code);
    setTimeout(() => controller.abort(), 1000);
    return result;
  });
  assert.equal(code, "ABORTED");
  await api("open", "g");
  assert.equal(await tab.run(async () => window.held), "held");
  assert.equal(await tab.run(async () => window.fixture.actions.add(1, 2, "after")), 3);
  assert.deepEqual(await runs(), { held: 1, k: 1, after: 1 });
});

for (const [label, before, after] of [
  ["before ours", monitor, undefined],
  ["after ours", undefined, monitor],
  ["that copies headers into Headers", undefined, () => {
    const inner = window.fetch;
    window.fetch = (input, init) => inner(input, init?.headers ? { ...init, headers: new Headers(init.headers) } : init);
  }],
  ["that copies headers into pairs", undefined, () => {
    const inner = window.fetch;
    window.fetch = (input, init) => inner(input, init?.headers ? { ...init, headers: Object.entries(init.headers).map(([name, value]) => [name.toUpperCase(), value]) } : init);
  }],
  ["that makes a Request", undefined, () => {
    const inner = window.fetch;
    window.fetch = (input, init) => (init?.headers ? inner(new Request(input, init)) : inner(input, init));
  }],
  ["that calls a fetch kept from earlier", () => (window.kept = window.fetch), () => (window.fetch = (input, init) => window.kept.call(window, input, init))],
]) {
  check(`the server runs an action once with a wrapper of fetch ${label}`, async () => {
    await fresh(ALL, { before });
    // Once, so that ours is there; then theirs around it.
    assert.equal(await tab.run(async () => window.fixture.actions.touch("first")), 1);
    if (after) await tab.run(`async () => { (${after})(); }`);
    assert.equal(await tab.run(async () => window.fixture.actions.touch("k")), 2);
    await tab.until(async () => document.getElementById("data").textContent === "2");
    assert.deepEqual(await runs(), { first: 1, k: 1 });
    const seen = await tab.run(async () => window.seen);
    if (seen) assert.equal(seen.length, before ? 2 : 1, "one request an action");
  });
}

check("a token that reaches the network is refused, and one that is unknown never gets there", async () => {
  await fresh(ALL, { before: () => (window.kept = window.fetch) });
  assert.equal(await tab.run(async () => window.fixture.actions.touch("k")), 1);
  const post = (which) => tab.run(async (which) => {
    const fetch = which === "kept" ? window.kept : window.fetch;
    const init = { method: "POST", headers: { "Next-Action": "7f-actionlane-1-1", Accept: "text/x-component" }, body: "[]" };
    return fetch.call(window, "/", init).then(({ status, headers }) => `${status} ${headers.get("x-nextjs-action-not-found")}`, (error) => error.message);
  }, which);
  assert.match(await post("page's"), /no answer waits for this token/);
  assert.match(await post("kept"), /^40[04] 1$/); // by version
  assert.deepEqual(await runs(), { k: 1 });
});

check("the page was left: value delivered, page of the answer not used, refreshed", async () => {
  await fresh({ default: { lane: "parallel" } });
  await tab.run(async () => {
    window.held = window.fixture.actions.touchGated("g", "k");
    await new Promise((resolve) => setTimeout(resolve, 300));
    window.fixture.router.push("/second");
  });
  await tab.until(async () => document.querySelector("h1").textContent === "second");
  await api("open", "g");
  assert.equal(await tab.run(async () => window.held), 1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(await text("data"), null);
  assert.equal(await tab.run(async () => location.pathname), "/second");
  await tab.run(async () => window.fixture.router.push("/"));
  await tab.until(async () => document.getElementById("data")?.textContent === "1");
});

check("overlapping revalidations end with the newest page", async () => {
  await fresh(ALL);
  await tab.run(async () => {
    window.calls = ["a", "b", "c"].map((name) => window.fixture.actions.touchGated(name, name));
    await new Promise((resolve) => setTimeout(resolve, 300));
  });
  for (const name of ["c", "a", "b"]) await api("open", name);
  assert.deepEqual((await tab.run(async () => Promise.all(window.calls))).sort(), [1, 2, 3]);
  await tab.until(async () => document.getElementById("data").textContent === "3");
  assert.deepEqual(await runs(), { a: 1, b: 1, c: 1 });
});

for (const [label, policies, [first, second], shown] of [
  ["two in lanes", ALL, ["touch", "touch"], ["0", "2"]],
  ["one without a policy first", { touch: { lane: "x" } }, ["touchToo", "touch"], undefined],
  ["one without a policy last", { touch: { lane: "x" } }, ["touch", "touchToo"], ["0", "2"]],
]) {
  check(`an answer that comes late has an older page, and the newest is shown in the end: ${label}`, async () => {
    await fresh(policies);
    await tab.run(async () => void (await window.fixture.getDispatcher()));
    const values = await tab.run(async (first, second) => {
      // Holds back the answer of the first action, as a network may.
      const inner = window.fetch;
      let release;
      const held = new Promise((resolve) => (release = resolve));
      window.fetch = async (input, init) => {
        const answer = await inner.call(window, input, init);
        if (typeof init?.body === "string" && init.body.includes("first")) await held;
        return answer;
      };
      const data = document.getElementById("data");
      window.shown = [data.textContent];
      new MutationObserver(() => window.shown.push(data.textContent)).observe(data, { characterData: true, childList: true, subtree: true });
      const one = window.fixture.actions[first]("first");
      await new Promise((resolve) => setTimeout(resolve, 300));
      const two = window.fixture.actions[second]("second");
      if (first !== "touchToo" && second !== "touchToo") await two;
      else await new Promise((resolve) => setTimeout(resolve, 500));
      release();
      return Promise.all([one, two]);
    }, first, second);
    assert.deepEqual(values, [1, 2]);
    await tab.until(async () => document.getElementById("data").textContent === "2");
    await new Promise((resolve) => setTimeout(resolve, 700));
    assert.equal(await text("data"), "2");
    if (shown) assert.deepEqual(await tab.run(async () => window.shown), shown);
    assert.deepEqual(await runs(), { first: 1, second: 1 });
  });
}

const observe = `() => {${readFileSync(new URL("../../../pkg/dist/observe.js", import.meta.url), "utf8")}}`;

/** Waits until the observed requests have ended, and returns the entries. */
const observed = () => tab.run(async () => {
  const entries = () => window.actionlaneObserve.entries();
  while (!entries().every(({ end }) => end)) await new Promise((resolve) => setTimeout(resolve, 10));
  return entries().map(({ name, lane, waitedFor, head, waited }) => ({ name, lane, waitedFor, isAnswered: head > 0, waited }));
});

for (const [label, when] of [["before", { before: observe }], ["after", {}]]) {
  check(`observe, there ${label} the seam, sees a request that is handed over once, and is certain which one it waited for`, async () => {
    await fresh({ default: { lane: "main" } }, when);
    await tab.run(async () => void (await window.fixture.getDispatcher()));
    if (label === "after") await tab.run(new Function(`return (async () => { (${observe})(); })();`));
    assert.deepEqual(await tab.run(async () => Promise.all([window.fixture.actions.touch("first"), window.fixture.actions.add(1, 2, "second")])), [1, 3]);
    const [first, second, ...others] = await observed();
    assert.deepEqual(others, []);
    assert.deepEqual([first.name, first.lane, first.waitedFor ?? "nothing", second.name, second.lane], ["touch", "main", "nothing", "add", "main"]);
    assert.deepEqual([second.waitedFor.entry, second.waitedFor.certain], [1, true]);
    assert.ok(second.waited > 0 && first.isAnswered && second.isAnswered);
    assert.deepEqual(await runs(), { first: 1, second: 1 });
  });
}

check("observe sees an action without a policy, by name", async () => {
  await fresh(undefined, { before: observe });
  assert.equal(await tab.run(async () => window.fixture.actions.add(1, 2, "k")), 3);
  assert.deepEqual((await observed()).map(({ name }) => name), ["add"]);
});

check("withOptions applies to the call in it and warns if there is none", async () => {
  await fresh({ default: { lane: "main" } });
  const names = await tab.run(async () => {
    const d = await window.fixture.getDispatcher();
    const lanes = [];
    const end = d.subscribe(({ state, lane, name }) => state === "running" && lanes.push(`${name} ${lane}`));
    await window.fixture.withOptions(window.fixture.actions.add, { lane: "special" })(1, 2, "k");
    await window.fixture.actions.add(1, 2, "k");
    end();
    return lanes;
  });
  assert.deepEqual(names, ["add special", "add main"]);
});

check("options that do not fit reject the call", async () => {
  await fresh({ add: { laen: "x" } });
  const message = await tab.run(async () => window.fixture.actions.add(1, 2, "k").then(() => "resolved", (error) => `${error.code} ${error.message}`));
  assert.match(message, /INVALID_OPTION .*did you mean "lane"/);
  assert.deepEqual(await runs(), {});
});

check("a page that forbids wasm: everything goes Next's own way, with one warning", async () => {
  if (dev) return; // the overlay of development needs eval
  await tab.console();
  await fresh(ALL, { path: "/?csp=1" });
  assert.equal(await tab.run(async () => window.fixture.actions.add(2, 3, "k")), 5);
  assert.equal(await tab.run(async () => window.fixture.actions.touch("k")), 1);
  assert.deepEqual(await runs(), { k: 2 });
  const warnings = (await tab.console()).filter(({ message }) => message.includes("cannot be loaded"));
  assert.equal(warnings.length, 1);
  assert.equal(await tab.run(async () => String(await window.fixture.getDispatcher())), "undefined");
});

check("files that cannot be loaded: everything goes Next's own way, with one warning", async () => {
  await fresh(undefined);
  await tab.console();
  await tab.cdp("Network.enable", {});
  await tab.cdp("Network.setBlockedURLs", { urls: ["*/_next/static/*"] });
  try {
    await tab.run(async (all) => window.fixture.configureActions(all), ALL);
    assert.equal(await tab.run(async () => window.fixture.actions.add(2, 3, "k")), 5);
    assert.equal(await tab.run(async () => window.fixture.actions.touch("k")), 1);
  } finally {
    await tab.cdp("Network.setBlockedURLs", { urls: [] });
  }
  assert.deepEqual(await runs(), { k: 2 });
  const warnings = (await tab.console()).filter(({ message }) => message.includes("cannot be loaded"));
  assert.equal(warnings.length, 1);
});

check("a body above the limit of the server is not sent", async () => {
  await fresh({ add: { lane: "main" } });
  const code = await tab.run(async () => window.fixture.actions.add("x".repeat(1 << 20), "", "k").catch((error) => error.code));
  assert.equal(code, "BODY_TOO_LARGE");
  assert.deepEqual(await runs(), {});
});

check("render: skip delivers the value at once and refreshes", async () => {
  await fresh({ touch: { render: "skip" } });
  assert.equal(await tab.run(async () => window.fixture.actions.touch("k")), 1);
  await tab.until(async () => document.getElementById("data").textContent === "1");
  assert.deepEqual(await runs(), { k: 1 });
});

check("a stream and temporary references among the arguments", async () => {
  await fresh({ default: { lane: "main" } });
  const value = await tab.run(async () => {
    const stream = new ReadableStream({ start: (to) => (to.enqueue("part"), to.close()) });
    const mark = () => "mine";
    const { text, back } = await window.fixture.actions.echo(stream, mark, "k");
    return `${text} ${back === mark}`;
  });
  assert.equal(value, "part true");
  assert.deepEqual(await runs(), { k: 1 });
});

check("a temporary reference comes back through Next's reducer", async () => {
  await fresh({ default: { lane: "main" } });
  assert.equal(await tab.run(async () => {
    const mark = () => "mine";
    return (await window.fixture.actions.touchAndEcho(mark, "k")) === mark;
  }), true);
  assert.deepEqual(await runs(), { k: 1 });
});

check("development: a policy that is nearly a name, and withOptions without effect, warn", async () => {
  if (!dev) return;
  await fresh({ addd: { lane: "x" } });
  await tab.console();
  await tab.run(async () => {
    await window.fixture.withOptions(async () => {
      await Promise.resolve();
      return window.fixture.actions.add(1, 2, "k");
    }, { lane: "y" })();
    await new Promise((resolve) => setTimeout(resolve, 1500));
  });
  const said = (await tab.console()).map(({ message }) => message).join("\n");
  assert.match(said, /did you mean .{1,2}"add/);
  assert.match(said, /withOptions\(\) had no effect/);
});

check("development: fast refresh replaces the policies, and fetch stays wrapped once", async () => {
  if (!dev) return;
  const file = path.join(dir, "app/policies.js");
  const write = (lane) => writeFileSync(file, `"use client";\nimport { configureActions } from "actionlane/next";\nif (typeof window !== "undefined") configureActions({ touch: { lane: "${lane}" } });\nexport const lane = "${lane}";\n`);
  try {
    write("one");
    await fresh(undefined);
    for (const lane of ["one", "two", "three"]) {
      write(lane);
      await tab.until(async (lane) => window.fixture.lane === lane, lane);
      const lanes = await tab.run(async () => {
        window.kept ??= "this document";
        const d = await window.fixture.getDispatcher();
        const lanes = [];
        const end = d.subscribe(({ state, lane }) => state === "running" && lanes.push(lane));
        await window.fixture.actions.touch("k");
        end();
        return lanes;
      });
      assert.deepEqual(lanes, [lane]);
    }
    assert.equal(await tab.run(async () => window.kept), "this document");
    assert.equal(await tab.run(async () => window[Symbol.for("actionlane.next")].guards.length), 1);
    assert.deepEqual(await runs(), { k: 3 });
  } finally {
    writeFileSync(file, NO_POLICIES);
  }
});

let failed = 0;
try {
  for (const { name, run } of checks.filter(({ name }) => name.includes(only))) {
    const start = Date.now();
    try {
      await run();
      console.log(`ok   ${name} (${Date.now() - start} ms)`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL ${name}\n${String(error.stack).replace(/^/gm, "    ")}`);
      const lines = await tab.console().catch(() => []);
      for (const { message } of lines.slice(-5)) console.log(`    console: ${message.slice(0, 300)}`);
    }
  }
} finally {
  await tab.end();
  server.end();
}
console.log(`${checks.length} checks, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
