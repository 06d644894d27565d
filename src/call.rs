//! Names a call, its options and what is shown of it: the words that the driver and the dispatcher share.

use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use crate::retry::Retry;
use crate::{Error, Instant};

/// Names a call within one dispatcher. The driver chooses it, counting up, so that a call has its id before the core is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which queue a call waits in.
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

/// What the core knows of a call: where it waits and how long it may take. Arguments and answers stay with the driver.
#[derive(Clone, Debug)]
pub struct Call {
    pub id: CallId,
    pub options: Options,
    /// When the caller made it; may lie before the moment it is enqueued.
    pub queued_at: Instant,
    /// The visit it was made on; none if that is another client's: nobody is sent along its redirect.
    pub visit: Option<Visit>,
    /// Its body is complete. If not, it takes its place in the lane and holds it until [`Dispatcher::handle_ready`](crate::Dispatcher::handle_ready).
    pub ready: bool,
}

/// How one call is to be treated.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub lane: LaneName,
    /// `None`: as the lane has it.
    pub strategy: Option<Strategy>,
    /// Its strategy looks at the pending calls that have the same key.
    pub key: Rc<str>,
    /// What makes a call another one's equal, for [`Strategy::Join`]: the action and the encoded arguments. `None`: it has no equal.
    pub identity: Option<Rc<str>>,
    /// From sending to the value, for each attempt. `None`: as long as it takes.
    pub timeout: Option<Duration>,
    /// From the head of the answer, or any of its bytes, to the next. `None`: as long as it takes.
    pub stall_timeout: Option<Duration>,
    /// From the moment the caller made it to the value, over all attempts and whatever it waits for. `None`: as long as it takes.
    pub deadline: Option<Duration>,
    /// It is in the outbox: its deadline is the end of its `ttl`, and beyond that it fails with [`Kind::Expired`](crate::Kind::Expired).
    pub durable: bool,
    /// Another page has made it: it may have been sent before.
    pub replayed: bool,
    pub retry: Retry,
    /// The request carries an idempotency key.
    pub keyed: bool,
    /// It changes nothing: a `'use cache'` function.
    pub safe: bool,
    pub redirect: RedirectMode,
    pub render: Render,
    pub skew: Skew,
    /// The action is known by name, so that it can be found again in another build.
    pub named: bool,
}

/// What becomes of a call when others of its key are pending, which is: have not settled. The words are htmx's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// It waits for its turn in the lane.
    #[default]
    Queue,
    /// It waits, and takes the place of those that wait already: they fail with [`Kind::Replaced`](crate::Kind::Replaced).
    QueueLast,
    /// It fails with [`Kind::Dropped`](crate::Kind::Dropped).
    Drop,
    /// The others fail with [`Kind::Replaced`](crate::Kind::Replaced), those that run too.
    Replace,
    /// It is not sent, but shares the answer of one that is its equal. If there is none, it waits.
    Join,
}

/// Counts where the user is: another number once they have gone elsewhere. The driver counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Visit(pub u64);

/// What becomes of a redirect that the user may be sent along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RedirectMode {
    /// The user is sent there.
    #[default]
    Follow,
    /// The caller's promise rejects with the error by which Next's own router goes there.
    Throw,
}

/// Whether the answer to an action that made data stale is to hold the page, rendered again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Render {
    /// The server decides.
    #[default]
    Auto,
    /// The server is asked to leave it out. Leans on an internal of Next.js.
    Skip,
}

/// What to do when the server does not know the action, so did not run it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Skew {
    /// Look the action up by name in the page as deployed now, and call it once more.
    #[default]
    Recover,
    /// Fail.
    Fail,
    /// Fail, and load the page anew.
    Reload,
}

/// Where a call is on its way: `Preparing → Waiting → Running → Draining → Done`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It has its place in the lane; its body is not complete yet.
    Preparing,
    /// It waits for its turn.
    Waiting,
    /// It has the slot of its lane; no value yet.
    Running,
    /// It is settled and its slot is free; the rest of the answer is still coming.
    Draining,
    /// Over.
    Done,
}

impl State {
    /// The word JavaScript sees.
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

/// When a call passed each station, as far as it came. Of several attempts, the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    pub queued_at: Instant,
    /// It was given the slot.
    pub started_at: Option<Instant>,
    pub head_at: Option<Instant>,
    pub value_at: Option<Instant>,
    pub settled_at: Option<Instant>,
}

/// A call entered a state. The edge turns it into what `subscribe` hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub id: CallId,
    pub lane: LaneName,
    pub state: State,
    pub timings: Timings,
    /// How often it has been sent.
    pub attempts: u32,
    /// With [`State::Running`]: it was sent once more, as the action another build has by this name.
    pub recovered: bool,
    /// With [`State::Running`]: the attempt failed, and the next one starts then. The lane is held.
    pub retry_at: Option<Instant>,
    /// With [`State::Preparing`] and [`State::Waiting`]: it has waited for long. With [`State::Running`]: the attempt has no value since long.
    pub late: bool,
    /// It holds its lane for long, and so many wait behind it. Said once a call.
    pub behind: Option<usize>,
    /// With [`State::Done`] and [`State::Draining`]: how the call was settled.
    pub result: Option<Result<(), Error>>,
}
