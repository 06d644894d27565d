//! `cargo xtask soak`: makes thousands of calls to a server that misbehaves.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;
use e2e::{Browser, Driver, Kind};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use server::{Ledger, Server};

use crate::step::{note, step_async};
use crate::wasm::MODULES;
use crate::{browser, build, workspace};

/// Makes thousands of calls in a real browser, to a server that misbehaves, and checks each of them
///
/// The calls use several lanes, and small and large arguments and answers; some are aborted, some have a time limit.
/// The server answers a share of the requests (`--faults`) wrongly, before or after the action has run, and keeps a
/// ledger of what ran. Prints one line of JSON.
///
/// Fails if a call is lost: it never settled, or it settled with a value although its action did not run, or with
/// another call's value. Fails if an action ran twice. Fails if the memory at the end is more than a tenth larger
/// than after the warm-up. The warm-up is a twentieth of the calls, but at least 500 and at most half; with faults,
/// every fourth request fails during it.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Number of calls
    #[arg(long, default_value_t = 2000)]
    calls: u32,
    /// Share of the requests that go wrong, from 0 to below 1
    #[arg(long, default_value_t = 0.05)]
    faults: f64,
    /// Browser to run in
    #[arg(long, default_value = "chromium")]
    browser: Choice,
    /// Seed of the random calls and faults
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// Retries of a call; with 0, the page sends the idempotency key as a header of its own
    #[arg(long, default_value_t = 5)]
    retry: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Choice {
    Chromium,
    Firefox,
}

/// Results of all calls.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Soaked {
    calls: u64,
    settled: u64,
    lost: u64,
    /// Number of calls whose action ran more than once.
    doubled: u64,
    /// Number of calls that failed, by code.
    by_code: BTreeMap<String, u64>,
    /// Size of each module's memory.
    wasm_bytes: BTreeMap<String, Span>,
    /// `None` if the browser does not tell.
    js_heap: Option<Span>,
    seconds: f64,
    /// Requests that went wrong on purpose.
    #[serde(skip)]
    faults: Faults,
}

/// Bytes in use after the warm-up and after the last call.
#[derive(Clone, Copy, Debug, Serialize)]
struct Span {
    start: u64,
    end: u64,
}

#[derive(Clone, Copy, Debug)]
struct Faults {
    wanted: bool,
    drawn: u64,
}

pub(crate) async fn run(args: &Args) -> Result<()> {
    let soaked = soak(args).await?;
    println!("{}", soaked.line()?);
    let wrong = soaked.wrong();
    ensure!(wrong.is_empty(), "{}", wrong.join("; "));
    Ok(())
}

/// Prepares the package and the browser, then makes the calls.
pub(crate) async fn soak(args: &Args) -> Result<Soaked> {
    ensure!(args.calls > 0, "--calls must be at least 1");
    ensure!((0.0..1.0).contains(&args.faults), "--faults must be from 0 to below 1");
    let kind = args.browser.kind();
    let installed = browser::ensure_light(kind)?;
    build::prepare()?;
    build::package()?;
    let what = format!("{} calls in {:?}, {} % of the requests go wrong", args.calls, args.browser, args.faults * 100.0);
    step_async(&what, calls(args, Driver::start_installed(kind, installed).await?)).await
}

