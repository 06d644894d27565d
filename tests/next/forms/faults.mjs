// The checks of our script alone: faulty pages and answers, and what goes on while a call is pending. Knows no browser.
import assert from "node:assert/strict";
import { OURS } from "./front.mjs";

const ran = (count) => (seen) => seen.runs.length >= count;
const noted = (name, count = 1) => (seen) => seen.noted.filter((event) => event.name === name).length >= count;
const kinds = (seen) => seen.posts.map(({ by }) => by);
const PLAIN = "#plain > button";

/**
 * Returns the checks. `offline` promises to cut the network of the page, or to restore it; not every driver can.
 * `evals`: the driver evaluates texts in the page, which a policy forbids.
 */
export function faults(page, { offline, evals }) {
  const checks = [];
  const { fresh, press, act, settled, hold, open, until } = page;
  const check = (name, run) => checks.push({ name, run });
  const began = (count = 1) => until(async () => (await page.state()).runs.length >= count);

  /** Presses a button of a form that our script cannot read, and expects the browser's own post of it. */
  const postsNatively = (name, { form = "#plain > button", runs, ...set }) => check(name, async () => {
    await fresh("ours", "/", set);
    await press(form);
    const seen = await settled((seen) => seen.posts.length > 0 && (runs === 0 || ran(1)(seen)));
    assert.deepEqual([kinds(seen), seen.runs.length], [["form"], runs ?? 1]);
  });

  check("a second click while the first is pending sends nothing", async () => {
    await fresh("ours");
    await hold("save");
    await press(PLAIN);
    await began();
    const seen = await page.seen();
    assert.deepEqual([seen.busy, seen.disabled, await page.tab.run(async () => document.querySelector("#plain").hasAttribute("data-pending"))], [true, ["plain"], true]);
    await act(async () => document.querySelector("#plain").requestSubmit());
    await act(async () => document.querySelector("#plain").requestSubmit());
    await open("save");
    const end = await settled(noted("result"));
    assert.deepEqual([end.runs.length, kinds(end), end.disabled, end.uncaught], [1, ["action"], [], []]);
    assert.deepEqual(end.runs[0].entries.at(-1), ["pressed", "yes"], "the button's value is sent, though it is disabled");
    await press(PLAIN);
    await settled(ran(2));
  });

  check("two forms are pending side by side, each with its own key", async () => {
    await fresh("ours", "/", { change: (html) => html.replace('id="bound"', 'id="bound" data-lane="parallel"') });
    await hold("save");
    await press(PLAIN);
    await began();
    await press("#bound > button");
    await began(2);
    await open("save");
    assert.deepEqual((await settled(noted("result", 2))).runs.map(({ action }) => action), ["save", "bound"]);
  });

  check("a listener of actionlane:submit keeps the form from being sent, or changes it", async () => {
    await fresh("ours");
    await act(async () => {
      const stop = (event) => event.preventDefault();
      addEventListener("actionlane:submit", stop, { once: true });
    });
    await press(PLAIN);
    assert.deepEqual((await settled(noted("submit"))).posts, []);
    await act(async () => addEventListener("actionlane:submit", ({ detail }) => {
      detail.formData.set("text", "changed");
      detail.options.idempotencyKey = true;
    }, { once: true }));
    await press(PLAIN);
    const seen = await settled(noted("result"));
    assert.deepEqual(seen.runs[0].entries[0], ["text", "changed"]);
    assert.match(page.shop.posts[0].key, /[\w-]{20,}/);
  });

  check("a form that is removed while its call is pending harms nothing", async () => {
    await fresh("ours");
    await hold("save");
    await press(PLAIN);
    await began();
    await act(async () => document.querySelector("#plain").remove());
    await open("save");
    await settled();
    await press("#bound > button");
    const seen = await settled(noted("result"));
    assert.deepEqual([seen.runs.map(({ action }) => action), seen.uncaught], [["save", "bound"], []]);
  });

  check("forms that come later are bound, those that React has hydrated are not", async () => {
    await fresh("ours");
    await act(async () => {
      const form = document.querySelector("#plain");
      const later = form.cloneNode(true);
      later.id = "later";
      const place = document.createElement("section");
      place.append(later);
      form.after(place);
    });
    await press("#later > button");
    assert.deepEqual(kinds(await settled(ran(1))), ["action"]);
    await fresh("both");
    await press(PLAIN);
    const seen = await settled(ran(1));
    assert.deepEqual([kinds(seen), seen.noted], [["action"], []]);
  });

  check("two scripts on the page send a form once", async () => {
    await fresh("ours", "/", { scripts: OURS + OURS });
    await press(PLAIN);
    const seen = await settled(noted("result"));
    assert.deepEqual([kinds(seen), seen.runs.length, seen.noted.filter(({ name }) => name === "result").length], [["action"], 1, 1]);
  });

  check("a click on something inside of a button with its own action runs that action", async () => {
    await fresh("ours", "/", { change: (html) => html.replace(/>bound<\/button>/, "><b><i id=inner>bound</i></b></button>") });
    await press("#inner");
    assert.deepEqual((await settled(noted("result"))).runs.map(({ action }) => action), ["bound"]);
  });

  check("a button that closes a dialog sends nothing", async () => {
    await fresh("ours");
    await act(async () => document.querySelector("#dialog").showModal());
    await press("#cancel");
    const seen = await settled(({ open }) => !open);
    assert.deepEqual([seen.posts, seen.noted], [[], []]);
  });

  check("a file over the limit is refused before it is sent, and the form keeps it", async () => {
    await fresh("ours");
    const put = (size) => act(async (size) => {
      const list = new DataTransfer();
      list.items.add(new File([new Uint8Array(size)], `${size}.bin`));
      document.querySelector("#files [name=file]").files = list.files;
    }, size);
    await put(50_000_000);
    await press("#files > button");
    const seen = await settled(noted("error"));
    assert.deepEqual([seen.posts, seen.noted.at(-1).code, seen.noted.at(-1).sent, seen.disabled], [[], "BODY_TOO_LARGE", "no", []]);
    assert.deepEqual(seen.fields.files, [["text", "text of files"], ["file", ["50000000.bin"]], ["many", []], ["pressed", "yes"]]);
    await put(1000);
    await press("#files > button");
    assert.equal((await settled(noted("result"))).runs[0].entries[1][1].size, 1000);
  });

  for (const [status, code] of [[502, "HTTP"], [200, "NOT_FLIGHT"]]) {
    check(`an answer ${status} that is a page of HTML is an error, and the form can be sent again`, async () => {
      await fresh("ours");
      await act(async () => (document.querySelector("#plain [name=text]").value = "typed"));
      page.shop.fault = { status, type: "text/html", body: "<!doctype html><title>proxy</title>" };
      await press(PLAIN);
      const seen = await settled(noted("error"));
      assert.deepEqual([seen.runs, seen.noted.at(-1).code, seen.fields.plain[0], seen.disabled], [[], code, ["text", "typed"], []]);
      await press(PLAIN);
      assert.deepEqual((await settled(noted("result"))).runs[0].entries[0], ["text", "typed"]);
    });
  }

  check("a lost connection is an error, and the form is as it was", async () => {
    await fresh("ours");
    await act(async () => (document.querySelector("#plain [name=text]").value = "typed"));
    page.shop.fault = "lose";
    await press(PLAIN);
    const seen = await settled(noted("error"));
    assert.deepEqual([seen.noted.at(-1).code, seen.noted.at(-1).sent, seen.fields.plain[0]], ["NETWORK", "unknown", ["text", "typed"]]);
  });

  if (offline) {
    check("a durable submission without a network waits for it, and runs once", async () => {
      const scripts = '<script src="/actionlane/actionlane.js"></script><script>var d = actionlane.createDispatcher({ outbox: { owner: "u1" } }); d.bindForms(document, { durable: true });</script>';
      await fresh("ours", "/", { scripts });
      await page.bound();
      const stored = () => page.tab.run(async () => (await window.d.outbox.entries()).length);
      await offline(true);
      try {
        await press(PLAIN);
        await until(async () => (await stored()) === 1);
        assert.deepEqual([(await page.seen()).busy, page.shop.posts], [true, []]);
      } finally {
        await offline(false);
      }
      const seen = await settled(noted("result"));
      assert.deepEqual([seen.runs.length, await stored()], [1, 0]);
    });

    check("a durable submission whose network goes before the answer is sent again, under the same key", async () => {
      const scripts = '<script src="/actionlane/actionlane.js"></script><script>var d = actionlane.createDispatcher({ outbox: { owner: "u1" }, retry: 3 }); d.bindForms(document, { durable: true });</script>';
      await fresh("ours", "/", { scripts });
      await page.bound();
      await hold("save");
      await press(PLAIN);
      await began();
      await offline(true);
      page.shop.cut();
      await open("save");
      await offline(false);
      const seen = await settled((seen) => noted("result")(seen) || noted("error")(seen));
      const keys = page.shop.posts.map(({ key }) => key);
      assert.ok(keys.length === 2 && keys[0] && keys[0] === keys[1], String(keys));
      assert.equal(seen.noted.at(-1).name, "result");
    });
  }

  const field = (html, name, value) => {
    if (!html.includes('<form id="bound"')) return html; // the answer to the browser's post
    const changed = html.replace(new RegExp(`(<form id="bound".*?name="${name}"(?: value=")?)[^"]*`), `$1${value}`);
    if (changed === html) throw new Error(`no field ${name}`);
    return changed;
  };
  const bound = { form: "#bound > button", runs: 0 };
  postsNatively("bound arguments that are no JSON are left to the browser", { ...bound, change: (html) => field(html, "\\$ACTION_\\d+:1", "[&quot;one") });
  postsNatively("a reference that is no JSON is left to the browser", { ...bound, change: (html) => field(html, "\\$ACTION_\\d+:0", "nonsense") });
  postsNatively("a reference to bound arguments that are not there is left to the browser", { ...bound, change: (html) => html.replace(/(<form id="bound".*?)<input[^>]*name="\$ACTION_\d+:1"[^>]*>/, "$1") });
  postsNatively("an id that is none is left to the browser", { runs: 0, change: (html) => html.replace(/(<form id="plain".*?\$ACTION_ID_)[^"]*/, "$1toString") });
  postsNatively("without the wasm the browser posts the form", { missing: /\.wasm$|bytes/ });
  if (!evals) postsNatively("under a policy without wasm the browser posts the form", { csp: "script-src 'self' 'unsafe-inline'" });

  check("without the script, or the part for forms, the browser posts the form", async () => {
    for (const missing of [/^actionlane\.js$/, /forms/]) {
      await fresh("native");
      Object.assign(page.shop, { way: "ours", missing });
      await page.tab.open(page.shop.url);
      await page.tab.until(async () => document.readyState === "complete");
      await press(PLAIN);
      const seen = await settled(ran(1));
      assert.deepEqual([kinds(seen), seen.runs.length], [["form"], 1]);
    }
  });

  check("the browser posts the form once it is let go", async () => {
    await fresh("ours", "/", { scripts: '<script src="/actionlane/actionlane.js"></script>' });
    await act(async () => (window.unbind = window.actionlane.createDispatcher().bindForms(document, { lane: "mine" })));
    await page.bound();
    await press(PLAIN);
    assert.deepEqual(kinds(await settled(ran(1))), ["action"]);
    await act(async () => window.unbind());
    await press(PLAIN);
    assert.deepEqual(kinds(await settled(ran(2))), ["action", "form"]);
  });

  check("validation errors are shown at their fields, and go once the fields are valid", async () => {
    await fresh("ours", "/", { change: (html) => html.replace(/id="(safe|zod)"/g, 'id="$1" data-show-errors data-reset-on-success="false"') });
    const errors = (form) => page.tab.run(async (form) => {
      const texts = [...document.querySelectorAll(`#${form} [data-error-for]`)].map(({ textContent }) => textContent);
      return [...texts, document.querySelector(`#${form} [name=email]`).getAttribute("aria-invalid")];
    }, form);
    for (const [form, expected] of [["safe", ["This is no address.", "Say a name.", "true"]], ["zod", ["This is no address.", "true"]]]) {
      await press(`#${form} > button`);
      await settled((seen) => seen.runs.some(({ action }) => action === form));
      assert.deepEqual(await errors(form), expected);
      await act(async (form) => (document.querySelector(`#${form} [name=email]`).value = "a@b.example"), form);
      await press(`#${form} > button`);
      await settled((seen) => seen.runs.filter(({ action }) => action === form).length === 2);
      assert.ok((await errors(form)).every((text) => text === "" || text === null || text === "false"), JSON.stringify(await errors(form)));
    }
  });

  const WITH_SCRIPT = (html) => html.replace("<h1>", "<script>window.ranAgain = (window.ranAgain ?? 0) + 1</script><h1>");
  for (const [name, csp] of [["", undefined], evals || [" under a policy of Trusted Types", "require-trusted-types-for 'script'; trusted-types 'none'"]].filter(Array.isArray)) {
    check(`a refresh keeps what the user does${name}`, async () => {
      await fresh("ours", "/", { change: WITH_SCRIPT, csp });
      await act(async () => {
        document.querySelector("#dialog").show();
        document.querySelector("#plain [name=tag][value=c]").checked = true;
        document.querySelector("#plain [name=size]").options[1].selected = true;
        document.querySelector("#plain [name=note]").value = "a note";
        const field = document.querySelector("#go [name=text]");
        field.value = "being typed";
        field.focus();
        field.setSelectionRange(2, 5);
        window.field = field;
      });
      await act(async () => document.querySelector("#fresh").requestSubmit());
      const seen = await settled(({ saves }) => saves === "1");
      assert.deepEqual([seen.open, seen.fields.go[0], seen.uncaught], [true, ["text", "being typed"], []]);
      assert.deepEqual(seen.fields.plain.slice(1), [["tag", true], ["tag", true], ["tag", true], ["size", ["s", "m", "l"]], ["note", "a note"], ["off", "not sent"], ["pressed", "yes"]]);
      const kept = await page.tab.run(async () => [document.activeElement === window.field, window.field.isConnected, window.field.selectionStart, window.field.selectionEnd, window.ranAgain]);
      assert.deepEqual(kept, [true, true, 2, 5, 1]);
      await press("#fresh > button");
      assert.equal((await settled(({ saves }) => saves === "2")).noted.filter(({ name }) => name === "refresh").length, 2);
    });
  }

  check("a listener of actionlane:refresh keeps the page as it is", async () => {
    await fresh("ours");
    await act(async () => document.addEventListener("actionlane:refresh", (event) => event.preventDefault()));
    await press("#fresh > button");
    const seen = await settled((seen) => noted("result")(seen) && noted("refresh")(seen));
    assert.deepEqual([seen.saves, seen.saved], ["0", 1]);
  });

  check("a state that is shown stays when another form refreshes the page", async () => {
    await fresh("ours");
    await press("#state > button");
    await settled(noted("result"));
    await press("#fresh > button");
    const seen = await settled(({ saves }) => saves === "1");
    assert.deepEqual([seen.shown["state times"], seen.shown["state text"]], ["1", "text of state"]);
    await press("#state > button");
    assert.equal((await settled(ran(3))).runs.at(-1).previous.times, 1);
  });

  return checks;
}
