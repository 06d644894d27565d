use std::fmt;
use std::rc::Rc;
use std::time::Duration;

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
    /// Its body is complete. If not, it takes its place in the lane and holds it until [`Dispatcher::handle_ready`](crate::Dispatcher::handle_ready).
    pub ready: bool,
}

/// How one call is to be treated.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub lane: LaneName,
    /// From sending to the value. `None`: as long as it takes.
    pub timeout: Option<Duration>,
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

/// When a call passed each station, as far as it came.
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
    /// With [`State::Done`] and [`State::Draining`]: how the call was settled.
    pub result: Option<Result<(), Error>>,
}
