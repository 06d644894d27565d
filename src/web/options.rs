//! The options of the package. Each is declared here once, with what it means; `pkg/lib/options.js` checks names and kinds before the wasm is
//! there, and `pkg/index.d.ts` tells the caller. A test holds the three lists equal.
//!
//! JavaScript makes a struct, sets what its author gave, and hands it to an export in the same breath: none is kept there.

use std::num::NonZeroU32;
use std::time::Duration;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::random;
use crate::call::{LaneName, Options, RedirectMode, Render, Skew, Strategy};
use crate::dispatcher::{Config, LaneOptions as Lane, OfflineMode, Scope};
use crate::flight::Limits;
use crate::{Error, Kind, Retry};

/// Declares a struct of options: for each its name in JavaScript, its field, the name of what sets it, and its type.
macro_rules! options {
    ($(#[$about:meta])* $Options:ident { $($(#[$doc:meta])* $name:ident $field:ident $set:ident $type:ty,)* }) => {
        $(#[$about])*
        #[wasm_bindgen]
        #[derive(Clone, Default)]
        pub struct $Options {
            $($(#[$doc])* $field: Option<$type>,)*
        }

        #[wasm_bindgen]
        impl $Options {
            #[wasm_bindgen(constructor)]
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            $(
                $(#[$doc])*
                #[wasm_bindgen(setter = $name)]
                pub fn $set(&mut self, given: $type) {
                    self.$field = Some(given);
                }
            )*
        }

        impl $Options {
            /// These, and for what they do not say, `usual`.
            #[must_use]
            #[allow(dead_code, reason = "some are taken whole, or not at all")]
            fn or(self, usual: &Self) -> Self {
                Self { $($field: self.$field.or_else(|| usual.$field.clone()),)* }
            }
        }
    };
}

options! {
    /// How one call is to be treated; of a dispatcher, how every call is that does not say. Times are milliseconds; `Infinity` is no limit.
    CallOptions {
        /// Which queue it waits in. Default `"main"`; `"parallel"` is none.
        lane lane set_lane String,
        /// What becomes of it when others of its key are pending: a word of [`strategy`]. Default: as the lane has it.
        strategy strategy set_strategy String,
        /// Its strategy looks at the pending calls with the same key. Default: the lane and the action.
        key key set_key String,
        /// From sending to the value, for each attempt. Default none.
        timeout timeout set_timeout f64,
        /// From the head of the answer, or any of its bytes, to the next. Default none.
        stallTimeout stall_timeout set_stall_timeout f64,
        /// From the call to the value, over all attempts and whatever it waits for. Default none.
        deadline deadline set_deadline f64,
        /// When it is sent again. Default never.
        retry retry set_retry RetryOptions,
        /// `true` to have a key made, a text to give one, `false` for none. Default `false`.
        idempotencyKey idempotency_key set_idempotency_key JsValue,
        /// The name of the action, by which it can be found again in another build. Default none.
        name name set_name String,
        /// What becomes of a redirect: `"follow"`, the default, or `"throw"`.
        redirect redirect set_redirect String,
        /// Whether the server renders the page into the answer: `"auto"`, the default, or `"skip"`.
        render render set_render String,
        /// What to do when the server does not know the action: `"recover"`, the default, `"fail"` or `"reload"`.
        skew skew set_skew String,
        /// Whether the request may outlive the page. Default `true`.
        keepalive keepalive set_keepalive bool,
        /// By which headers it is found in logs. Default none.
        trace trace set_trace TraceOptions,
        /// That it is kept in the outbox until it is answered. Default not.
        durable durable set_durable DurableOptions,
        /// How much of its answer is believed.
        limits limits set_limits LimitOptions,
    }
}

options! {
    /// When a call is sent again. What is missing here is not taken from the dispatcher's.
    RetryOptions {
        /// How often at most. Default 0.
        limit limit set_limit u32,
        /// From the first attempt to the beginning of the last. Default 30 s.
        budget budget set_budget f64,
        /// The longest wait before the second attempt; it doubles with each. Default 300 ms.
        delay delay set_delay f64,
        /// The longest wait of all. Default 10 s.
        backoffLimit backoff_limit set_backoff_limit f64,
        /// The longest `Retry-After` that is waited for. Default 60 s.
        maxRetryAfter max_retry_after set_max_retry_after f64,
    }
}

options! {
    /// By which headers a request is found in logs: `true` to have one made, a text to give it, `false` for none.
    TraceOptions {
        /// W3C Trace Context.
        traceparent traceparent set_traceparent JsValue,
        /// `x-request-id`.
        requestId request_id set_request_id JsValue,
    }
}

options! {
    /// How a call is kept in the outbox.
    DurableOptions {
        /// Whose it is. Default: that of the dispatcher's outbox.
        owner owner set_owner String,
        /// How long it is kept, in milliseconds. Default a day.
        ttl ttl set_ttl f64,
        /// When it was made, in milliseconds since 1970. The package says it.
        madeAt made_at set_made_at f64,
        /// Headers of its own, as pairs. The package says it.
        headers headers set_headers Array,
    }
}

options! {
    /// How much of an answer is believed; `Infinity` is no limit. Defaults: [`Limits::DEFAULT`].
    LimitOptions {
        /// Bytes of the whole answer.
        maxBytes bytes set_bytes f64,
        /// Bytes of one row.
        maxRowBytes row_bytes set_row_bytes f64,
        /// Rows that wait for others.
        maxOpenRows open_rows set_open_rows f64,
        /// Containers within each other. Of arguments, too.
        maxDepth depth set_depth f64,
        /// Digits of a bigint.
        maxDigits digits set_digits f64,
        /// Bytes of streams that nobody has read.
        maxUnreadBytes unread_bytes set_unread_bytes f64,
    }
}

options! {
    /// How a whole dispatcher is to be.
    DispatcherOptions {
        /// How many calls may wait, over all lanes. Default 10 000.
        maxQueued max_queued set_max_queued u32,
        /// The largest body that is sent, in bytes; `Infinity` for any. Default 1 048 576.
        maxBodyBytes max_body_bytes set_max_body_bytes f64,
        /// What calls do without a network: `"wait"`, the default, or `"fail"`.
        offline offline set_offline String,
        /// Where calls of a lane are one at a time: in the `"dispatcher"`, the default, or in the `"origin"`, over all tabs.
        scope scope set_scope String,
        /// After how many milliseconds a lane is taken from another tab that keeps it. Default a minute.
        leaseTimeout lease_timeout set_lease_timeout f64,
        /// Lanes that are not as their name says.
        lanes lanes set_lanes Vec<LaneOptions>,
        /// Which calls carry an idempotency key, and how.
        idempotency idempotency set_idempotency IdempotencyOptions,
        /// Who sees requests and answers: whether anybody hears of heads. The package says it.
        hooks hooks set_hooks bool,
        /// The version of Next.js that answers. Default: what the page says, else today's.
        nextVersion next_version set_next_version String,
        /// The deployment that is to answer; empty for any. Default: what the page says.
        deploymentId deployment_id set_deployment_id String,
    }
}

options! {
    /// How one lane is to be.
    LaneOptions {
        /// Its name. The package says it.
        name name set_name String,
        /// How many of its calls may run at once. Default one, and any number in `"parallel"`.
        concurrency concurrency set_concurrency u32,
        /// For calls that do not say: a word of [`strategy`]. Default `"queue"`.
        strategy strategy set_strategy String,
    }
}

options! {
    /// Which calls carry an idempotency key.
    IdempotencyOptions {
        /// The header that carries it. Default `idempotency-key`.
        header header set_header String,
        /// Whether every call does that does not say otherwise. Default `false`.
        every every set_every bool,
    }
}

/// The words of an option, as `pkg/lib/options.js` has them too. One that is not here is an error.
trait Word: Sized + Copy + 'static {
    const OPTION: &'static str;
    const WORDS: &'static [(&'static str, Self)];

    fn read(word: Option<&str>) -> Result<Option<Self>, Error> {
        let Some(word) = word else { return Ok(None) };
        let known = Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, value)| Some(*value));
        known.ok_or_else(|| Error::new(Kind::InvalidOption, format!("{}: there is no such word", Self::OPTION)))
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

/// Something that a caller may give, or have made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    None,
    Made,
    Given(String),
}

impl Choice {
    /// `true`, `false` or a text.
    fn of(given: Option<&JsValue>) -> Self {
        match given {
            Some(given) if given.is_truthy() => given.as_string().map_or(Self::Made, Self::Given),
            _ => Self::None,
        }
    }

    /// What was given, or else what `make` makes of random bytes.
    pub(super) fn get<const N: usize>(self, make: impl FnOnce([u8; N]) -> String) -> Result<Option<String>, Error> {
        Ok(match self {
            Self::None => None,
            Self::Made => Some(make(random::bytes()?)),
            Self::Given(text) => Some(text),
        })
    }
}

impl CallOptions {
    /// These, and for what they do not say, those of the dispatcher.
    pub(super) fn over(mut self, usual: &Self) -> Self {
        // Of these each part counts by itself.
        self.limits = self.limits.map(|own| own.or(usual.limits.as_ref().unwrap_or(&LimitOptions::default())));
        self.trace = self.trace.map(|own| own.or(usual.trace.as_ref().unwrap_or(&TraceOptions::default())));
        self.or(usual)
    }

    /// How the core is to treat a call of this action. `safe`: it changes nothing.
    pub(super) fn read(&self, action: &str, safe: bool) -> Result<Options, Error> {
        let lane = self.lane();
        let mut retry = self.retry.as_ref().map(RetryOptions::read).unwrap_or_default();
        if self.durable.is_some() {
            (retry.limit, retry.budget) = (u32::MAX, Duration::MAX);
        }
        Ok(Options {
            strategy: Word::read(self.strategy.as_deref())?,
            // A key of the caller's reaches over lanes and actions.
            key: self.key.as_ref().map_or_else(|| format!("{}\n{action}", lane.as_str()), |key| format!("\n{key}")).into(),
            lane,
            identity: None,
            timeout: self.timeout.and_then(milliseconds),
            stall_timeout: self.stall_timeout.and_then(milliseconds),
            deadline: self.durable.as_ref().map(DurableOptions::ttl).or(self.deadline).and_then(milliseconds),
            durable: self.durable.is_some(),
            replayed: false,
            retry,
            keyed: self.idempotency_key() != Choice::None,
            safe,
            redirect: Word::read(self.redirect.as_deref())?.unwrap_or_default(),
            render: Word::read(self.render.as_deref())?.unwrap_or_default(),
            skew: Word::read(self.skew.as_deref())?.unwrap_or_default(),
            named: self.name.is_some(),
        })
    }

    pub(super) fn lane(&self) -> LaneName {
        self.lane.as_deref().map_or(LaneName::Main, LaneName::from)
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    pub(super) fn keepalive(&self) -> bool {
        self.keepalive.unwrap_or(true)
    }

    /// A durable call carries one in any case.
    pub(super) fn idempotency_key(&self) -> Choice {
        match Choice::of(self.idempotency_key.as_ref()) {
            Choice::None if self.durable.is_some() => Choice::Made,
            choice => choice,
        }
    }

    pub(super) fn traceparent(&self) -> Choice {
        Choice::of(self.trace.as_ref().and_then(|trace| trace.traceparent.as_ref()))
    }

    pub(super) fn request_id(&self) -> Choice {
        Choice::of(self.trace.as_ref().and_then(|trace| trace.request_id.as_ref()))
    }

    pub(super) fn durable(&self) -> Option<&DurableOptions> {
        self.durable.as_ref()
    }

    pub(super) fn limits(&self) -> Limits {
        limits(self.limits.as_ref())
    }
}

impl RetryOptions {
    fn read(&self) -> Retry {
        let usual = Retry::default();
        let time = |given: Option<f64>, usual| given.map_or(usual, |ms| milliseconds(ms).unwrap_or(Duration::MAX));
        Retry {
            limit: self.limit.unwrap_or_default(),
            budget: time(self.budget, usual.budget),
            first: time(self.delay, usual.first),
            longest: time(self.backoff_limit, usual.longest),
            longest_after: time(self.max_retry_after, usual.longest_after),
        }
    }
}

const DAY: f64 = 86_400_000.0;

impl DurableOptions {
    pub(super) fn owner(&self) -> &str {
        self.owner.as_deref().unwrap_or_default()
    }

    pub(super) fn ttl(&self) -> f64 {
        self.ttl.unwrap_or(DAY)
    }

    /// Milliseconds since 1970.
    pub(super) fn made_at(&self) -> f64 {
        self.made_at.unwrap_or_default()
    }

    pub(super) fn headers(&self) -> Array {
        self.headers.clone().unwrap_or_default()
    }
}

/// The limits: the defaults but for what `given` says otherwise.
pub(super) fn limits(given: Option<&LimitOptions>) -> Limits {
    let Some(given) = given else { return Limits::DEFAULT };
    // A number beyond all addresses sets no bound.
    let or = |given: Option<f64>, default: usize| given.map_or(default, |number| number as usize);
    Limits {
        row_bytes: or(given.row_bytes, Limits::DEFAULT.row_bytes),
        total_bytes: or(given.bytes, Limits::DEFAULT.total_bytes),
        open_rows: or(given.open_rows, Limits::DEFAULT.open_rows),
        depth: or(given.depth, Limits::DEFAULT.depth),
        digits: or(given.digits, Limits::DEFAULT.digits),
        unread_bytes: or(given.unread_bytes, Limits::DEFAULT.unread_bytes),
    }
}

impl DispatcherOptions {
    pub(super) fn config(&self) -> Result<Config, Error> {
        let mut config = Config { seed: random::bytes().map(u64::from_le_bytes).unwrap_or_default(), ..Config::default() };
        config.max_queued = self.max_queued.map_or(config.max_queued, |max| max as usize);
        config.offline = Word::read(self.offline.as_deref())?.unwrap_or(config.offline);
        config.scope = Word::read(self.scope.as_deref())?.unwrap_or(config.scope);
        for lane in self.lanes.iter().flatten() {
            let name = LaneName::from(lane.name.as_deref().unwrap_or_default());
            let concurrency = lane.concurrency.and_then(NonZeroU32::new);
            config.lanes.insert(name, Lane { concurrency, strategy: Word::read(lane.strategy.as_deref())? });
        }
        Ok(config)
    }

    /// What its calls say of keys where they do not say it themselves.
    pub(super) fn add_to(&self, usual: &mut CallOptions) {
        if self.idempotency.as_ref().is_some_and(|own| own.every == Some(true)) {
            usual.idempotency_key = Some(JsValue::TRUE);
        }
    }

    /// How long another tab may keep a lease that is waited for; none for as long as it likes.
    pub(super) fn patience(&self) -> Option<Duration> {
        const MINUTE: f64 = 60_000.0;
        milliseconds(self.lease_timeout.unwrap_or(MINUTE))
    }

    pub(super) fn max_body_bytes(&self) -> Option<f64> {
        self.max_body_bytes
    }

    pub(super) fn idempotency_header(&self) -> Option<&str> {
        self.idempotency.as_ref()?.header.as_deref()
    }

    pub(super) fn hooks(&self) -> bool {
        self.hooks.unwrap_or_default()
    }

    pub(super) fn next_version(&self) -> Option<&str> {
        self.next_version.as_deref()
    }

    pub(super) fn deployment_id(&self) -> Option<&str> {
        self.deployment_id.as_deref()
    }
}

/// None for no limit. Saturates at what a clock can hold.
fn milliseconds(ms: f64) -> Option<Duration> {
    ms.is_finite().then(|| Duration::try_from_secs_f64(ms / 1000.0).unwrap_or(Duration::MAX))
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    const ACTION: &str = "408f5ae1f8f6ee7a2e6c9f7b3f8c1d2e3a4b5c6d7e";

    #[wasm_bindgen_test]
    fn an_unknown_word_is_an_error() {
        let refused = |options: CallOptions| options.read(ACTION, false).expect_err("unknown").message().to_owned();
        let word = || Some("queued".to_owned());
        for (options, name) in [
            (CallOptions { strategy: word(), ..CallOptions::default() }, "strategy"),
            (CallOptions { redirect: word(), ..CallOptions::default() }, "redirect"),
            (CallOptions { render: word(), ..CallOptions::default() }, "render"),
            (CallOptions { skew: word(), ..CallOptions::default() }, "skew"),
        ] {
            assert_eq!(refused(options), format!("{name}: there is no such word"));
        }
        assert!(DispatcherOptions { offline: word(), ..DispatcherOptions::default() }.config().is_err());
        assert!(DispatcherOptions { scope: word(), ..DispatcherOptions::default() }.config().is_err());
        let lane = LaneOptions { name: word(), strategy: word(), ..LaneOptions::default() };
        assert!(DispatcherOptions { lanes: Some(vec![lane]), ..DispatcherOptions::default() }.config().is_err());
    }

    #[wasm_bindgen_test]
    fn a_call_says_it_over_its_dispatcher() {
        let limits = |bytes, depth| Some(LimitOptions { bytes, depth, ..LimitOptions::default() });
        let usual = CallOptions { timeout: Some(5.0), deadline: Some(7.0), limits: limits(Some(1.0), Some(2.0)), ..CallOptions::default() };
        let own = CallOptions { timeout: Some(f64::INFINITY), limits: limits(None, Some(3.0)), ..CallOptions::default() };
        let both = own.over(&usual);
        let read = both.read(ACTION, false).expect("options");
        assert_eq!((read.timeout, read.deadline), (None, Some(Duration::from_millis(7))), "no limit is a word of its own");
        assert_eq!((both.limits().total_bytes, both.limits().depth), (1, 3), "limits count one by one");
        assert_eq!(both.limits().row_bytes, Limits::DEFAULT.row_bytes);
    }

    #[wasm_bindgen_test]
    fn what_is_asked_for_is_made_given_or_left_out() {
        let choice = |given: &JsValue| Choice::of(Some(given));
        assert_eq!(choice(&JsValue::TRUE), Choice::Made);
        assert_eq!(choice(&JsValue::FALSE), Choice::None);
        assert_eq!(choice(&"key".into()), Choice::Given("key".to_owned()));
        assert_eq!(Choice::of(None), Choice::None);
        let durable = CallOptions { durable: Some(DurableOptions::default()), ..CallOptions::default() };
        assert_eq!(durable.idempotency_key(), Choice::Made, "a durable call carries a key");
    }
}
