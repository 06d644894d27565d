//! State that all connections of a server share.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::app::App;
use crate::asked::Asked;
use crate::drawn::draw;
use crate::gates::Gates;
use crate::ledger::{Ledger, Tally};
use crate::recipe::{Fingerprint, Recipe, Scope, Verdict};
use crate::seen::Log;
use crate::wasm::Wasm;

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) package: PathBuf,
    /// The app behind the server, which replaces the server's own pages.
    pub(crate) app: Option<App>,
    wasm: Mutex<Wasm>,
    pub(crate) log: Log,
    pub(crate) gates: Gates,
    setting: Mutex<Asked>,
    books: Mutex<Books>,
}

/// Arrivals and runs, behind one lock so that they agree.
#[derive(Debug, Default)]
struct Books {
    recipe: Recipe,
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
            setting: Mutex::default(),
            books: Mutex::default(),
        }
    }

    /// Passes the current state of the wasm to `use_it`, and stores the state that it returns.
    pub(crate) fn wasm<T>(&self, use_it: impl FnOnce(Wasm) -> (T, Wasm)) -> T {
        let mut wasm = held(&self.wasm);
        let (made, next) = use_it(*wasm);
        *wasm = next;
        made
    }

    /// Returns the words for requests that do not have them.
    pub(crate) fn setting(&self) -> Asked {
        held(&self.setting).clone()
    }

    /// Replaces these words.
    pub(crate) fn set(&self, asked: Asked) {
        *held(&self.setting) = asked;
    }

    /// Counts an arrival. Returns its number among the arrivals of its key, from 1.
    pub(crate) fn arrived(self: &Arc<Self>, scope: Option<&Scope>, asked: &Asked) -> (InWork, u64) {
        let arrival = held(&self.books).tally.arrived(scope, asked.call.as_deref(), asked.lane.as_deref());
        (InWork(self.clone()), arrival)
    }

    /// Returns the wishes of a request. If they hold a probability of faults and no behaviour, a drawn fault may
    /// replace the default.
    pub(crate) fn cast(&self, asked: Asked, key: Option<&str>, arrival: u64) -> Result<Asked, String> {
        let Some(faults) = asked.faults.filter(|_| asked.behaviour.is_none()) else { return Ok(asked) };
        let name = asked.call.as_deref().or(key).unwrap_or_default();
        let Some((fault, before)) = draw(asked.seed.unwrap_or(0), name, arrival, faults) else { return Ok(asked) };
        let when = if before { "before" } else { "after" };
        held(&self.books).tally.drew(&format!("{fault}&when={when}"));
        Ok(Asked::parse(&format!("{fault}&when={when}"))?.or(asked))
    }

    pub(crate) fn verdict(&self, scope: &Scope, body: Fingerprint) -> Verdict {
        held(&self.books).recipe.arrive(scope, body)
    }

    /// Counts a run of an action, and stores its value if it may be requested again.
    pub(crate) fn ran(&self, scope: &Scope, value: Option<&str>) {
        let mut books = held(&self.books);
        books.tally.ran(scope);
        if let Some(value) = value {
            books.recipe.ran(scope, value);
        }
    }

    pub(crate) fn ledger(&self) -> Ledger {
        held(&self.books).tally.ledger()
    }

    /// Forgets arrivals, runs and stored values.
    pub(crate) fn forget(&self) {
        let mut books = held(&self.books);
        books.recipe.forget();
        books.tally.forget();
    }
}

impl Drop for InWork {
    fn drop(&mut self) {
        held(&self.0.books).tally.left();
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
