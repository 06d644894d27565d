//! A server for tests that misbehaves on request.
//!
//! Action requests must be same-origin, so one [`Server`] serves both the pages and the actions:
//!
//! | request | answer |
//! |---|---|
//! | `GET /?load=script\|module&csp=none\|strict\|wasm\|connect` | a page with Actionlane, see [`page`] |
//! | `GET /page/…` | the same page at other paths |
//! | `GET /soak` | a page that makes thousands of calls, see `pages/soak.html` |
//! | `GET /?tag=…&csp=…` | a page with these HTML tags |
//! | `GET /actionlane.js`, `GET /pkg/…` | the drop-in script and its files; the package's files |
//! | `GET /cors/actionlane.js` | the drop-in script for pages of every origin |
//! | `POST` with `Next-Action`, any path | as requested, see below |
//! | `GET /ledger` | arrivals and runs by key, see [`Ledger`]; `DELETE` forgets them, and the stored values |
//! | `POST /__misbehave?…` | sets the words for requests that do not have them |
//! | `POST /__gate?name=…` | opens a gate: actions that wait there go on |
//! | `GET /__pass?name=…` | answers when the gate is open |
//! | `POST /__wasm?serve=0\|1` | 0: the wasm and its copy in JavaScript are 404 from now on; 1: both are served again |
//! | `POST /__wasm?serve=…` | makes the wasm file wrong in a way that `wasm.rs` names: `missing`, `html`, … |
//! | `GET /__seen` | the action requests: `[{"action": id, "do": behaviour, "url": …, "headers": {name: value}}]` |
//! | any method, `/__echo` | the request itself: `{"method": …, "headers": {name: value}, "body": text}` |
//!
//! The words for an action request come from its header `Misbehave: do=cut&when=before`, from its query, or from
//! `/__misbehave`:
//!
//! | word | meaning | default |
//! |---|---|---|
//! | `do` | the way to answer, a [`Behaviour`] by name | `ok` |
//! | `when=before\|after` | the fault comes before the action would run (it then does not run), or after | `after` |
//! | `delay` | milliseconds to wait, before or after the action runs, depending on `when` | 0 |
//! | `ms` | milliseconds of `slow`, and between two pieces of `drip` | 0, 5 |
//! | `status`, `after` | `status`: status and `Retry-After` (`%2B5`: date in 5 s); `login`: status | 500 (303), none |
//! | `bytes` | length of the value of `huge` | 8 MiB |
//! | `work`, `gate` | milliseconds that the action takes; gate at which it waits | 0, none |
//! | `to` | redirect of the action: `/elsewhere;push` | none |
//! | `stale` | revalidation by the action: 1 everything, 2 dynamic data | none |
//! | `busy` | `Retry-After`, in seconds, of the 409 to a request whose action is already running | 1 |
//! | `call`, `lane` | name and lane of the call, for the ledger | none |
//! | `size`, `rich` | for the value of a named call: length of its padding; 1: it holds a symbol, too | none |
//! | `faults`, `seed` | probability of one of [`FAULTS`] if `do` is missing, and their seed | 0, 0 |
//!
//! If the request has an `Idempotency-Key`, its action runs once for each user (cookie `user`), action and key. A
//! later request gets the stored value; 409 while the first one runs; 422 if its body is different. Without a key,
//! the action runs each time.

mod action;
mod app;
mod behaviour;
mod faults;
mod files;
mod gates;
mod idempotency;
mod ledger;
pub mod page;
mod routes;
mod rows;
mod seen;
mod shared;
mod wasm;
mod wire;
mod wishes;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fmt, io};

use tokio::runtime::{Builder, Runtime};

pub use app::App;
pub use behaviour::{Behaviour, UnknownBehaviour};
pub use faults::FAULTS;
pub use ledger::{Entry, Ledger};
pub use seen::Seen;

use shared::Shared;
use wire::{Wire, WireListener};
use wishes::Wishes;

/// A running server.
#[must_use = "dropping this ends the server"]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// The server's own runtime: dropping it closes every connection, as a crash does.
    runtime: Option<Runtime>,
}

impl Server {
    /// Serves the package in the directory `package`, on a free port.
    pub fn start(package: &Path) -> io::Result<Self> {
        Self::start_on(0, package)
    }

    /// Serves the package on `port`.
    pub fn start_on(port: u16, package: &Path) -> io::Result<Self> {
        Self::serve(port, Shared::new(package.to_owned(), None))
    }

    /// Serves an app on a free port. Of the requests above, it answers only actions and `GET /__seen`.
    pub fn in_front_of(app: App) -> io::Result<Self> {
        Self::serve(0, Shared::new(PathBuf::new(), Some(app)))
    }

    fn serve(port: u16, shared: Shared) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let shared = Arc::new(shared);
        let service = routes::router(shared.clone()).into_make_service_with_connect_info::<Wire>();
        runtime.spawn(async move { axum::serve(WireListener(tokio::net::TcpListener::from_std(listener)?), service).await });
        Ok(Self { address, shared, runtime: Some(runtime) })
    }

    /// Returns its address, without a slash at the end. `localhost` is a secure context, which WebAssembly and
    /// cookies need.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Sets the words for requests that do not have them: `faults=0.05&seed=7`. Fails if `how` cannot be read.
    pub fn misbehave(&self, how: &str) -> io::Result<()> {
        self.shared.set_defaults(Wishes::parse(how).map_err(io::Error::other)?);
        Ok(())
    }

    /// Returns the arrivals and runs by key so far.
    pub fn ledger(&self) -> Ledger {
        self.shared.ledger()
    }

    /// Ends the server and its connections. Returns when its port is free.
    pub async fn stop(mut self) {
        if let Some(runtime) = self.runtime.take() {
            // This fails only if the calling runtime is ending.
            let _ = tokio::task::spawn_blocking(move || drop(runtime)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}
