//! Names a call, its options and its events: the vocabulary that the driver and the dispatcher share.
//!
//! Holds data only. Must not decide anything; the dispatcher does.

use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use crate::retry::Retry;
use crate::{Error, Instant};

/// Id of a call within one dispatcher. The driver chooses it, counting up; a later call must have a greater id.
///
/// ```
/// # use actionlane::CallId;
/// assert!(CallId(1) < CallId(2), "the order of ids is the order of calling");
/// assert_eq!(CallId(7).to_string(), "7");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Name of the queue in which a call waits.
///
/// ```
/// # use actionlane::LaneName;
/// assert_eq!(LaneName::default(), LaneName::from("main"));
/// assert_eq!(LaneName::from("parallel"), LaneName::Parallel);
/// assert_eq!(LaneName::from("cart").as_str(), "cart");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LaneName {
    /// `"main"`, the default: one at a time, in order of calling, as Next's own client does.
    #[default]
    Main,
    /// `"parallel"`: no queue.
    Parallel,
    /// Any other name: a queue of its own, one at a time.
    Named(Rc<str>),
}

impl LaneName {
    /// Returns the name as the page writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Main => "main",
            Self::Parallel => "parallel",
            Self::Named(name) => name,
        }
    }
}

impl From<&str> for LaneName {
    fn from(name: &str) -> Self {
        match name {
            "main" => Self::Main,
            "parallel" => Self::Parallel,
            _ => Self::Named(name.into()),
        }
    }
}

/// A call as the core sees it: where it waits and how long it may take. Arguments and answers stay with the driver.
///
/// ```
/// use actionlane::{Call, CallId, Dispatcher, Instant, Options, State};
///
/// let mut dispatcher = Dispatcher::default();
/// let (id, now) = (CallId(1), Instant::from_millis(20.0));
/// let queued_at = Instant::from_millis(5.0); // made while the wasm was still loading
/// dispatcher.enqueue(Call { id, options: Options::default(), queued_at, visit: None, ready: false }, now)?;
/// assert_eq!(dispatcher.state(id), State::Preparing, "its body is not complete");
/// dispatcher.handle_ready(id, now);
/// assert_eq!(dispatcher.state(id), State::Running);
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Call {
    /// Id of the call. Must be new to the dispatcher.
    pub id: CallId,
    /// Options of the call.
    pub options: Options,
    /// When the page made the call. May be earlier than the moment it is enqueued; the deadline counts from here.
    pub queued_at: Instant,
    /// The visit on which the call was made. `None`: no visit of this page, as for a replayed call; its redirect is not
    /// followed.
    pub visit: Option<Visit>,
    /// True if the body of the call is complete. If false, the call takes its place in the lane and holds the lane
    /// until [`Dispatcher::handle_ready`](crate::Dispatcher::handle_ready).
    pub ready: bool,
}

/// Options of one call. The default waits in lane `main`, has no time limits and is not retried.
///
/// ```
/// use actionlane::{Call, CallId, Dispatcher, Effect, Instant, Options};
/// use std::time::Duration;
///
/// let mut dispatcher = Dispatcher::default();
/// let options = Options { lane: "cart".into(), timeout: Some(Duration::from_millis(100)), ..Options::default() };
/// let (id, now) = (CallId(1), Instant::from_millis(0.0));
/// dispatcher.enqueue(Call { id, options, queued_at: now, visit: None, ready: true }, now)?;
/// let limit = Instant::from_millis(100.0);
/// assert_eq!(dispatcher.poll_timeout(), Some(limit));
/// dispatcher.handle_timeout(limit);
/// assert!(std::iter::from_fn(|| dispatcher.poll_effect()).any(|effect| effect == Effect::Abort(id)));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The lane of the call. Default: [`LaneName::Main`].
    pub lane: LaneName,
    /// The strategy of the call. `None`: the lane's, see [`LaneOptions::strategy`](crate::LaneOptions::strategy).
    pub strategy: Option<Strategy>,
    /// The key of the call; its strategy looks at the pending calls that have the same key. Default: empty.
    pub key: Rc<str>,
    /// The action and its encoded arguments, by which [`Strategy::Join`] finds identical calls. `None`: never joins.
    pub identity: Option<Rc<str>>,
    /// Longest time of one attempt from its start to the value. `None`: no limit.
    pub timeout: Option<Duration>,
    /// Longest time without a byte, once the head of the answer has arrived. `None`: no limit.
    pub stall_timeout: Option<Duration>,
    /// Longest time from [`Call::queued_at`] to the value, over all attempts and all waiting. `None`: no limit.
    pub deadline: Option<Duration>,
    /// True if the call is in the outbox. Its deadline is the end of its `ttl`, after which it fails with
    /// [`Kind::Expired`](crate::Kind::Expired), and it waits for the network even under
    /// [`OfflineMode::Fail`](crate::OfflineMode::Fail).
    pub durable: bool,
    /// True if another page made the call, so that it may have been sent before. It is never refused with
    /// [`Kind::QueueFull`](crate::Kind::QueueFull).
    pub replayed: bool,
    /// Rules of its retries. Default: none.
    pub retry: Retry,
    /// True if the request carries an idempotency key.
    pub keyed: bool,
    /// True if the action changes nothing: a `'use cache'` function.
    pub safe: bool,
    /// Handling of a redirect.
    pub redirect: RedirectMode,
    /// The rendered page in the answer: left to the server, or skipped.
    pub render: Render,
    /// Reaction to a server that does not know the action.
    pub skew: Skew,
    /// True if the action is known by name, so that it can be found in another build.
    pub named: bool,
}