async fn calls(args: &Args, driver: Driver) -> Result<Soaked> {
    let server = Server::start(&workspace::pkg())?;
    let misbehave = |faults: f64| server.misbehave(&format!("faults={faults}&seed={}", args.seed));
    Browser::with(&driver, async |browser| {
        browser.goto(&format!("{}/soak", server.url())).await?;
        browser.eval::<Value>("await soak.begin(args[0])", &[args.beginning()]).await?;
        let started = Instant::now();
        misbehave(if args.faults > 0.0 { args.faults.max(WARM_FAULTS) } else { 0.0 })?;
        until(browser, args.warm_up()).await?;
        misbehave(args.faults)?;
        let before = Memory::of(browser).await?;
        until(browser, args.calls.into()).await?;
        let seconds = (started.elapsed().as_secs_f64() * 10.0).round() / 10.0;
        let after = Memory::of(browser).await?;
        let results: Results = browser.eval("return soak.results()", &[]).await?;
        let ledger = server.ledger();
        note(&summary(&ledger));
        Ok(Soaked {
            wasm_bytes: memory_growth(&before.wasm, &after.wasm),
            js_heap: before.heap.zip(after.heap).map(|(start, end)| Span { start, end }),
            seconds,
            faults: Faults { wanted: args.faults > 0.0, drawn: ledger.drawn.values().sum() },
            ..results.soaked(&ledger)?
        })
    })
    .await
}

/// Share of the requests that go wrong during the warm-up. It is high so that the page has compiled and cached
/// everything before its memory is measured.
const WARM_FAULTS: f64 = 0.25;

/// Least number of calls of a warm-up, if the run is long enough.
const WARM_CALLS: u32 = 500;

/// Time without a settled call after which the pending calls count as lost.
const PATIENCE: Duration = Duration::from_secs(60);

/// Returns when `calls` calls have settled, or when none has settled for [`PATIENCE`].
async fn until(browser: &Browser, calls: u64) -> Result<()> {
    let (mut settled, mut since) = (0, Instant::now());
    while settled < calls && since.elapsed() < PATIENCE {
        let now = browser.eval("return await soak.run(args[0])", &[json!(calls)]).await?;
        if now > settled {
            (settled, since) = (now, Instant::now());
            note(&format!("{settled} calls have settled"));
        }
    }
    Ok(())
}

/// Returns a line for people about the requests.
fn summary(ledger: &Ledger) -> String {
    let drawn = ledger.drawn.iter().map(|(fault, times)| format!("{fault} × {times}")).collect::<Vec<_>>().join(", ");
    format!("{} requests, at most {} at once; {drawn}", ledger.total, ledger.most_at_once)
}

struct Memory {
    /// Bytes by module.
    wasm: BTreeMap<String, u64>,
    heap: Option<u64>,
}

impl Memory {
    async fn of(browser: &Browser) -> Result<Self> {
        let heap = browser.heap().await?;
        Ok(Self { wasm: browser.eval("return soak.wasmBytes()", &[]).await?, heap })
    }
}

/// Results that the page has at the end.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Results {
    /// One digit for each call: 0 never settled, 1 settled with its own value, 2 failed, 3 settled with another
    /// value.
    verdicts: String,
    by_code: BTreeMap<String, u64>,
}

impl Results {
    /// Compares the results of the page with the server's ledger.
    fn soaked(self, ledger: &Ledger) -> Result<Soaked> {
        let mut effects: HashMap<&str, u64> = HashMap::new();
        for entry in ledger.keys.values() {
            let call = entry.call.as_deref().context("the ledger has a call without a name")?;
            *effects.entry(call).or_default() += entry.effects;
        }
        let (mut settled, mut lost) = (0, 0);
        for (call, verdict) in self.verdicts.chars().enumerate() {
            let ran = effects.get(call.to_string().as_str()).is_some_and(|times| *times > 0);
            settled += u64::from(verdict != '0');
            lost += match verdict {
                '1' => u64::from(!ran),
                '2' => 0,
                '0' | '3' => 1,
                _ => bail!("the page gave the verdict {verdict:?}"),
            };
        }
        let doubled = effects.values().filter(|times| **times > 1).count() as u64;
        Ok(Soaked {
            calls: self.verdicts.len() as u64,
            settled,
            lost,
            doubled,
            by_code: self.by_code,
            wasm_bytes: BTreeMap::new(),
            js_heap: None,
            seconds: 0.0,
            faults: Faults { wanted: false, drawn: 0 },
        })
    }
}

