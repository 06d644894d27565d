//! `<actionlane-timeline>` on real pages: what it shows, its keys, its files, and what axe-core finds.

use std::time::Duration;

use anyhow::Result;
use e2e::{Browser, UNTIL};
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use serde_json::{Value, json};

use crate::scene::server_on_a_new_origin;

/// A policy that allows no style, no string as code or markup, and nothing of other origins.
const POLICY: &str = "default-src 'none'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; connect-src 'self'; \
                      require-trusted-types-for 'script'";

/// The page: a timeline of a dispatcher and of an observer that follows it.
const PAGE: &str = r#"
    <meta name="viewport" content="width=device-width">
    <script src="/pkg/node_modules/axe-core/axe.min.js"></script>
    <script type="module">
        import { createDispatcher } from "/pkg/index.js";
        import { observe } from "/pkg/observe.js";
        import { ActionlaneTimeline } from "/pkg/timeline.js";
        window.violations = [];
        document.addEventListener("securitypolicyviolation", ({ violatedDirective }) => violations.push(violatedDirective));
        const d = createDispatcher();
        const observed = observe();
        observed.follow(d);
        const main = document.createElement("main");
        const title = document.createElement("h1");
        title.textContent = "Calls";
        const timeline = document.createElement("actionlane-timeline");
        main.append(title, timeline);
        document.body.append(main);
        Object.assign(window, { createDispatcher, d, observed, timeline });
    </script>
"#;

/// Functions for the scripts.
const PRELUDE: &str = r#"
    const frames = async () => { for (let n = 0; n < 3; n++) await new Promise(resolve => requestAnimationFrame(resolve)); };
    const root = () => timeline.shadowRoot;
    const all = selector => [...root().querySelectorAll(selector)].filter(element => element.checkVisibility());
    const button = name => all("button").find(({ textContent, ariaLabel }) => [textContent, ariaLabel].includes(name));
    const rows = () => all(".body > .row").sort((a, b) => a.ariaRowIndex - b.ariaRowIndex);
    const texts = () => rows().map(row => [...row.querySelectorAll("[role=gridcell]")].slice(0, 2).map(cell => cell.textContent.trim()).join(": "));
    const kinds = row => [...row.querySelectorAll(".chart > i:not([hidden])")].map(bar => bar.dataset.kind);
    const press = (...keys) => keys.forEach(key => root().querySelector(".grid").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })));
    const [SAVE, PAY, TRACK] = [["7f", "saveTokens"], ["40", "createPaymentSession"], ["60", "trackEvent"]].map(([id, name]) => ({ id: id.padEnd(42, "0"), name }));
    const open = name => fetch(`/__gate?name=${name}`, { method: "POST" });
    const call = (action, options = {}, args = []) => { const made = d.call(action, args, options); made.catch(() => {}); return made; };
    // An observer of the past: `make(number)` returns an entry.
    const past = (count, make) => {
        const list = Array.from({ length: count }, (_, index) => ({ number: index + 1, id: SAVE.id, name: `save${index + 1}`, ...make(index + 1) }));
        return { entries: () => list, subscribe: () => () => {}, dispatchers: () => [], follow: () => () => {}, named: async () => list, headers: async () => undefined };
    };
    // Calls of each kind: one that waits, one that runs, and others that are over.
    const scene = async () => {
        timeline.source = [d, observed];
        await call(SAVE, { url: "/?stale=1" });
        await call(SAVE, { url: "/?to=/done%3Ftoken=secret;push", redirect: "throw" }).catch(() => {});
        await call(PAY, { url: "/?do=status&status=503", lane: "draft" }).catch(() => {});
        window.held = [call(SAVE, { url: "/?gate=held" }), call(PAY), call(PAY, { strategy: "drop", key: "k" }), call(PAY, { strategy: "drop", key: "k" })];
        await until(() => rows().length === 9 && texts().includes("saveTokens: running"), "nine rows");
    };
"#;

async fn on_the_page(scene: impl AsyncFnOnce(&Page<'_>) -> Result<()>) -> Result<()> {
    on_a_page_with(PAGE, async |page| {
        let () = page.eval("await until(() => window.timeline)").await?;
        scene(page).await
    })
    .await
}

/// Opens a page with these tags, under the policy.
async fn on_a_page_with(tags: &str, scene: impl AsyncFnOnce(&Page<'_>) -> Result<()>) -> Result<()> {
    let server = server_on_a_new_origin()?;
    let tag = format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">{tags}");
    let encoded: String = tag.bytes().map(|byte| format!("%{byte:02X}")).collect();
    Browser::lend(async |browser| {
        browser.goto(&format!("{}/?tag={encoded}", server.url())).await?;
        scene(&Page(browser)).await
    })
    .await
}

struct Page<'a>(&'a Browser);

