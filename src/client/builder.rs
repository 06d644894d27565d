//! Makes a client from its parts and options. Sends nothing.

use std::fmt;
use std::rc::Rc;

use super::driver::{Driver, World};
use super::order::{Settings, Wire};
use super::settings::{action_setters, setters};
use super::{Client, Host, Runtime, Transport};
use crate::call::LaneName;
use crate::dispatcher::{LaneOptions, Rules};
use crate::protocol::{self, MAX_BODY_BYTES};
use crate::{Error, Kind};

/// Stands for a part that a [`Builder`] does not have yet. Without its parts, it cannot build.
///
/// ```compile_fail
/// actionlane::Client::builder().url("https://shop.example/").build();
/// ```
///
/// ```
/// use actionlane::client::{Builder, Missing};
///
/// let builder: Builder<Missing, Missing> = actionlane::Client::builder();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Missing;

/// A client to be, made by [`Client::builder`]. It needs a [`Transport`] `T` and a [`Runtime`] `R`. Its options hold
/// for every call that does not set them itself.
///
/// ```
/// use actionlane::client::sim::{Reply, Sim};
/// use actionlane::{Client, LaneOptions, Strategy};
/// use std::time::Duration;
///
/// let sim = Sim::new(|_| Reply::value("null"));
/// let client = Client::builder()
///     .transport(sim.clone())
///     .runtime(sim.clone())
///     .url("https://shop.example/checkout")
///     .lane("uploads", 2)
///     .lane("search", LaneOptions { strategy: Some(Strategy::Replace), ..LaneOptions::default() })
///     .max_queued(500)
///     .max_body_bytes(100_000)
///     .deployment_id("dpl_4711")
///     .idempotency_header("x-idempotency-key")
///     .timeout(Duration::from_secs(10))
///     .retry(2)
///     .build()?;
/// assert_eq!(client.pending(), 0);
/// # Ok::<(), actionlane::Error>(())
/// ```
#[must_use = "a builder does nothing until it builds"]
pub struct Builder<T, R> {
    transport: T,
    runtime: R,
    host: Option<Rc<dyn Host>>,
    settings: Settings,
    rules: Rules,
    max_body_bytes: usize,
    base_path: String,
    deployment: Option<String>,
    idempotency_header: String,
}

impl Builder<Missing, Missing> {
    pub(super) fn new() -> Self {
        Self {
            transport: Missing,
            runtime: Missing,
            host: None,
            settings: Settings::default(),
            rules: Rules::default(),
            max_body_bytes: MAX_BODY_BYTES as usize,
            base_path: String::new(),
            deployment: None,
            idempotency_header: protocol::IDEMPOTENCY_KEY.to_owned(),
        }
    }
}

impl<T, R> Builder<T, R> {
    /// Sets what sends requests.
    pub fn transport<U: Transport + 'static>(self, transport: U) -> Builder<U, R> {
        self.with(|_, runtime| (transport, runtime))
    }

    /// Sets time, chance and executor.
    pub fn runtime<S: Runtime + 'static>(self, runtime: S) -> Builder<T, S> {
        self.with(|transport, _| (transport, runtime))
    }

    /// Sets the page or the window around the client. Without one, no redirect is followed.
    pub fn host(mut self, host: impl Host + 'static) -> Self {
        self.host = Some(Rc::new(host));
        self
    }

    /// Sets the options of a lane: [`LaneOptions`], or the number of its calls that run at once.
    pub fn lane(mut self, name: impl Into<LaneName>, options: impl Into<LaneOptions>) -> Self {
        self.rules.lanes.insert(name.into(), options.into());
        self
    }

    /// Sets the largest number of calls that may wait, over all lanes. Default: 10 000.
    pub fn max_queued(mut self, calls: usize) -> Self {
        self.rules.max_queued = calls;
        self
    }

    /// Sets the largest body of a call, in bytes. Default: 1 MiB, as the server's.
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = bytes;
        self
    }

    /// Sets the app's base path: `/shop`. Default: none.
    pub fn base_path(mut self, path: impl Into<String>) -> Self {
        self.base_path = path.into();
        self
    }

    /// Sets the deployment that requests are meant for, on a platform that runs several.
    pub fn deployment_id(mut self, id: impl Into<String>) -> Self {
        self.deployment = Some(id.into());
        self
    }

    /// Sets the name of the header with the idempotency key. Default: `idempotency-key`.
    pub fn idempotency_header(mut self, name: &str) -> Self {
        self.idempotency_header = name.to_ascii_lowercase();
        self
    }

    setters!();
    action_setters!();

    fn with<U, S>(self, change: impl FnOnce(T, R) -> (U, S)) -> Builder<U, S> {
        let Self { transport, runtime, host, settings, rules, .. } = self;
        let Self { max_body_bytes, base_path, deployment, idempotency_header, .. } = self;
        let (transport, runtime) = change(transport, runtime);
        Builder { transport, runtime, host, settings, rules, max_body_bytes, base_path, deployment, idempotency_header }
    }
}

impl<T: Transport + 'static, R: Runtime + 'static> Builder<T, R> {
    /// Makes the client. Fails with [`Kind::InvalidOption`] if the header of the idempotency key is one of the
    /// protocol's own.
    pub fn build(self) -> Result<Client, Error> {
        if protocol::is_protected(&self.idempotency_header) {
            let message = ["idempotency_header: ", &self.idempotency_header, " is a header of another meaning"].concat();
            return Err(Error::new(Kind::InvalidOption, message));
        }
        let seed = self.runtime.random();
        let wire = Wire {
            settings: self.settings,
            base_path: self.base_path,
            deployment: self.deployment,
            idempotency_header: self.idempotency_header,
            max_body_bytes: self.max_body_bytes,
        };
        let world = Rc::new(World {
            transport: Rc::new(self.transport),
            runtime: Rc::new(self.runtime),
            host: self.host,
            wire,
            listeners: Default::default(),
            latest: Default::default(),
        });
        let calls = Rules { seed, ..self.rules };
        // Routes wait for nothing: lanes, pauses and limits are those of the calls alone.
        let routes = Rules { max_queued: usize::MAX, seed: seed ^ 1, ..Rules::default() };
        Ok(Client { calls: Driver::new(Rc::clone(&world), calls), routes: Driver::new(world, routes) })
    }
}

impl<T, R> fmt::Debug for Builder<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("settings", &self.settings).finish_non_exhaustive()
    }
}