/// Handling of a call while other calls of its key are pending (not settled). The words are htmx's, except `join`.
///
/// ```
/// use actionlane::{Call, CallId, Dispatcher, Effect, Instant, Kind, Options, Strategy};
///
/// let mut dispatcher = Dispatcher::default();
/// let options = Options { strategy: Some(Strategy::Drop), key: "save".into(), ..Options::default() };
/// let now = Instant::from_millis(0.0);
/// for id in [CallId(1), CallId(2)] {
///     dispatcher.enqueue(Call { id, options: options.clone(), queued_at: now, visit: None, ready: true }, now)?;
/// }
/// let failed = std::iter::from_fn(|| dispatcher.poll_effect()).find_map(|effect| match effect {
///     Effect::Settle { id, result: Err(error), .. } => Some((id, error.kind())),
///     _ => None,
/// });
/// assert_eq!(failed, Some((CallId(2), Kind::Dropped)));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// The call waits for its turn in the lane.
    #[default]
    Queue,
    /// The call waits, and those of its key that wait already fail with [`Kind::Replaced`](crate::Kind::Replaced).
    QueueLast,
    /// The call fails with [`Kind::Dropped`](crate::Kind::Dropped).
    Drop,
    /// The other calls of the key fail with [`Kind::Replaced`](crate::Kind::Replaced), also those that run.
    Replace,
    /// The call is not sent but shares the answer of an identical call. If none is pending, it waits like `Queue`.
    Join,
}

/// Number of the page's visit: the driver counts up each time the user goes to another page.
///
/// ```
/// use actionlane::protocol::Revalidated;
/// use actionlane::{Call, CallId, Dispatcher, HeadFacts, Instant, Options, Visit};
///
/// let mut dispatcher = Dispatcher::default();
/// let (now, options) = (Instant::from_millis(0.0), Options { lane: "parallel".into(), ..Options::default() });
/// for id in [CallId(1), CallId(2)] {
///     let (options, visit) = (options.clone(), Some(Visit(1)));
///     dispatcher.enqueue(Call { id, options, queued_at: now, visit, ready: true }, now)?;
/// }
/// dispatcher.handle_head(CallId(1), HeadFacts { redirects: false, revalidated: Some(Revalidated::All) }, now);
/// dispatcher.handle_value(CallId(1), Ok(()), now);
/// assert!(dispatcher.watches_visit(None), "a refresh is owed once the second call has its value");
/// dispatcher.handle_visit(Visit(2));
/// assert!(!dispatcher.watches_visit(None), "the page that was owed it is gone");
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Visit(pub u64);

/// Handling of a redirect that the user may follow.
///
/// ```
/// use actionlane::{Call, CallId, Dispatcher, Effect, HeadFacts, Instant, Options, RedirectMode, Visit};
///
/// let mut dispatcher = Dispatcher::default();
/// let options = Options { redirect: RedirectMode::Throw, ..Options::default() };
/// let (id, now) = (CallId(1), Instant::from_millis(0.0));
/// dispatcher.enqueue(Call { id, options, queued_at: now, visit: Some(Visit(0)), ready: true }, now)?;
/// dispatcher.handle_head(id, HeadFacts { redirects: true, revalidated: None }, now);
/// dispatcher.handle_value(id, Ok(()), now);
/// let redirect = Effect::Redirect { id, mode: RedirectMode::Throw, refresh: None };
/// assert!(std::iter::from_fn(|| dispatcher.poll_effect()).any(|effect| effect == redirect));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RedirectMode {
    /// The driver sends the user there.
    #[default]
    Follow,
    /// The call's promise rejects with the error by which Next's own router goes there.
    Throw,
}

/// The rendered page in the answer of an action that made data stale.
///
/// ```
/// # use actionlane::{Call, CallId, Dispatcher, Instant, Options, Render};
/// let mut dispatcher = Dispatcher::default();
/// let options = Options { render: Render::Skip, ..Options::default() };
/// let (id, now) = (CallId(1), Instant::from_millis(0.0));
/// dispatcher.enqueue(Call { id, options, queued_at: now, visit: None, ready: true }, now)?;
/// assert_eq!(dispatcher.render(id), Render::Skip);
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Render {
    /// The server decides.
    #[default]
    Auto,
    /// The request asks the server to leave the page out. Relies on an internal of Next.js.
    Skip,
}

