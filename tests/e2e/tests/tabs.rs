//! Several tabs that act as one client: `scope: "origin"`.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use fantoccini::wd::WindowHandle;
use serde::Deserialize;
use serde_json::{Value, json};
use server::{Ledger, Server};

use crate::scene::{Page, on_the_test_server};

/// Tabs of one browser. Each shows the server's page and has a dispatcher `own` with `scope: "origin"`.
struct Tabs<'a> {
    page: &'a Page<'a>,
    handles: Vec<WindowHandle>,
}

impl<'a> Tabs<'a> {
    /// Opens the tabs. `options` are the dispatchers' options, in addition to the scope.
    async fn open(page: &'a Page<'a>, server: &Server, count: usize, options: &str) -> Result<Self> {
        let client = page.browser().client();
        let mut tabs = Self { page, handles: vec![client.window().await?] };
        for _ in 1..count {
            tabs.handles.push(client.new_window(true).await?.handle);
        }
        for number in 0..count {
            tabs.show(number).await?;
            page.browser().goto(&format!("{}/", server.url())).await?;
            let make = format!(
                "await actionlane.ready();
                 window.own = actionlane.createDispatcher({{ url: '/', scope: 'origin', ...({options}) }});
                 window.make = (name, more = '', options) => own.call(some, [], {{ url: `/?call=${{name}}&${{more}}`, ...options }});"
            );
            page.eval::<()>(&make).await?;
        }
        Ok(tabs)
    }

    async fn show(&self, number: usize) -> Result<()> {
        self.page.browser().client().switch_to_window(self.handles[number].clone()).await.context("switching to a tab")
    }

    /// Runs a script in a tab.
    async fn eval<T: serde::de::DeserializeOwned>(&self, number: usize, script: &str) -> Result<T> {
        self.show(number).await?;
        self.page.eval(script).await
    }

    /// Returns the server's ledger, fetched by a tab.
    async fn ledger(&self, number: usize) -> Result<Ledger> {
        self.eval(number, "return await (await fetch('/ledger')).json()").await
    }
}

/// `seen(name)`: waits until the call has arrived at the server.
const SEEN: &str = "const seen = name => until(async () => (await (await fetch('/ledger')).json()).keys[name]);";

/// `locks(list)`: returns the number of lane locks that are `held` or `pending`.
const LOCKS: &str =
    "const locks = async list => (await navigator.locks.query())[list].filter(({ name }) => name.startsWith('actionlane:lane:')).length;";

