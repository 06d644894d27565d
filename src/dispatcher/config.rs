//! Holds the options of a dispatcher: its lanes, limits, scope, and mode without a network.
//!
//! Must not hold options of a single call; those are in `call.rs`.

use std::collections::HashMap;
use std::num::NonZeroU32;

use super::{OfflineMode, Scope};
use crate::call::{LaneName, Strategy};
use crate::sorted_map::SortedMap;

/// Default of [`Config::max_queued`].
const MAX_QUEUED: usize = 10_000;

/// Options of a dispatcher.
///
/// ```
/// use actionlane::{Config, OfflineMode, Scope};
///
/// let config = Config { seed: 42, ..Config::default() };
/// assert_eq!((config.max_queued, config.lanes.len()), (10_000, 0));
/// assert_eq!((config.scope, config.offline), (Scope::Dispatcher, OfflineMode::Wait));
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    /// Largest number of calls that may wait, over all lanes. One more that cannot start at once fails with
    /// [`Kind::QueueFull`](crate::Kind::QueueFull). Default: 10 000.
    pub max_queued: usize,
    /// Options of lanes that differ from the default of their name. Default: empty.
    pub lanes: HashMap<LaneName, LaneOptions>,
    /// Range of "one at a time": this dispatcher, or all tabs. Default: [`Scope::Dispatcher`].
    pub scope: Scope,
    /// Behaviour without a network. Default: [`OfflineMode::Wait`].
    pub offline: OfflineMode,
    /// Seed of the random waits before retries. Default: 0; a driver should pass a random number, so that clients that
    /// failed together do not retry together.
    pub seed: u64,
}

/// Options of one lane.
///
/// ```
/// use actionlane::{Call, CallId, Config, Dispatcher, Instant, LaneOptions, Options, State, Strategy};
/// use std::num::NonZeroU32;
///
/// let uploads = LaneOptions { concurrency: NonZeroU32::new(2), strategy: None };
/// let mut dispatcher = Dispatcher::new(Config { lanes: [("uploads".into(), uploads)].into(), ..Config::default() });
/// let now = Instant::from_millis(0.0);
/// let options = Options { lane: "uploads".into(), ..Options::default() };
/// assert_eq!(dispatcher.strategy_of(&options), Strategy::Queue);
/// for id in [1, 2, 3].map(CallId) {
///     dispatcher.enqueue(Call { id, options: options.clone(), queued_at: now, visit: None, ready: true }, now)?;
/// }
/// let states = [1, 2, 3].map(|id| dispatcher.state(CallId(id)));
/// assert_eq!(states, [State::Running, State::Running, State::Waiting]);
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LaneOptions {
    /// Largest number of calls that run at once. `None`: one; in `"parallel"`, no limit.
    pub concurrency: Option<NonZeroU32>,
    /// Strategy of calls that have none of their own. `None`: [`Strategy::Queue`].
    pub strategy: Option<Strategy>,
}

/// Returns the options of a lane in which this many calls run at once.
///
/// ```
/// use actionlane::LaneOptions;
///
/// assert_eq!(LaneOptions::from(3).concurrency.map(u32::from), Some(3));
/// assert_eq!(LaneOptions::from(0), LaneOptions::default(), "no lane stands still");
/// ```
impl From<u32> for LaneOptions {
    fn from(concurrency: u32) -> Self {
        Self { concurrency: NonZeroU32::new(concurrency), strategy: None }
    }
}

/// A [`Config`] as the dispatcher stores it.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) max_queued: usize,
    pub(crate) lanes: SortedMap<LaneName, LaneOptions>,
    pub(crate) scope: Scope,
    pub(crate) offline: OfflineMode,
    pub(crate) seed: u64,
}

impl Default for Rules {
    fn default() -> Self {
        Self { max_queued: MAX_QUEUED, lanes: SortedMap::default(), scope: Scope::default(), offline: OfflineMode::default(), seed: 0 }
    }
}

impl From<Config> for Rules {
    fn from(Config { max_queued, lanes, scope, offline, seed }: Config) -> Self {
        let mut rules = Self { max_queued, scope, offline, seed, ..Self::default() };
        for (name, lane) in lanes {
            rules.lanes.insert(name, lane);
        }
        rules
    }
}

impl Default for Config {
    fn default() -> Self {
        Self { max_queued: MAX_QUEUED, lanes: HashMap::new(), scope: Scope::default(), offline: OfflineMode::Wait, seed: 0 }
    }
}
