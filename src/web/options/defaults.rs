//! Reads the options that JavaScript passes and applies defaults. Checks the words; types were checked by
//! `pkg/lib/options.js`. Must not run code of the page.

use std::num::NonZeroU32;
use std::time::Duration;

use wasm_bindgen::prelude::*;

use super::{CallOptions, DispatcherOptions, DurableOptions, RetryOptions};
use crate::call::{LaneName, Options, RedirectMode, Render, Skew, Strategy};
use crate::dispatcher::{LaneOptions as Lane, OfflineMode, Rules, Scope};
use crate::web::random;
use crate::{Error, Kind, Retry};

/// The words of an option; `pkg/lib/options.js` has the same list. Any other word is an error.
trait Word: Sized + Copy + 'static {
    const OPTION: &'static str;
    const WORDS: &'static [(&'static str, Self)];

    fn read(word: Option<&str>) -> Result<Option<Self>, Error> {
        let Some(word) = word else { return Ok(None) };
        let known = Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, value)| Some(*value));
        known.ok_or_else(|| Error::new(Kind::InvalidOption, [Self::OPTION, ": there is no such word"].concat()))
    }
}

impl Word for Strategy {
    const OPTION: &'static str = "strategy";
    const WORDS: &'static [(&'static str, Self)] =
        &[("queue", Self::Queue), ("queue last", Self::QueueLast), ("drop", Self::Drop), ("replace", Self::Replace), ("join", Self::Join)];
}

impl Word for RedirectMode {
    const OPTION: &'static str = "redirect";
    const WORDS: &'static [(&'static str, Self)] = &[("follow", Self::Follow), ("throw", Self::Throw)];
}

impl Word for Render {
    const OPTION: &'static str = "render";
    const WORDS: &'static [(&'static str, Self)] = &[("auto", Self::Auto), ("skip", Self::Skip)];
}

impl Word for Skew {
    const OPTION: &'static str = "skew";
    const WORDS: &'static [(&'static str, Self)] = &[("recover", Self::Recover), ("fail", Self::Fail), ("reload", Self::Reload)];
}

impl Word for OfflineMode {
    const OPTION: &'static str = "offline";
    const WORDS: &'static [(&'static str, Self)] = &[("wait", Self::Wait), ("fail", Self::Fail)];
}

impl Word for Scope {
    const OPTION: &'static str = "scope";
    const WORDS: &'static [(&'static str, Self)] = &[("dispatcher", Self::Dispatcher), ("origin", Self::Origin)];
}

/// An option that the caller may set or have made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::web) enum Choice {
    None,
    Generate,
    Given(String),
}

impl Choice {
    /// Reads `true`, `false` or a text.
    fn of(given: Option<&JsValue>) -> Self {
        match given {
            Some(given) if given.is_truthy() => given.as_string().map_or(Self::Generate, Self::Given),
            _ => Self::None,
        }
    }

    /// Returns the given text, or a text that `make` makes of random bytes.
    pub(in crate::web) fn get<const N: usize>(self, make: impl FnOnce([u8; N]) -> String) -> Result<Option<String>, Error> {
        Ok(match self {
            Self::None => None,
            Self::Generate => Some(make(random::bytes()?)),
            Self::Given(text) => Some(text),
        })
    }
}

/// The options of a call, with those of its dispatcher for the ones it does not set.
#[derive(Clone, Copy)]
pub(in crate::web) struct LayeredOptions<'o> {
    pub(in crate::web) own: Option<&'o CallOptions>,
    pub(in crate::web) usual: &'o CallOptions,
}

impl<'o> LayeredOptions<'o> {
    fn get<T>(self, option: impl Fn(&'o CallOptions) -> Option<T>) -> Option<T> {
        self.own.and_then(&option).or_else(|| option(self.usual))
    }

    fn durable(self) -> Option<&'o DurableOptions> {
        self.get(|options| options.durable.as_ref())
    }

