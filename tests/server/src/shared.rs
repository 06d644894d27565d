//! What all connections of a server share.

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
    /// What is behind the server, in the place of pages of its own.
    pub(crate) app: Option<App>,
    wasm: Mutex<Wasm>,
    pub(crate) log: Log,
    pub(crate) gates: Gates,
    setting: Mutex<Asked>,
    books: Mutex<Books>,
}

/// What has arrived and what has run: of one moment.
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

    /// Hands out what becomes of the wasm, and takes what is to become of it from now on.
    pub(crate) fn wasm<T>(&self, use_it: impl FnOnce(Wasm) -> (T, Wasm)) -> T {
        let mut wasm = held(&self.wasm);
        let (made, next) = use_it(*wasm);
        *wasm = next;
        made
    }

    /// What is said for all requests.
    pub(crate) fn setting(&self) -> Asked {
        held(&self.setting).clone()
    }

    /// Says it anew.
    pub(crate) fn set(&self, asked: Asked) {
        *held(&self.setting) = asked;
    }

    /// A request has arrived. Gives which one of its key it is, from 1.
    pub(crate) fn arrived(self: &Arc<Self>, scope: Option<&Scope>, asked: &Asked) -> (InWork, u64) {
        let arrival = held(&self.books).tally.arrived(scope, asked.call.as_deref(), asked.lane.as_deref());
        (InWork(self.clone()), arrival)
    }

    /// What is asked, or what is drawn instead.
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

    /// An action has run, and gave a value that may be wanted again.
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

    /// Forgets what has arrived and what has run.
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