impl Args {
    /// Returns the default arguments, with this number of calls.
    pub(crate) fn of(calls: u32) -> Self {
        Self { calls, faults: 0.05, browser: Choice::Chromium, seed: 1, retry: 5 }
    }

    /// Returns the number of calls before memory is measured: a twentieth, at least [`WARM_CALLS`], at most half.
    fn warm_up(&self) -> u64 {
        self.calls.div_ceil(20).max(WARM_CALLS).min(self.calls.div_ceil(2)).into()
    }

    /// Returns the instructions for the page. Every attempt has a time limit, because some faults never end.
    fn beginning(&self) -> Value {
        let options = match self.retry {
            0 => json!({ "timeout": 1000 }),
            limit => json!({ "timeout": 1000, "idempotency": true, "retry": { "limit": limit, "delay": 50 } }),
        };
        json!({ "calls": self.calls, "seed": self.seed, "ownKeys": self.retry == 0, "options": options })
    }
}

impl Choice {
    fn kind(self) -> Kind {
        match self {
            Self::Chromium => Kind::Chromium,
            Self::Firefox => Kind::Firefox,
        }
    }
}

impl Soaked {
    /// Returns the line for programs.
    pub(crate) fn line(&self) -> Result<String> {
        Ok(serde_json::to_string(self)?)
    }

    pub(crate) fn settled(&self) -> u64 {
        self.settled
    }

    /// Returns what is wrong, one clause each; empty if all is well.
    pub(crate) fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut check = |fine: bool, what: String| {
            if !fine {
                wrong.push(what);
            }
        };
        check(self.settled > 0, "no call settled".to_owned());
        check(self.lost == 0, format!("{} calls were lost", self.lost));
        check(self.doubled == 0, format!("the actions of {} calls ran more than once", self.doubled));
        for module in MODULES.map(|module| module.name) {
            match self.wasm_bytes.get(module) {
                Some(bytes) if bytes.start > 0 => {
                    check(bytes.is_flat(), format!("the memory of the {module} grew from {} to {}", bytes.start, bytes.end));
                }
                _ => check(false, format!("the memory of the {module} was not measured from the first calls on")),
            }
        }
        if let Some(heap) = self.js_heap {
            let flat = heap.is_flat() || heap.end < heap.start + COMPILED;
            check(flat, format!("the JavaScript heap grew from {} to {}", heap.start, heap.end));
        }
        check(!self.faults.wanted || self.faults.drawn > 0, "no request went wrong although --faults asked for it".to_owned());
        wrong
    }
}

/// Bytes of compiled code that an engine keeps, however many calls are made: 0.25 MB were measured after 8 000 calls,
/// 0.22 MB after 20 000.
const COMPILED: u64 = 400_000;

/// Pairs the bytes of each module before and after. A module that was not loaded before has 0 bytes then.
fn memory_growth(before: &BTreeMap<String, u64>, after: &BTreeMap<String, u64>) -> BTreeMap<String, Span> {
    let start = |name: &String| before.get(name).copied().unwrap_or_default();
    after.iter().map(|(name, end)| (name.clone(), Span { start: start(name), end: *end })).collect()
}

