//! Holds what is set for a whole dispatcher: its lanes, how many calls may wait, how it meets other tabs and a lost network.

use std::collections::HashMap;
use std::num::NonZeroU32;

use super::{OfflineMode, Scope};
use crate::call::{LaneName, Strategy};
use crate::table::Table;

/// So many calls may wait where nothing is said.
const MAX_QUEUED: usize = 10_000;

/// What holds for a whole dispatcher.
#[derive(Clone, Debug)]
pub struct Config {
    /// How many calls may wait, over all lanes. One more that cannot start at once is refused with [`Kind::QueueFull`](crate::Kind::QueueFull).
    pub max_queued: usize,
    /// Lanes that are not as their name says.
    pub lanes: HashMap<LaneName, LaneOptions>,
    pub scope: Scope,
    pub offline: OfflineMode,
    /// Where chance begins: how long is waited before a call is sent again.
    pub seed: u64,
}

/// How one lane is to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LaneOptions {
    /// How many of its calls may run at once. `None`: one, and any number in `"parallel"`.
    pub concurrency: Option<NonZeroU32>,
    /// For calls that do not say. `None`: [`Strategy::Queue`].
    pub strategy: Option<Strategy>,
}

/// A [`Config`] as the dispatcher keeps it.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) max_queued: usize,
    pub(crate) lanes: Table<LaneName, LaneOptions>,
    pub(crate) scope: Scope,
    pub(crate) offline: OfflineMode,
    pub(crate) seed: u64,
}

impl Default for Rules {
    fn default() -> Self {
        Self { max_queued: MAX_QUEUED, lanes: Table::default(), scope: Scope::default(), offline: OfflineMode::default(), seed: 0 }
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
