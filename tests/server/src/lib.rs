//! A server that misbehaves on request.
//!
//! Action requests are same-origin, so pages and actions come from one [`Server`]:
//!
//! | request | answer |
//! |---|---|
//! | `GET /?load=script\|module&csp=none\|strict\|wasm\|connect` | a page with Actionlane in it, see [`page`] |
//! | `GET /page/…` | the same page, at other paths |
//! | `GET /soak` | a page that makes calls by the thousand, see `pages/soak.html` |
//! | `GET /?tag=…&csp=…` | a page with these tags in it |
//! | `GET /actionlane.js`, `GET /pkg/…` | the drop-in script, and what is beside it; the package's files |
//! | `GET /cors/actionlane.js` | the same, for pages of every origin |
//! | `POST` with `Next-Action`, any path | as told, see below |
//! | `GET /ledger` | how often each key has arrived and run, see [`Ledger`]; `DELETE` forgets that and what has run |
//! | `POST /__misbehave?…` | from now on this is told where a request does not tell |
//! | `POST /__gate?name=…` | from now on actions run on at that gate |
//! | `GET /__pass?name=…` | an answer once that gate is open |
//! | `POST /__wasm?serve=0\|1` | from now on the wasm is 404, and its copy in JavaScript too, or both are there again |
//! | `POST /__wasm?serve=…` | from now on its file is wrong in a way that `wasm.rs` names: `missing`, `html`, … |
//! | `GET /__seen` | the action requests so far: `[{"action": id, "do": behaviour, "url": …, "headers": {name: value}}]` |
//! | any method, `/__echo` | the request itself: `{"method": …, "headers": {name: value}, "body": text}` |
//!
//! An action request is answered as told by the header `Misbehave: do=cut&when=before`, by its query in the same words, or for all:
//!
//! | word | meaning | default |
//! |---|---|---|
//! | `do` | what to do, a [`Behaviour`] by its name | `ok` |
//! | `when=before\|after` | whether it goes wrong before the action has run, which then does not run, or after | `after` |
//! | `delay` | milliseconds to wait, before the action runs or after it, as `when` says | 0 |
//! | `ms` | milliseconds of `slow` and between two pieces of `drip` | 0, 5 |
//! | `status`, `after` | of `status` (`login`: `status` only): the status; `Retry-After`, `%2B5`: the date in 5 s | 500 (303), none |
//! | `bytes` | how long the value of `huge` is | 8 MiB |
//! | `work`, `gate` | milliseconds the action takes; the gate it waits at | 0, none |
//! | `to` | where the action redirects: `/elsewhere;push` | nowhere |
//! | `stale` | what the action has made stale: 1 all, 2 what is dynamic | nothing |
//! | `busy` | `Retry-After` of the 409 to an action that is in work already, in seconds | 1 |
//! | `call`, `size`, `rich`, `lane` | what the call is called, how much padding its value has, whether (1) a symbol, the lane it came through | none |
//! | `faults`, `seed` | how often one of [`DRAWN`] is done where nothing else is asked for, and what they are drawn with | 0, 0 |
//!
//! Where the request has an `Idempotency-Key`, its action runs once for each user (cookie `user`), action and key: the second request
//! gets the stored value, or 409 while the first one is in work, or 422 where its body is another. Without a key it runs each time.

mod action;
mod app;
mod asked;
mod behaviour;
mod drawn;
mod files;
mod gates;
mod ledger;
pub mod page;
mod recipe;
mod routes;
mod rows;
mod seen;
mod shared;
mod wasm;
mod wire;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fmt, io};

use tokio::runtime::{Builder, Runtime};

pub use app::App;
pub use behaviour::{Behaviour, UnknownBehaviour};
pub use drawn::DRAWN;
pub use ledger::{Entry, Ledger};
pub use seen::Seen;

use asked::Asked;
use shared::Shared;
use wire::{Wire, Wires};

/// A running server.
#[must_use = "dropping this ends the server"]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// One of its own: when it goes, every connection goes, as with a server that crashes.
    runtime: Option<Runtime>,
}

impl Server {
    /// Serves the package in the directory `package` on a free port.
    pub fn start(package: &Path) -> io::Result<Self> {
        Self::start_on(0, package)
    }

    /// The same on a given port.
    pub fn start_on(port: u16, package: &Path) -> io::Result<Self> {
        Self::serve(port, Shared::new(package.to_owned(), None))
    }

    /// Puts itself in front of an app, on a free port: of the table above, it answers actions and `GET /__seen`.
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
        runtime.spawn(async move { axum::serve(Wires(tokio::net::TcpListener::from_std(listener)?), service).await });
        Ok(Self { address, shared, runtime: Some(runtime) })
    }

    /// Where it listens, without a slash at the end. `localhost`: WebAssembly, cookies and the like want a secure context.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What requests that do not say it themselves are to be answered with: `faults=0.05&seed=7`. Fails with what cannot be read.
    pub fn misbehave(&self, how: &str) -> io::Result<()> {
        self.shared.set(Asked::parse(how).map_err(io::Error::other)?);
        Ok(())
    }

    /// How often each key has arrived and run so far.
    pub fn ledger(&self) -> Ledger {
        self.shared.ledger()
    }

    /// Ends it, connections included. Returns when its port is free.
    pub async fn stop(mut self) {
        if let Some(runtime) = self.runtime.take() {
            // It only fails when the calling runtime is ending itself.
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