impl Page<'_> {
    async fn eval<T: serde::de::DeserializeOwned>(&self, script: &str) -> Result<T> {
        self.0.eval(&format!("{UNTIL}{PRELUDE}\n{script}"), &[]).await
    }

    /// Presses the mouse at a place of the window, waits, and releases it at another.
    async fn drag(&self, from: (f64, f64), to: (f64, f64)) -> Result<()> {
        let go = |(x, y)| PointerAction::MoveTo { duration: Some(Duration::from_millis(50)), x, y };
        let pause = PointerAction::Pause { duration: Duration::from_millis(200) };
        let mouse = MouseActions::new("mouse".to_owned())
            .then(go(from))
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(pause)
            .then(go(to))
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        Ok(self.0.client().perform_actions(mouse).await?)
    }
}

#[tokio::test]
async fn calls_are_shown_in_their_lanes_as_they_wait_and_run_under_a_strict_policy() -> Result<()> {
    on_the_page(async |page| {
        let script = r#"
            await scene();
            const before = texts();
            const bars = rows().map(kinds);
            const notes = rows().map(row => row.querySelector("em").textContent);
            await open("held");
            await Promise.allSettled(window.held);
            await until(() => rows().length === 9 && texts().every(text => !/running|waiting/.test(text)), "the end");
            const bar = all(".call [data-kind=run]")[0];
            const colors = ["light", "dark"].map(theme => {
                timeline.setAttribute("theme", theme);
                return getComputedStyle(bar).backgroundColor;
            });
            const waited = rows().find(row => row.textContent.startsWith("createPaymentSession") && kinds(row)[0] === "wait");
            return { before, bars, notes, after: texts(), width: bar.offsetWidth, colors, waited: waited?.title, violations };
        "#;
        let seen: Value = page.eval(script).await?;
        let pay = |state| format!("createPaymentSession: {state}");
        let main = ["main: 3 open", "saveTokens: 200", "saveTokens: 200", "saveTokens: running"].map(str::to_owned);
        let rest = [pay("waiting"), pay("waiting"), pay("DROPPED"), "draft: 1 failed".to_owned(), pay("HTTP")];
        assert_eq!(seen["before"], json!([&main[..], &rest[..]].concat()), "{seen:#}");
        let notes = seen["notes"].to_string();
        assert!(notes.contains("↻ refreshed") && notes.contains("↪ /done?…") && !notes.contains("secret"), "{seen:#}");
        assert!(seen["bars"].to_string().contains("failed") && seen["bars"].to_string().contains("wait"), "{seen:#}");
        assert!(seen["width"].as_f64() > Some(1.0) && seen["colors"] == json!(["rgb(47, 107, 216)", "rgb(107, 161, 255)"]), "{seen:#}");
        assert!(seen["waited"].as_str().is_some_and(|title| title.contains("waited")), "{seen:#}");
        assert_eq!(seen["violations"], json!([]), "{seen:#}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn keys_go_to_each_row_fold_lanes_and_open_details_without_secrets() -> Result<()> {
    on_the_page(async |page| {
        let script = r#"
            await scene();
            const grid = root().querySelector(".grid");
            const active = () => root().getElementById(grid.getAttribute("aria-activedescendant"));
            grid.focus();
            await frames();
            const seen = { first: active().textContent.trim() };
            press("ArrowLeft");
            await frames();
            seen.folded = [active().ariaExpanded, rows().length];
            press("ArrowRight", "End");
            await frames();
            seen.last = active().ariaRowIndex;
            press("Home", "ArrowDown", "ArrowDown", "Enter");
            await until(() => all(".details").length === 1 && all(".details h3").some(({ textContent }) => textContent === "Answer headers"));
            seen.details = root().querySelector(".details").textContent;
            seen.selected = rows().filter(row => row.ariaSelected === "true").length;
            const escape = from => from.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }));
            seen.passed = [escape(root().querySelector(".details button"))];
            await frames();
            seen.closed = [all(".details").length, root().activeElement === grid];
            seen.passed.push(escape(grid));
            press("ArrowUp", "ArrowLeft");
            await frames();
            seen.lane = active().classList.contains("lane");
            await open("held");
            return seen;
        "#;
        let seen: Value = page.eval(script).await?;
        assert!(seen["first"].as_str().is_some_and(|text| text.starts_with("main")), "{seen:#}");
        assert_eq!(seen["folded"], json!(["false", 3]), "{seen:#}");
        assert_eq!((&seen["last"], &seen["selected"]), (&json!("10"), &json!(1)), "{seen:#}");
        let details = seen["details"].as_str().unwrap_or_default();
        for part in ["saveTokens #2", "Redirected to/done?…", "Lanemain", "Head after", "x-action-redirect", "next-action", "text/x-component"] {
            assert!(details.contains(part), "{part}: {seen:#}");
        }
        assert!(!details.contains("secret"), "{seen:#}");
        assert_eq!((&seen["closed"], &seen["lane"]), (&json!([0, true]), &json!(true)), "{seen:#}");
        assert_eq!(seen["passed"], json!([false, true]), "Esc closes a dialog around the timeline when there are no details");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_call_that_another_one_waited_for_is_named_and_shown() -> Result<()> {
    on_the_page(async |page| {
        let script = r#"
            timeline.source = [d, observed];
            await Promise.all([call(SAVE), call(PAY)]);
            await until(() => timeline.toJSON().calls.some(({ waitedFor }) => waitedFor));
            await frames();
            rows().find(row => row.textContent.startsWith("createPaymentSession")).click();
            const link = await until(() => all(".details .link")[0]);
            const seen = [link.textContent, rows().filter(row => row.hasAttribute("data-cause")).map(row => row.textContent.split(" ")[0])];
            link.click();
            await frames();
            return [...seen, root().querySelector("h2").textContent];
        "#;
        let seen: Value = page.eval(script).await?;
        assert_eq!(seen, json!(["saveTokens #1", ["saveTokens"], "saveTokens #1"]));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_paused_timeline_shows_later_calls_when_it_goes_on_and_filters_leave_rows_out() -> Result<()> {
    on_the_page(async |page| {
        let script = r#"
            timeline.source = d;
            await call(SAVE);
            await until(() => texts().includes("saveTokens: ok"));
            button("Pause").click();
            await call(PAY, { lane: "cart" });
            await frames();
            const seen = { paused: [timeline.paused, texts()] };
            button("Resume").click();
            await until(() => rows().length === 4);
            const input = root().querySelector("input");
            const type = async text => { input.value = text; input.dispatchEvent(new Event("input")); await frames(); return texts(); };
            seen.name = await type("PAYM");
            seen.said = root().querySelector("[role=status]").textContent;
            seen.keys = [];
            document.onkeydown = ({ key }) => seen.keys.push(key);
            for (const key of ["s", "Tab"]) input.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true }));
            seen.nothing = [await type("zzz"), root().querySelector(".empty").textContent];
            await type("");
            const lane = root().querySelector("select");
            seen.lanes = [...lane.options].map(({ text }) => text);
            lane.value = "cart";
            lane.dispatchEvent(new Event("change"));
            await frames();
            seen.lane = texts();
            button("Clear").click();
            await frames();
            seen.cleared = [texts(), root().querySelector(".empty").textContent];
            return seen;
        "#;
        let seen: Value = page.eval(script).await?;
        let cart = json!(["cart: 1 call", "createPaymentSession: ok"]);
        assert_eq!(seen["paused"], json!([true, ["main: 1 call", "saveTokens: ok"]]));
        assert_eq!((&seen["name"], &seen["lane"], &seen["said"]), (&cart, &cart, &json!("1 calls match")), "{seen:#}");
        assert_eq!(seen["nothing"], json!([[], "No call matches."]));
        assert_eq!(seen["keys"], json!(["Tab"]), "what is typed is no shortcut of the page");
        assert_eq!(seen["lanes"], json!(["All lanes", "main", "cart"]));
        assert_eq!(seen["cleared"], json!([[], "No actions yet. The next one that the page calls appears here."]));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_thousand_calls_have_few_rows_are_drawn_once_a_frame_and_can_be_zoomed() -> Result<()> {
    on_the_page(async |page| {
        let script = r#"
            timeline.source = past(1200, n => ({ start: n * 10, head: n * 10 + 5, end: n * 10 + 8, status: 200 }));
            await until(() => rows().length > 5);
            const grid = root().querySelector(".grid");
            const count = () => root().querySelectorAll(".body > .row").length;
            const seen = { rows: count(), all: grid.getAttribute("aria-rowcount") };
            grid.scrollTop = grid.scrollHeight;
            await frames();
            seen.last = texts().at(-1);
            seen.reused = count();
            let drawn = 0;
            const real = window.requestAnimationFrame;
            window.requestAnimationFrame = act => real(time => { drawn += 1; act(time); });
            for (let n = 0; n < 200; n++) { grid.scrollTop = n * 50; grid.dispatchEvent(new Event("scroll")); }
            await new Promise(resolve => real(() => real(() => real(resolve))));
            window.requestAnimationFrame = real;
            seen.drawn = drawn;
            for (let n = 0; n < 8; n++) button("Zoom in").click();
            await frames();
            seen.zoomed = [Number(grid.getAttribute("aria-rowcount")), texts().at(-1)];
            button("Fit").click();
            await frames();
            seen.fit = grid.getAttribute("aria-rowcount");
            return seen;
        "#;
        let seen: Value = page.eval(script).await?;
        assert_eq!((&seen["all"], &seen["fit"], &seen["last"]), (&json!("1002"), &json!("1002"), &json!("save1200: 200")), "{seen:#}");
        assert!(seen["rows"].as_u64() < Some(40) && seen["reused"].as_u64() < Some(50), "{seen:#}");
        assert!(seen["drawn"].as_u64() <= Some(3), "{seen:#}");
        let zoomed = &seen["zoomed"];
        assert!(zoomed[0].as_u64() < Some(200) && zoomed[1] == "save1200: 200", "it follows the newest: {seen:#}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn files_hold_the_calls_and_no_arguments() -> Result<()> {
    on_the_page(async |page| {
        let script = r#"
            timeline.source = [d, observed];
            await call(SAVE, {}, ["4111 1111"]);
            await until(() => timeline.toJSON().calls[0]?.attempts[0]?.size);
            await frames();
            const blobs = [];
            URL.createObjectURL = blob => { blobs.push(blob); return "blob:none"; };
            button("JSON").click();
            button("Trace").click();
            const saved = await Promise.all(blobs.map(blob => blob.text()));
            const [data, trace] = saved.map(text => JSON.parse(text));
            return { format: data.format, names: data.calls.map(({ name }) => name), slices: trace.traceEvents.map(({ name }) => name), leaks: saved.some(text => text.includes("4111")) };
        "#;
        let seen: Value = page.eval(script).await?;
        assert_eq!((&seen["format"], &seen["names"]), (&json!("actionlane-timeline"), &json!(["saveTokens"])), "{seen:#}");
        assert!(seen["slices"].to_string().contains("saveTokens #1") && seen["leaks"] == false, "{seen:#}");
        Ok(())
    })
    .await
}

/// A timeline that is taken out of the page listens to nothing; put back, it knows which calls have ended meanwhile.
#[tokio::test]
async fn a_timeline_that_was_away_ends_the_calls_that_it_has_missed() -> Result<()> {
    on_the_page(async |page| {
        let script = r#"
            timeline.source = d;
            const made = [call(SAVE, { url: "/?gate=away", lane: "a" }), call(PAY, { url: "/?gate=later", lane: "b" })];
            await until(() => texts().filter(text => text.endsWith("running")).length === 2);
            const parent = timeline.parentNode;
            timeline.remove();
            await open("away");
            await until(() => d.snapshot().length === 1);
            parent.append(timeline);
            await until(() => texts().includes("saveTokens: not seen") && texts().includes("createPaymentSession: running"), "one is over");
            await open("later");
            await made[1];
            await until(() => texts().includes("createPaymentSession: ok"));
            timeline.source = undefined;
            await call(TRACK);
            await frames();
            return texts().join();
        "#;
        let seen: String = page.eval(script).await?;
        assert!(!seen.contains("trackEvent"), "{seen}");
        Ok(())
    })
    .await
}

/// In each look and width, empty and full, with and without details.
#[tokio::test]
async fn axe_finds_no_violation() -> Result<()> {
    on_the_page(async |page| {
        let script = r#"
            const found = [];
            const check = async what => {
                await frames();
                const { violations } = await axe.run(document, { resultTypes: ["violations"] });
                found.push(...violations.map(({ id, nodes }) => `${what}: ${id}: ${nodes.map(({ html, failureSummary }) => html + failureSummary).join("; ")}`));
            };
            await check("empty");
            await scene();
            timeline.paused = true;
            for (const theme of ["light", "dark"]) {
                timeline.setAttribute("theme", theme);
                for (const width of ["1000px", "340px"]) {
                    timeline.style.width = width;
                    await check(`${theme} ${width}`);
                    rows().find(row => row.textContent.startsWith("saveTokens")).click();
                    await until(() => all(".details").length === 1);
                    await check(`${theme} ${width}, details`);
                    button("Close details").click();
                }
            }
            timeline.style.width = "";
            timeline.toggleAttribute("docked");
            await check("docked");
            timeline.toggleAttribute("collapsed");
            await check("collapsed");
            await open("held");
            return found;
        "#;
        let found: Vec<String> = page.eval(script).await?;
        assert!(found.is_empty(), "{found:#?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_page_without_a_network_has_a_band() -> Result<()> {
    on_the_page(async |page| {
        let script = r#"
            timeline.source = d;
            await call(SAVE);
            Object.defineProperty(navigator, "onLine", { get: () => false, configurable: true });
            dispatchEvent(new Event("offline"));
            const held = call(PAY, { url: "/?gate=offline" });
            const band = await until(() => all(".lines b")[0]);
            const seen = [band.textContent, band.offsetWidth > 0];
            delete navigator.onLine;
            dispatchEvent(new Event("online"));
            await open("offline");
            await held;
            return [...seen, timeline.toJSON().offline.length];
        "#;
        let seen: Value = page.eval(script).await?;
        assert_eq!(seen, json!(["offline", true, 1]));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn properties_that_were_set_before_the_element_was_defined_count() -> Result<()> {
    on_a_page_with("<actionlane-timeline></actionlane-timeline>", async |page| {
        let script = r#"
            window.timeline = document.querySelector("actionlane-timeline");
            timeline.source = past(1, () => ({ start: 10, head: 20, end: 30, status: 200 }));
            timeline.paused = true;
            await import("/pkg/timeline.js");
            await until(() => timeline.shadowRoot && texts().includes("save1: 200"));
            const seen = [timeline.source.entries().length, button("Resume")?.textContent];
            button("Resume")?.click();
            await frames();
            return [...seen, timeline.paused, button("Pause")?.textContent];
        "#;
        let seen: Value = page.eval(script).await?;
        assert_eq!(seen, json!([1, "Resume", false, "Pause"]));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_timeline_that_is_not_seen_draws_nothing_while_calls_run_and_goes_on_after_a_move() -> Result<()> {
    on_the_page(async |page| {
        let script = r#"
            const native = requestAnimationFrame;
            let drawn = 0;
            window.requestAnimationFrame = draw => native(time => { drawn += 1; draw(time); });
            const pass = async () => { for (let n = 0; n < 5; n++) await new Promise(native); };
            const moves = async () => { await pass(); const before = drawn; await pass(); return drawn > before; };
            timeline.source = d;
            const held = call(SAVE, { url: "/?gate=unseen" });
            await until(() => texts().includes("saveTokens: running"));
            const seen = { shown: await moves() };
            timeline.hidden = true;
            seen.hidden = await moves();
            timeline.hidden = false;
            await until(moves, "moves again");
            timeline.toggleAttribute("docked");
            timeline.toggleAttribute("collapsed");
            seen.collapsed = await moves();
            timeline.toggleAttribute("collapsed");
            await until(moves, "moves out of the button");
            // Where the user wants no motion, a timer draws.
            window.matchMedia = () => ({ matches: true });
            await pass();
            document.body.append(timeline);
            const before = drawn;
            await until(() => drawn > before + 4, "moves elsewhere");
            await open("unseen");
            await held;
            return seen;
        "#;
        let seen: Value = page.eval(script).await?;
        assert_eq!(seen, json!({ "shown": true, "hidden": false, "collapsed": false }));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_call_that_was_chosen_while_it_ran_shows_the_headers_of_its_answer_once_they_are_there() -> Result<()> {
    on_the_page(async |page| {
        let script = r#"
            timeline.source = [d, observed];
            const held = call(SAVE, { url: "/?gate=chosen" });
            const row = await until(() => rows().find(({ textContent }) => textContent.includes("running")));
            row.click();
            const titles = () => all(".details h3").map(({ textContent }) => textContent);
            await until(() => titles().length === 2, "the headers of the request");
            const before = titles();
            await open("chosen");
            await held;
            await until(() => titles().length === 3, "the headers of the answer");
            return [before, titles()];
        "#;
        let seen: Value = page.eval(script).await?;
        assert_eq!(seen, json!([["Request", "Request headers"], ["Request", "Request headers", "Answer headers"]]));
        Ok(())
    })
    .await
}

/// A click with a real mouse, whose button is held for a while, and a drag.
#[tokio::test]
async fn a_mouse_selects_the_row_that_it_points_at_and_drags_the_time() -> Result<()> {
    on_the_page(async |page| {
        let script = r#"
            timeline.source = past(300, n => ({ start: n * 10, head: n * 10 + 5, end: n * 10 + 8, status: 200 }));
            await until(() => rows().length > 5);
            root().querySelector(".grid").scrollTop = 4000;
            await frames();
            const row = rows()[6];
            const { x, y, height } = row.getBoundingClientRect();
            return [row.textContent.split(" ")[0], x + 20, y + height / 2];
        "#;
        let (name, x, y): (String, f64, f64) = page.eval(script).await?;
        page.drag((x, y), (x, y)).await?;
        let title: String =
            page.eval("await until(() => all('.details').length === 1); return root().querySelector('h2').textContent").await?;
        assert!(title.starts_with(&format!("{name} #")), "{name}: {title}");
        let script = r#"
            for (let n = 0; n < 4; n++) button("Zoom in").click();
            await frames();
            const { x, y, width } = rows()[rows().length >> 1].querySelector(".chart").getBoundingClientRect();
            const ticks = all(".axis i").map(({ textContent }) => textContent);
            return [ticks, x + width * 0.2, x + width * 0.8, y + 10, texts().length];
        "#;
        let (before, left, right, y, shown): (Vec<String>, f64, f64, f64, usize) = page.eval(script).await?;
        page.drag((left, y), (right, y)).await?;
        let script =
            "await frames(); return [all('.axis i').map(({ textContent }) => textContent), texts().length, root().querySelector('h2').textContent]";
        let (after, still, unchanged): (Vec<String>, usize, String) = page.eval(script).await?;
        assert!(before != after && shown > 1 && still > 1, "{before:?} {after:?}");
        assert_eq!(unchanged, title, "a drag is no click");
        Ok(())
    })
    .await
}

/// The tag of `dist/actionlane.js` asks for both files, wherever they are.
#[tokio::test]
async fn the_drop_in_script_loads_the_timeline_from_where_its_files_are() -> Result<()> {
    for (attributes, base) in [
        ("src=\"/actionlane.js\" data-timeline", "/"),
        ("src=\"/actionlane.js?v=1\" data-base=\"/pkg/dist\" data-timeline", "/pkg/dist/"),
        ("type=\"module\" src=\"/actionlane.js\" data-base=\"pkg/dist/\" data-timeline", "/pkg/dist/"),
        ("src=\"/pkg/dist/actionlane.js\" data-observe", "/pkg/dist/"),
    ] {
        on_a_page_with(&format!("<script {attributes}></script>"), async |page| {
            let script = r#"
                await until(() => window.actionlaneObserve && document.readyState === "complete");
                const [SAVE] = [{ id: "7f".padEnd(42, "0"), name: "saveTokens" }];
                const d = actionlane.createDispatcher();
                actionlaneObserve.follow(d);
                await d.call(SAVE);
                const asked = document.querySelector("script[data-timeline]") !== null;
                if (asked) await until(() => document.querySelector("actionlane-timeline")?.shadowRoot.textContent.includes("saveTokens"));
                const files = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
                return { entries: actionlaneObserve.entries().length, asked, files: files.filter(file => /observe|timeline/.test(file)) };
            "#;
            let seen: Value = page.0.eval(&format!("{UNTIL}\n{script}"), &[]).await?;
            let asked = attributes.contains("timeline");
            let names = if asked { vec!["observe.js", "timeline.js"] } else { vec!["observe.js"] };
            let files: Vec<String> = names.iter().map(|name| format!("{base}{name}")).collect();
            assert_eq!(seen, json!({ "entries": 1, "asked": asked, "files": files }), "{attributes}: {seen:#}");
            Ok(())
        })
        .await?;
    }
    Ok(())
}
