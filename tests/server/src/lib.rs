//! A server that misbehaves on request.
//!
//! Action requests are same-origin, so pages and actions come from one [`Server`]:
//!
//! | request | answer |
//! |---|---|
//! | `GET /?load=script\|module&csp=none\|strict\|wasm` | a page with Actionlane in it, see [`page`] |
//! | `GET /actionlane.js`, `GET /pkg/…` | the drop-in script; the package's files |
//! | `POST` with `Next-Action`, any path, `?do=…` | as told, see [`Behaviour`] |
//! | `POST /__wasm?serve=0\|1` | from now on the wasm is 404, or there again |
//! | `GET /__seen` | the action requests so far: `[{"action": id, "do": behaviour}]` |

mod behaviour;
mod files;
pub mod page;
mod routes;
mod seen;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::{fmt, io};

use tokio::runtime::{Builder, Runtime};

pub use behaviour::{Behaviour, UnknownBehaviour};
pub use seen::Seen;

/// A running server.
#[must_use = "dropping this ends the server"]
pub struct Server {
    address: SocketAddr,
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
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let router = routes::router(package);
        runtime.spawn(async move { axum::serve(tokio::net::TcpListener::from_std(listener)?, router).await });
        Ok(Self { address, runtime: Some(runtime) })
    }

    /// Where it listens, without a slash at the end. `localhost`: WebAssembly, cookies and the like want a secure context.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    pub fn port(&self) -> u16 {
        self.address.port()
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