/// Reaction to a server that does not know the action, and so did not run it.
///
/// ```
/// use actionlane::{Call, CallId, Dispatcher, Effect, Error, Instant, Kind, Options, Skew};
///
/// let mut dispatcher = Dispatcher::default();
/// let options = Options { skew: Skew::Reload, ..Options::default() };
/// let (id, now) = (CallId(1), Instant::from_millis(0.0));
/// dispatcher.enqueue(Call { id, options, queued_at: now, visit: None, ready: true }, now)?;
/// dispatcher.handle_unknown(id, Error::new(Kind::ActionNotFound, "the server does not know it"), now);
/// assert!(std::iter::from_fn(|| dispatcher.poll_effect()).any(|effect| effect == Effect::Reload));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Skew {
    /// Looks the action up by name in the page as deployed now, and resends the call once. Fails if it has no name.
    #[default]
    Recover,
    /// Fails.
    Fail,
    /// Fails, and loads the page again.
    Reload,
}

/// State of a call: `Preparing → Waiting → Running → Draining → Done`.
///
/// ```
/// # use actionlane::{CallId, Dispatcher, State};
/// assert_eq!(State::Draining.as_str(), "draining");
/// assert_eq!(Dispatcher::default().state(CallId(1)), State::Done, "calls that it does not know are over");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// The call has its place in the lane; its body is not complete yet.
    Preparing,
    /// The call waits for its turn.
    Waiting,
    /// The call has the slot of its lane, and no value yet.
    Running,
    /// The call is settled and its exchange goes on: for the rest of the answer, or for calls that joined it.
    Draining,
    /// The call is over.
    Done,
}

impl State {
    /// Returns the word that JavaScript sees.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Draining => "draining",
            Self::Done => "done",
        }
    }
}

/// When a call passed each stage. `None`: it has not got there. Of several attempts, the last counts.
///
/// ```
/// use actionlane::{Call, CallId, Dispatcher, HeadFacts, Instant, Options};
///
/// let mut dispatcher = Dispatcher::default();
/// let (id, at) = (CallId(1), Instant::from_millis);
/// let call = Call { id, options: Options::default(), queued_at: at(0.0), visit: None, ready: true };
/// dispatcher.enqueue(call, at(2.0))?;
/// dispatcher.handle_head(id, HeadFacts::default(), at(50.0));
/// let timings = dispatcher.timings(id).expect("the call is not over");
/// assert_eq!((timings.queued_at, timings.started_at, timings.head_at), (at(0.0), Some(at(2.0)), Some(at(50.0))));
/// assert_eq!((timings.value_at, timings.settled_at), (None, None));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// When the page made the call.
    pub queued_at: Instant,
    /// When the attempt started.
    pub started_at: Option<Instant>,
    /// When the head of the answer arrived.
    pub head_at: Option<Instant>,
    /// When the value arrived.
    pub value_at: Option<Instant>,
    /// When the promise of the call settled.
    pub settled_at: Option<Instant>,
}

/// A change of a call, as listeners see it: a new state, a new attempt, or a call that is late.
///
/// ```
/// use actionlane::{Call, CallId, Dispatcher, Effect, Instant, Options, State};
///
/// let mut dispatcher = Dispatcher::default();
/// let (id, now) = (CallId(1), Instant::from_millis(0.0));
/// dispatcher.enqueue(Call { id, options: Options::default(), queued_at: now, visit: None, ready: true }, now)?;
/// let states: Vec<State> = std::iter::from_fn(|| dispatcher.poll_effect())
///     .filter_map(|effect| if let Effect::Emit(event) = effect { Some(event.state) } else { None })
///     .collect();
/// assert_eq!(states, [State::Waiting, State::Running]);
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Id of the call.
    pub id: CallId,
    /// Lane of the call.
    pub lane: LaneName,
    /// State of the call.
    pub state: State,
    /// When the call passed each stage.
    pub timings: Timings,
    /// Number of attempts so far; 0 before the first.
    pub attempts: u32,
    /// True in [`State::Running`] once the call was resent under the id that skew recovery found.
    pub recovered: bool,
    /// In [`State::Running`], when the next attempt starts; the lane is held until then. `None`: no retry is planned.
    pub retry_at: Option<Instant>,
    /// True once the call has waited for 30 s ([`State::Preparing`], [`State::Waiting`]), or an attempt had no value 30
    /// s after its start ([`State::Running`]).
    pub late: bool,
    /// Number of calls that wait behind this one, in the one event that says it has held its lane for 30 s. `None` in
    /// all other events.
    pub behind: Option<usize>,
    /// Result of the call, in [`State::Done`] and [`State::Draining`].
    pub result: Option<Result<(), Error>>,
}