impl Span {
    /// True if the end is at most a tenth more than the start.
    fn is_flat(self) -> bool {
        self.end * 10 <= self.start * 11
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn soaked(verdicts: &str, effects: &[(&str, u64)]) -> Soaked {
        let entry = |call: &str, effects: u64| json!({ "arrivals": 1, "effects": effects, "call": call, "order": 1 });
        let keys: serde_json::Map<_, _> =
            effects.iter().enumerate().map(|(at, (call, times))| (format!("k{at}"), entry(call, *times))).collect();
        let ledger = json!({ "keys": keys, "mostAtOnce": 1, "total": 1, "drawn": {} });
        let results = Results { verdicts: verdicts.to_owned(), by_code: BTreeMap::new() };
        let flat = MODULES.map(|module| (module.name.to_owned(), Span { start: 65_536, end: 65_536 })).into();
        let soaked = results.soaked(&serde_json::from_value(ledger).expect("a ledger")).expect("verdicts");
        Soaked { wasm_bytes: flat, ..soaked }
    }

    #[test]
    fn a_call_is_lost_if_open_or_without_effect_or_with_a_foreign_value() {
        let all = soaked("10213", &[("0", 1), ("2", 0), ("4", 1)]);
        assert_eq!((all.calls, all.settled, all.lost, all.doubled), (5, 4, 3, 0));
        assert_eq!(soaked("1", &[("0", 1)]).wrong(), Vec::<String>::new());
        assert_eq!(soaked("0", &[]).wrong().len(), 2);
    }

    #[test]
    fn doubled_actions_are_counted_by_call_not_by_key() {
        assert_eq!(soaked("111", &[("0", 2), ("1", 1), ("1", 1), ("2", 1)]).doubled, 2);
    }

    #[test]
    fn memory_may_grow_by_a_tenth() {
        assert!(Span { start: 100, end: 110 }.is_flat());
        assert!(!Span { start: 100, end: 111 }.is_flat());
    }

    #[test]
    fn memory_that_was_not_measured_is_wrong() {
        let with = |change: fn(&mut BTreeMap<String, Span>)| {
            let mut soaked = soaked("1", &[("0", 1)]);
            change(&mut soaked.wasm_bytes);
            soaked.wrong()
        };
        assert!(with(|_| {}).is_empty());
        assert_eq!(with(BTreeMap::clear).len(), MODULES.len());
        let missing = "the memory of the flight was not measured from the first calls on";
        assert_eq!(with(|bytes| bytes.retain(|module, _| module != "flight")), [missing]);
        assert_eq!(with(|bytes| bytes.extend([("flight".to_owned(), Span { start: 0, end: 0 })])), [missing]);
        let grown = with(|bytes| bytes.extend([("flight".to_owned(), Span { start: 10, end: 12 })]));
        assert_eq!(grown, ["the memory of the flight grew from 10 to 12"]);
    }

    #[test]
    fn a_heap_may_grow_by_compiled_code() {
        let grown = |start, end| {
            let mut soaked = soaked("1", &[("0", 1)]);
            soaked.js_heap = Some(Span { start, end });
            soaked.wrong().iter().any(|wrong| wrong.contains("heap"))
        };
        assert!(!grown(2_000_000, 2_399_999) && !grown(10_000_000, 11_000_000));
        assert!(grown(2_000_000, 2_400_000) && grown(10_000_000, 11_000_001));
    }

    #[test]
    fn faults_that_never_happened_are_wrong() {
        let mut soaked = soaked("1", &[("0", 1)]);
        soaked.faults.wanted = true;
        assert_eq!(soaked.wrong().len(), 1);
    }

    #[test]
    fn a_warm_up_takes_a_twentieth_but_enough() {
        let warm_up = |calls| Args::of(calls).warm_up();
        assert_eq!([1, 100, 2000, 20_000].map(warm_up), [1, 50, 500, 1000]);
    }

    #[test]
    fn the_json_line_has_the_agreed_shape() {
        let mut soaked = soaked("12", &[("0", 1)]);
        soaked.by_code.insert("ABORTED".to_owned(), 1);
        soaked.js_heap = Some(Span { start: 1, end: 2 });
        soaked.wasm_bytes = [("flight".to_owned(), Span { start: 3, end: 4 })].into();
        assert_eq!(
            soaked.line().expect("JSON"),
            r#"{"calls":2,"settled":2,"lost":0,"doubled":0,"byCode":{"ABORTED":1},"wasmBytes":{"flight":{"start":3,"end":4}},"jsHeap":{"start":1,"end":2},"seconds":0.0}"#
        );
    }
}