    /// Returns the core's options for a call of this action. `safe`: it changes nothing (a `'use cache'` function).
    /// Fails with `INVALID_OPTION` for an unknown word.
    pub(in crate::web) fn read(self, action: &str, safe: bool) -> Result<Options, Error> {
        let lane = self.lane();
        let mut retry = self.get(|options| options.retry.as_ref()).map(RetryOptions::read).unwrap_or_default();
        if self.durable().is_some() {
            (retry.limit, retry.budget) = (u32::MAX, Duration::MAX);
        }
        Ok(Options {
            strategy: Word::read(self.get(|options| options.strategy.as_deref()))?,
            // A key that the caller sets holds across lanes and actions.
            key: self
                .get(|options| options.key.as_deref())
                .map_or_else(|| [lane.as_str(), "\n", action].concat(), |key| ["\n", key].concat())
                .into(),
            lane,
            identity: None,
            timeout: self.get(|options| options.timeout).and_then(milliseconds),
            stall_timeout: self.get(|options| options.stall_timeout).and_then(milliseconds),
            deadline: self.durable().map(DurableOptions::ttl).or_else(|| self.get(|options| options.deadline)).and_then(milliseconds),
            durable: self.durable().is_some(),
            replayed: false,
            retry,
            keyed: self.idempotency_key() != Choice::None,
            safe,
            redirect: Word::read(self.get(|options| options.redirect.as_deref()))?.unwrap_or_default(),
            render: Word::read(self.get(|options| options.render.as_deref()))?.unwrap_or_default(),
            skew: Word::read(self.get(|options| options.skew.as_deref()))?.unwrap_or_default(),
            named: self.name().is_some(),
        })
    }

    fn lane(self) -> LaneName {
        self.get(|options| options.lane.as_deref()).map_or(LaneName::Main, LaneName::from)
    }

    pub(in crate::web) fn name(self) -> Option<&'o str> {
        self.get(|options| options.name.as_deref())
    }

    pub(in crate::web) fn keepalive(self) -> bool {
        self.get(|options| options.keepalive).unwrap_or(true)
    }

    /// Returns the idempotency key. A durable call always has one.
    pub(in crate::web) fn idempotency_key(self) -> Choice {
        match Choice::of(self.get(|options| options.idempotency_key.as_ref())) {
            Choice::None if self.durable().is_some() => Choice::Generate,
            choice => choice,
        }
    }

    pub(in crate::web) fn traceparent(self) -> Choice {
        Choice::of(self.get(|options| options.trace.as_ref()?.traceparent.as_ref()))
    }

    pub(in crate::web) fn request_id(self) -> Choice {
        Choice::of(self.get(|options| options.trace.as_ref()?.request_id.as_ref()))
    }
}

impl RetryOptions {
    fn read(&self) -> Retry {
        let usual = Retry::default();
        let time = |given: Option<f64>, usual| given.map_or(usual, |ms| milliseconds(ms).unwrap_or(Duration::MAX));
        Retry {
            limit: self.limit.unwrap_or_default(),
            budget: time(self.budget, usual.budget),
            first_delay: time(self.delay, usual.first_delay),
            max_delay: time(self.backoff_limit, usual.max_delay),
            max_retry_after: time(self.max_retry_after, usual.max_retry_after),
        }
    }
}

impl DurableOptions {
    fn ttl(&self) -> f64 {
        self.ttl.unwrap_or(f64::INFINITY)
    }
}

impl DispatcherOptions {
    pub(in crate::web) fn rules(&self) -> Result<Rules, Error> {
        let mut rules = Rules { seed: random::bytes().map(u64::from_le_bytes).unwrap_or_default(), ..Rules::default() };
        rules.max_queued = self.max_queued.map_or(rules.max_queued, |max| max as usize);
        rules.offline = Word::read(self.offline.as_deref())?.unwrap_or(rules.offline);
        rules.scope = Word::read(self.scope.as_deref())?.unwrap_or(rules.scope);
        for lane in self.lanes.iter().flatten() {
            let name = LaneName::from(lane.name.as_deref().unwrap_or_default());
            let concurrency = lane.concurrency.and_then(NonZeroU32::new);
            rules.lanes.insert(name, Lane { concurrency, strategy: Word::read(lane.strategy.as_deref())? });
        }
        Ok(rules)
    }

    /// Sets `idempotencyKey` for calls that do not set it, if every call shall carry one.
    pub(in crate::web) fn add_to(&self, usual: &mut CallOptions) {
        if self.idempotency.as_ref().is_some_and(|own| own.every == Some(true)) {
            usual.idempotency_key = Some(JsValue::TRUE);
        }
    }

