//! Shows one lane of a client, and controls it. Decides nothing; the core does.

use std::fmt;
use std::rc::Rc;

use super::driver::Driver;
use crate::call::LaneName;

/// A lane of a client, from [`Client::lane`](crate::Client::lane). Clones are the same lane.
///
/// ```
/// use actionlane::client::sim::{Reply, Sim};
///
/// const SAVE: &str = "40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
///
/// let sim = Sim::new(|_| Reply::value("null"));
/// let client = sim.builder().build()?;
/// let drafts = client.lane("drafts");
/// drafts.pause();
/// client.call::<()>(SAVE, ("a",)).lane("drafts").detach();
/// client.call::<()>(SAVE, ("b",)).lane("drafts").detach();
/// sim.idle();
/// assert_eq!((drafts.waiting(), sim.requests().len()), (2, 0));
/// assert_eq!(drafts.clear(), 2);
/// drafts.resume();
/// assert_eq!(drafts.waiting(), 0);
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone)]
pub struct Lane {
    driver: Rc<Driver>,
    name: LaneName,
}

impl Lane {
    pub(super) fn new(driver: Rc<Driver>, name: LaneName) -> Self {
        Self { driver, name }
    }

    /// Returns its name.
    pub fn name(&self) -> &LaneName {
        &self.name
    }

    /// Returns the number of calls that wait in it.
    pub fn waiting(&self) -> usize {
        self.driver.look(|core| core.waiting_in(&self.name))
    }

    /// Stops starting its calls. Those that run go on.
    pub fn pause(&self) {
        self.driver.pause(Some(&self.name));
    }

    /// Undoes [`pause`](Self::pause).
    pub fn resume(&self) {
        self.driver.resume(Some(&self.name));
    }

    /// Rejects the calls that wait in it with [`Kind::Cleared`](crate::Kind::Cleared). Returns their number.
    pub fn clear(&self) -> usize {
        self.driver.clear(Some(&self.name))
    }
}

impl fmt::Debug for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lane").field("name", &self.name).finish_non_exhaustive()
    }
}