#[tokio::test]
async fn of_300_calls_from_three_tabs_the_server_never_sees_two_at_once() -> Result<()> {
    on_the_test_server("", async |page, server| {
        let tabs = Tabs::open(page, &server, 3, "{}").await?;
        for tab in 0..3 {
            // The first call holds the lane until all have been made.
            let script = format!(
                "{LOCKS}
                 window.calls = Array.from({{ length: 100 }}, (_, i) => make(`{tab}-${{String(i).padStart(2, '0')}}`, {tab} + i === 0 ? 'gate=start' : 'work=2'));
                 await until(async () => await locks('held') === 1 && await locks('pending') === {tab});"
            );
            tabs.eval::<()>(tab, &script).await?;
        }
        tabs.eval::<()>(2, "await fetch('/__gate?name=start', { method: 'POST' })").await?;
        for tab in 0..3 {
            let values: usize = tabs.eval(tab, "return (await Promise.all(calls)).length").await?;
            assert_eq!(values, 100);
        }
        let ledger = tabs.ledger(0).await?;
        assert_eq!((ledger.total, ledger.most_at_once), (300, 1));
        assert!(ledger.keys.values().all(|entry| (entry.arrivals, entry.effects) == (1, 1)), "{ledger:?}");
        let mut order: Vec<_> = ledger.keys.iter().map(|(name, entry)| (entry.order, name.as_str())).collect();
        order.sort_unstable();
        let mut of_tabs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (place, (_, name)) in order.iter().enumerate() {
            let (tab, call) = name.split_once('-').context("a name")?;
            of_tabs.entry(tab).or_default().push(call);
            let counts: Vec<_> = of_tabs.values().map(Vec::len).collect();
            let spread = counts.iter().max().zip(counts.iter().min()).map(|(most, least)| most - least);
            assert!(counts.len() < 3 || spread <= Some(1), "not in turn at {place}: {counts:?}");
        }
        for (tab, calls) in of_tabs {
            assert!(calls.is_sorted(), "tab {tab} out of order: {calls:?}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn lanes_of_other_names_and_dispatchers_of_their_own_do_not_wait() -> Result<()> {
    on_the_test_server("", async |page, server| {
        let tabs = Tabs::open(page, &server, 2, "{}").await?;
        tabs.eval::<()>(0, &format!("{SEEN} window.first = make('first', 'gate=end'); await seen('first');")).await?;
        tabs.eval::<()>(
            1,
            "window.behind = make('behind');
             await make('cart', '', { lane: 'cart' });
             await make('parallel', '', { lane: 'parallel' });
             await d.call(some, [], { url: '/?call=alone' });
             if (behind.state !== 'waiting') throw new Error(behind.state);
             await fetch('/__gate?name=end', { method: 'POST' });
             await behind;",
        )
        .await?;
        tabs.eval::<()>(0, "await first").await
    })
    .await
}

#[tokio::test]
async fn two_dispatchers_of_one_page_share_a_lane() -> Result<()> {
    on_the_test_server("", async |page, server| {
        let tabs = Tabs::open(page, &server, 1, "{}").await?;
        tabs.eval::<()>(
            0,
            "const other = actionlane.createDispatcher({ url: '/', scope: 'origin' });
             const calls = Array.from({ length: 20 }, (_, i) => i % 2 ? make(i, 'work=2') : other.call(some, [], { url: `/?call=${i}&work=2` }));
             await Promise.all(calls);",
        )
        .await?;
        assert_eq!(tabs.ledger(0).await?.most_at_once, 1);
        Ok(())
    })
    .await
}

/// The browser cannot tell the two dispatchers apart: the page both holds the lock and waits for it.
#[tokio::test]
async fn dispatchers_of_one_page_do_not_steal_a_busy_lane() -> Result<()> {
    on_the_test_server("", async |page, server| {
        let tabs = Tabs::open(page, &server, 1, "{}").await?;
        tabs.eval::<()>(
            0,
            "const make = () => actionlane.createDispatcher({ url: '/', scope: 'origin', leaseTimeout: 600 });
             const clients = [make(), make(), make(), make(), make()];
             await Promise.all(clients.flatMap((client, i) => [1, 2, 3].map(n => client.call(some, [], { url: `/?call=${i}-${n}&work=200` }))));",
        )
        .await?;
        let ledger = tabs.ledger(0).await?;
        assert_eq!((ledger.total, ledger.most_at_once), (15, 1), "{ledger:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_tab_that_is_closed_in_the_middle_of_a_call_releases_its_lane() -> Result<()> {
    on_the_test_server("", async |page, server| {
        let tabs = Tabs::open(page, &server, 2, "{ leaseTimeout: Infinity }").await?;
        tabs.eval::<()>(0, &format!("{SEEN} make('stuck', 'do=never').catch(() => {{}}); await seen('stuck');")).await?;
        tabs.eval::<()>(1, &format!("{LOCKS} window.next = make('next'); await until(async () => await locks('pending') === 1);")).await?;
        tabs.show(0).await?;
        page.browser().client().close_window().await?;
        tabs.eval::<()>(1, "await next").await
    })
    .await
}

#[tokio::test]
async fn a_dispatcher_that_closes_or_aborts_releases_its_lane() -> Result<()> {
    on_the_test_server("", async |page, server| {
        let tabs = Tabs::open(page, &server, 2, "{ leaseTimeout: Infinity }").await?;
        tabs.eval::<()>(0, &format!("{SEEN} make('stuck', 'do=never').catch(() => {{}}); await seen('stuck');")).await?;
        tabs.eval::<()>(
            1,
            &format!(
                "{LOCKS}
                 const waits = make('waits');
                 await until(async () => await locks('pending') === 1);
                 waits.abort();
                 await until(async () => await locks('pending') === 0);
                 window.next = make('next');"
            ),
        )
        .await?;
        tabs.eval::<()>(0, "own.close()").await?;
        tabs.eval::<()>(1, &format!("{LOCKS} await next; await until(async () => await locks('held') === 0);")).await
    })
    .await
}

/// Many dispatchers wait at the same time: one steals the lease, and the others queue behind it. Frames make them
/// separate clients that run at the same speed; each frame has two dispatchers, which the browser cannot tell apart.
/// The page itself plays the suspended client: it holds the lease for ever.
#[tokio::test]
async fn of_many_that_wait_for_a_suspended_client_only_one_takes_the_lease() -> Result<()> {
    on_the_test_server("", async |page, server| {
        let tabs = Tabs::open(page, &server, 1, "{}").await?;
        let rounds: Vec<Round> = tabs.eval(
            0,
            "const make = async () => {
                 const frame = document.createElement('iframe');
                 frame.src = '/';
                 await new Promise(loaded => { frame.onload = loaded; document.body.append(frame); });
                 const { actionlane } = frame.contentWindow;
                 await actionlane.ready();
                 return Array.from({ length: 2 }, () => actionlane.createDispatcher({ url: '/', scope: 'origin', leaseTimeout: 400 }));
             };
             const clients = (await Promise.all([make(), make(), make()])).flat();
             const rounds = [];
             for (let round = 0; round < 30 && rounds.filter(({ longest }) => longest < 300).length < 6; round++) {
                 await fetch('/ledger', { method: 'DELETE' });
                 const lane = `lane ${round}`;
                 await new Promise(held => navigator.locks.request(`actionlane:lane:${lane}`, () => { held(); return new Promise(() => {}); }));
                 const calls = clients.map((client, i) => client.call(some, [], { lane, url: `/?call=${round}-${i}&work=60` }));
                 const timings = (await Promise.all(calls.map(call => call.outcome))).map(({ timings }) => timings);
                 const { total, mostAtOnce } = await (await fetch('/ledger')).json();
                 rounds.push({ longest: Math.max(...timings.map(({ startedAt, valueAt }) => valueAt - startedAt)), total, mostAtOnce });
             }
             return rounds;",
        )
        .await?;
        assert!(rounds.iter().all(|round| round.total == 6), "{rounds:?}");
        // If a call took longer than the lease, stealing it again was right: such a round on a busy machine proves
        // nothing.
        let (in_time, late): (Vec<Round>, Vec<Round>) = rounds.into_iter().partition(|round| round.longest < 300.0);
        assert!(!in_time.is_empty(), "{late:?}");
        assert!(in_time.iter().all(|round| round.most_at_once == 1), "{in_time:?}");
        Ok(())
    })
    .await
}

/// A round of six calls that wait for one lease: the milliseconds of the slowest call, and the server's counts.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Round {
    longest: f64,
    total: u64,
    most_at_once: u64,
}

#[derive(Debug, Deserialize)]
struct Taken {
    states: Vec<String>,
}

/// The client is not suspended, but holds the lease for too long. Its running call goes on; its next call needs a new
/// lease.
#[tokio::test]
async fn the_lease_of_a_call_that_never_ends_is_taken() -> Result<()> {
    on_the_test_server("", async |page, server| {
        let tabs = Tabs::open(page, &server, 3, "{ leaseTimeout: 400 }").await?;
        tabs.eval::<()>(0, &format!("{SEEN} window.calls = [make('stuck', 'gate=end'), make('after')]; await seen('stuck');")).await?;
        tabs.eval::<()>(1, "window.mine = make('one')").await?;
        tabs.eval::<()>(2, "window.mine = make('two')").await?;
        for tab in [1, 2] {
            tabs.eval::<()>(tab, "await mine").await?;
        }
        let taken: Taken = tabs.eval(0, "return { states: calls.map(call => call.state) }").await?;
        assert_eq!(taken.states, ["running", "waiting"]);
        let values: Vec<Value> =
            tabs.eval(0, "await fetch('/__gate?name=end', { method: 'POST' }); return await Promise.all(calls)").await?;
        assert_eq!(values.len(), 2);
        let ledger = tabs.ledger(0).await?;
        assert!(ledger.keys.values().all(|entry| entry.arrivals == 1), "{ledger:?}");
        Ok(())
    })
    .await
}

/// When the engine traps, requested and held locks are released.
#[tokio::test]
async fn an_engine_that_traps_releases_its_locks() -> Result<()> {
    on_the_test_server("?load=module", async |page, _server| {
        page.eval::<()>("await window.load()").await?;
        let codes: Value = page
            .eval(&format!(
                "{SEEN} {LOCKS}
                 const make = () => actionlane.createDispatcher({{ url, scope: 'origin', leaseTimeout: Infinity }});
                 const [holds, waits] = [make(), make()];
                 await actionlane.ready();
                 const calls = [holds.call(some, [], {{ url: '/?call=held&do=never' }}), waits.call(some)];
                 await seen('held');
                 await until(async () => await locks('pending') === 1);
                 const {{ Engine }} = await import('/pkg/wasm/dispatcher.js');
                 const {{ call }} = Engine.prototype;
                 Engine.prototype.call = () => {{
                     Engine.prototype.call = call;
                     throw new WebAssembly.RuntimeError('unreachable');
                 }};
                 calls.push(d.call(some));
                 const codes = [];
                 for (const call of calls) codes.push((await settle(call)).code);
                 codes.push((await settle(holds.call(some))).value, (await settle(make().call(some))).value);
                 return codes;"
            ))
            .await?;
        assert_eq!(codes, json!(["INTERNAL", "INTERNAL", "INTERNAL", "ok", "ok"]));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_frame_with_an_origin_of_its_own_is_refused_when_the_dispatcher_is_made() -> Result<()> {
    on_the_test_server("", async |page, _server| {
        let code: Value = page
            .eval(
                "const frame = document.createElement('iframe');
                 frame.sandbox = 'allow-scripts';
                 frame.srcdoc = `<script src=\"${location.origin}/actionlane.js\"></script><script>
                     try { actionlane.createDispatcher({ scope: 'origin' }); parent.postMessage('made', '*'); }
                     catch (error) { parent.postMessage(error.code, '*'); }
                 </script>`;
                 const answer = new Promise(resolve => addEventListener('message', ({ data }) => resolve(data), { once: true }));
                 document.body.append(frame);
                 return await answer;",
            )
            .await?;
        assert_eq!(code, json!("INVALID_OPTION"));
        Ok(())
    })
    .await
}

mod needs_suspension {
    use super::*;

    /// A suspended tab holds its lease, because its call may be under way. Another tab that waits takes it after
    /// `leaseTimeout`.
    #[tokio::test]
    async fn the_lease_of_a_suspended_tab_is_taken() -> Result<()> {
        on_the_test_server("", async |page, server| {
            let tabs = Tabs::open(page, &server, 2, "{ leaseTimeout: 400 }").await?;
            tabs.eval::<()>(
                0,
                &format!("{SEEN} window.calls = [make('held', 'gate=end'), make('after')]; calls.forEach(call => call.catch(() => {{}})); await seen('held');"),
            )
            .await?;
            page.browser().suspend().await?;
            tabs.eval::<()>(1, "await fetch('/__gate?name=end', { method: 'POST' }); await make('other');").await?;
            tabs.show(0).await?;
            page.browser().resume().await?;
            tabs.eval::<()>(0, "await Promise.all(calls)").await?;
            let ledger = tabs.ledger(0).await?;
            let place = |name: &str| ledger.keys.get(name).map(|entry| (entry.arrivals, entry.order));
            assert_eq!(["held", "other", "after"].map(place), [Some((1, 1)), Some((1, 2)), Some((1, 3))]);
            Ok(())
        })
        .await
    }
}

mod needs_crash {
    use super::*;

    #[tokio::test]
    async fn a_tab_that_crashes_in_the_middle_of_a_call_releases_its_lane() -> Result<()> {
        on_the_test_server("", async |page, server| {
            let tabs = Tabs::open(page, &server, 2, "{ leaseTimeout: Infinity }").await?;
            tabs.eval::<()>(0, &format!("{SEEN} make('stuck', 'do=never').catch(() => {{}}); await seen('stuck');")).await?;
            tabs.eval::<()>(1, &format!("{LOCKS} window.next = make('next'); await until(async () => await locks('pending') === 1);"))
                .await?;
            tabs.show(0).await?;
            page.browser().crash().await?;
            tabs.eval::<()>(1, "await next").await
        })
        .await
    }
}
