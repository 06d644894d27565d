//! State that all connections of a server share.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::app::App;
use crate::faults::draw;
use crate::gates::Gates;
use crate::idempotency::{Fingerprint, IdempotencyStore, Scope, Verdict};
use crate::ledger::{Ledger, Tally};
use crate::seen::Log;
use crate::wasm::Wasm;
use crate::wishes::Wishes;

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) package: PathBuf,
    /// The app behind the server, which replaces the server's own pages.
    pub(crate) app: Option<App>,
    wasm: Mutex<Wasm>,
    pub(crate) log: Log,
    pub(crate) gates: Gates,
    defaults: Mutex<Wishes>,
    books: Mutex<Books>,
}

/// Arrivals and runs, behind one lock so that they agree.
#[derive(Debug, Default)]
struct Books {
    store: IdempotencyStore,
    tally: Tally,
}

/// An action request in work, until this is dropped.
#[derive(Debug)]
pub(crate) struct InWork(Arc<Shared>);

impl Shared {
    pub(crate) fn new(package: PathBuf, app: Option<App>) -> Self {
        Self {
            package,
            app,
            wasm: Mutex::default(),
            log: Log::default(),
            gates: Gates::default(),
            defaults: Mutex::default(),
            books: Mutex::default(),
        }
    }

    /// Passes the current state of the wasm to `use_it`, and stores the state that it returns.
    pub(crate) fn wasm<T>(&self, use_it: impl FnOnce(Wasm) -> (T, Wasm)) -> T {
        let mut wasm = locked(&self.wasm);
        let (made, next) = use_it(*wasm);
        *wasm = next;
        made
    }

    /// Returns the words for requests that do not have them.
    pub(crate) fn defaults(&self) -> Wishes {
        locked(&self.defaults).clone()
    }

    /// Replaces these words.
    pub(crate) fn set_defaults(&self, wishes: Wishes) {
        *locked(&self.defaults) = wishes;
    }

    /// Counts an arrival. Returns its number among the arrivals of its key, from 1.
    pub(crate) fn arrived(self: &Arc<Self>, scope: Option<&Scope>, wishes: &Wishes) -> (InWork, u64) {
        let arrival = locked(&self.books).tally.arrived(scope, wishes.call.as_deref(), wishes.lane.as_deref());
        (InWork(self.clone()), arrival)
    }

    /// Returns the wishes of a request. If they hold a probability of faults and no behaviour, a drawn fault may
    /// replace the default.
    pub(crate) fn with_drawn_fault(&self, wishes: Wishes, key: Option<&str>, arrival: u64) -> Result<Wishes, String> {
        let Some(faults) = wishes.faults.filter(|_| wishes.behaviour.is_none()) else { return Ok(wishes) };
        let name = wishes.call.as_deref().or(key).unwrap_or_default();
        let Some((fault, before)) = draw(wishes.seed.unwrap_or(0), name, arrival, faults) else { return Ok(wishes) };
        let when = if before { "before" } else { "after" };
        locked(&self.books).tally.count_fault(&format!("{fault}&when={when}"));
        Ok(Wishes::parse(&format!("{fault}&when={when}"))?.or(wishes))
    }

    pub(crate) fn verdict(&self, scope: &Scope, body: Fingerprint) -> Verdict {
        locked(&self.books).store.arrive(scope, body)
    }

    /// Counts a run of an action, and stores its value if it may be requested again.
    pub(crate) fn ran(&self, scope: &Scope, value: Option<&str>) {
        let mut books = locked(&self.books);
        books.tally.ran(scope);
        if let Some(value) = value {
            books.store.store(scope, value);
        }
    }

    pub(crate) fn ledger(&self) -> Ledger {
        locked(&self.books).tally.ledger()
    }

    /// Forgets arrivals, runs and stored values.
    pub(crate) fn forget(&self) {
        let mut books = locked(&self.books);
        books.store.forget();
        books.tally.forget();
    }
}

impl Drop for InWork {
    fn drop(&mut self) {
        locked(&self.0.books).tally.left();
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