    pub(in crate::web) fn max_body_bytes(&self) -> Option<f64> {
        self.max_body_bytes
    }

    pub(in crate::web) fn idempotency_header(&self) -> Option<&str> {
        self.idempotency.as_ref()?.header.as_deref()
    }

    pub(in crate::web) fn hooks(&self) -> bool {
        self.hooks.unwrap_or_default()
    }

    pub(in crate::web) fn next_version(&self) -> Option<&str> {
        self.next_version.as_deref()
    }

    pub(in crate::web) fn deployment_id(&self) -> Option<&str> {
        self.deployment_id.as_deref()
    }
}

/// Converts milliseconds. `None` for no limit; a time too long for a `Duration` becomes the longest one.
fn milliseconds(ms: f64) -> Option<Duration> {
    ms.is_finite().then(|| Duration::try_from_secs_f64(ms / 1000.0).unwrap_or(Duration::MAX))
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::web::options::{LaneOptions, TraceOptions};

    fn alone(usual: &CallOptions) -> LayeredOptions<'_> {
        LayeredOptions { own: None, usual }
    }

    const ACTION: &str = "408f5ae1f8f6ee7a2e6c9f7b3f8c1d2e3a4b5c6d7e";

    #[wasm_bindgen_test]
    fn an_unknown_word_is_an_error() {
        let refused = |options: CallOptions| alone(&options).read(ACTION, false).expect_err("unknown").message().to_owned();
        let word = || Some("queued".to_owned());
        for (options, name) in [
            (CallOptions { strategy: word(), ..CallOptions::default() }, "strategy"),
            (CallOptions { redirect: word(), ..CallOptions::default() }, "redirect"),
            (CallOptions { render: word(), ..CallOptions::default() }, "render"),
            (CallOptions { skew: word(), ..CallOptions::default() }, "skew"),
        ] {
            assert_eq!(refused(options), format!("{name}: there is no such word"));
        }
        assert!(DispatcherOptions { offline: word(), ..DispatcherOptions::default() }.rules().is_err());
        assert!(DispatcherOptions { scope: word(), ..DispatcherOptions::default() }.rules().is_err());
        let lane = LaneOptions { name: word(), strategy: word(), ..LaneOptions::default() };
        assert!(DispatcherOptions { lanes: Some(vec![lane]), ..DispatcherOptions::default() }.rules().is_err());
    }

    #[wasm_bindgen_test]
    fn an_option_of_a_call_overrides_that_of_its_dispatcher() {
        let trace = |traceparent, request_id| Some(TraceOptions { traceparent, request_id });
        let usual = trace(Some(JsValue::TRUE), Some(JsValue::TRUE));
        let usual = CallOptions { timeout: Some(5.0), deadline: Some(7.0), trace: usual, ..CallOptions::default() };
        let own = trace(None, Some(JsValue::FALSE));
        let own = CallOptions { timeout: Some(f64::INFINITY), trace: own, ..CallOptions::default() };
        let both = LayeredOptions { own: Some(&own), usual: &usual };
        let read = both.read(ACTION, false).expect("options");
        assert_eq!(
            (read.timeout, read.deadline),
            (None, Some(Duration::from_millis(7))),
            "`Infinity` overrides the limit of the dispatcher"
        );
        assert_eq!(
            (both.traceparent(), both.request_id()),
            (Choice::Generate, Choice::None),
            "each part of a trace is overridden by itself"
        );
    }

    #[wasm_bindgen_test]
    fn a_choice_is_made_given_or_none() {
        let choice = |given: &JsValue| Choice::of(Some(given));
        assert_eq!(choice(&JsValue::TRUE), Choice::Generate);
        assert_eq!(choice(&JsValue::FALSE), Choice::None);
        assert_eq!(choice(&"key".into()), Choice::Given("key".to_owned()));
        assert_eq!(Choice::of(None), Choice::None);
        let durable = CallOptions { durable: Some(DurableOptions::default()), ..CallOptions::default() };
        assert_eq!(alone(&durable).idempotency_key(), Choice::Generate, "a durable call carries a key");
    }
}
