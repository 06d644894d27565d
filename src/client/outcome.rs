//! Holds what a call gives back, and hands it from the client's tasks to the caller's future.
//!
//! Must not decide the result: the core does.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::task::Waker;

use crate::protocol::{RedirectType, Revalidated};
use crate::{Error, Kind, Sent, Timings};

/// The answer to a call.
///
/// ```
/// use actionlane::client::sim::{Reply, Sim};
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Receipt {
///     number: u32,
/// }
///
/// const PAY: &str = "60aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
///
/// let sim = Sim::new(|_| Reply::value(r#"{"number":7}"#).header("x-action-revalidated", "1"));
/// let client = sim.builder().build()?;
/// let outcome = sim.run(client.call::<Receipt>(PAY, ("order", 12)).idempotent())?;
/// assert_eq!((outcome.status, outcome.attempts), (Some(200), 1));
/// assert_eq!(outcome.header("x-action-revalidated"), Some("1"));
/// assert!(outcome.revalidated.is_some() && outcome.idempotency_key.is_some());
/// assert_eq!(outcome.into_value()?.number, 7);
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome<T> {
    /// The value that the action returned. `None` if it redirected instead.
    pub value: Option<T>,
    /// HTTP status of the answer.
    pub status: Option<u16>,
    /// Names, in lower case, and values of the answer's headers.
    pub headers: Vec<(String, String)>,
    /// The redirect, if the action called `redirect()`.
    pub redirect: Option<Redirected>,
    /// The data that the action made stale. `None`: none.
    pub revalidated: Option<Revalidated>,
    /// True if the answer holds the page, rendered again. It is not read.
    pub rendered: bool,
    /// The key with which the request was sent.
    pub idempotency_key: Option<String>,
    /// Number of attempts.
    pub attempts: u32,
    /// When the call passed each stage, on the clock of the [`Runtime`](super::Runtime).
    pub timings: Timings,
}

impl<T> Outcome<T> {
    /// Returns the value. Fails with [`Kind::Decode`] if the action redirected instead of returning one.
    ///
    /// ```
    /// use actionlane::client::sim::{Reply, Sim};
    ///
    /// let sim = Sim::new(|_| Reply::redirect("/login"));
    /// let client = sim.builder().build()?;
    /// let outcome = sim.run(client.call::<u8>("40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ()))?;
    /// assert_eq!(outcome.redirect.as_ref().map(|redirect| &*redirect.url), Some("/login"));
    /// let error = outcome.into_value().unwrap_err();
    /// assert_eq!(error.message(), "the action returned no value: it redirected to /login");
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn into_value(self) -> Result<T, Error> {
        let to = self.redirect.as_ref().map_or("another page", |redirect| &*redirect.url);
        let missing = || Error::new(Kind::Decode, ["the action returned no value: it redirected to ", to].concat()).with_sent(Sent::Yes);
        self.value.ok_or_else(missing)
    }

    /// Returns the value of a header by its lower-case name; the first if there are several.
    pub fn header(&self, name: &str) -> Option<&str> {
        super::transport::find(&self.headers, name)
    }
}

/// The target of a redirect. [`Host`](super::Host) has an example in which it is followed.
///
/// ```
/// use actionlane::client::sim::{Reply, Sim};
/// use actionlane::protocol::RedirectType;
///
/// let sim = Sim::new(|_| Reply::redirect("/cart;replace"));
/// let client = sim.builder().build()?;
/// let outcome = sim.run(client.call::<()>("40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ()))?;
/// let redirect = outcome.redirect.expect("it redirects");
/// assert_eq!((&*redirect.url, redirect.kind, redirect.followed), ("/cart", Some(RedirectType::Replace), false));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Redirected {
    /// The absolute URL, if a [`Host`](super::Host) resolved it; otherwise the URL as the server wrote it, which is
    /// untrusted and maybe relative.
    pub url: String,
    /// `push` or `replace`. `None` if the server does not state it.
    pub kind: Option<RedirectType>,
    /// True if the host sent the user there.
    pub followed: bool,
}

/// Known facts about the answer of the current attempt.
#[derive(Clone, Debug, Default)]
pub(super) struct Answer {
    pub(super) status: Option<u16>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) redirect: Option<Redirected>,
    pub(super) revalidated: Option<Revalidated>,
    pub(super) rendered: bool,
    pub(super) idempotency_key: Option<String>,
}

/// The value, of the type that the caller asked for. `None`: the action redirected.
type Wanted = Option<Box<dyn Any>>;

/// The end of a call, for its caller.
pub(super) struct Settled {
    pub(super) result: Result<Wanted, Error>,
    pub(super) answer: Answer,
    pub(super) timings: Timings,
    pub(super) attempts: u32,
}

impl Settled {
    /// Makes the outcome. `T` is the type that the value was read into.
    pub(super) fn into_outcome<T: 'static>(self) -> Result<Outcome<T>, Error> {
        let (value, known) = self.split()?;
        let value = match value {
            None => None,
            Some(value) => Some(*value.downcast().map_err(|_| Error::new(Kind::Internal, "the value is of another type"))?),
        };
        let Outcome { status, headers, redirect, revalidated, rendered, idempotency_key, attempts, timings, .. } = known;
        Ok(Outcome { value, status, headers, redirect, revalidated, rendered, idempotency_key, attempts, timings })
    }

    /// Splits the end into the value and the other facts. The error of a call that was sent has these, too.
    fn split(self) -> Result<(Wanted, Outcome<()>), Error> {
        let Self { result, answer, timings, attempts } = self;
        let Answer { status, headers, redirect, revalidated, rendered, idempotency_key } = answer;
        let known = Outcome { value: None, status, headers, redirect, revalidated, rendered, idempotency_key, attempts, timings };
        match result {
            Ok(value) => Ok((value, known)),
            Err(error) if attempts == 0 => Err(error),
            Err(error) => Err(error.with_outcome(known)),
        }
    }
}

/// The place where a call's end waits for its caller.
#[derive(Default)]
pub(super) struct Waiter {
    settled: RefCell<Option<Settled>>,
    is_settled: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Waiter {
    /// Stores the end and wakes the caller. Nothing may be borrowed: a waker may run any code.
    pub(super) fn settle(&self, settled: Settled) {
        self.is_settled.set(true);
        let before = self.settled.replace(Some(settled));
        let waker = self.waker.take();
        drop(before);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// True once the call has ended, also after [`take`](Self::take).
    pub(super) fn is_settled(&self) -> bool {
        self.is_settled.get()
    }

    /// Takes the end, or stores the waker to be woken at it.
    pub(super) fn take(&self, waker: &Waker) -> Option<Settled> {
        let settled = self.settled.take();
        if settled.is_none() {
            let waker = waker.clone();
            drop(self.waker.replace(Some(waker)));
        }
        settled
    }
}
