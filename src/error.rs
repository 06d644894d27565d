//! Defines the errors of the package: their codes, their messages, and if the action may have run.
//!
//! Must not decide on retries; `retry.rs` does. Messages hold neither arguments nor answers.

use std::fmt;
#[cfg(feature = "client")]
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "client")]
use crate::client::Outcome;

/// Kind of an error. [`Kind::code`] is the name that JavaScript sees.
///
/// ```
/// # use actionlane::Kind;
/// assert_eq!(Kind::QueueFull.code(), "QUEUE_FULL");
/// assert_eq!(Kind::of_code("QUEUE_FULL"), Some(Kind::QueueFull));
/// assert_eq!(Kind::of_code("queue full"), None);
/// assert!(Kind::QueueFull.may_be_called_again(), "there may be room later");
/// assert!(!Kind::Encode.may_be_called_again(), "the argument stays the same");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The caller aborted the call.
    Aborted,
    /// The attempt took longer than its `timeout`.
    Timeout,
    /// All attempts together took longer than the call's `deadline`.
    Deadline,
    /// There is no network, and the dispatcher is set to fail calls then.
    Offline,
    /// `fetch` rejected, or the answer broke off.
    Network,
    /// The answer is not Flight and has an HTTP status of 400 or above.
    Http,
    /// The answer is not Flight and has an HTTP status below 400.
    NotFlight,
    /// The answer is Flight that cannot be read, or that ended before the value.
    Decode,
    /// An argument cannot be sent.
    Encode,
    /// The action threw.
    ActionThrew,
    /// The action called `notFound()`.
    NotFound,
    /// The action called `forbidden()`.
    Forbidden,
    /// The action called `unauthorized()`.
    Unauthorized,
    /// The server does not know the action; it did not run.
    ActionNotFound,
    /// The action redirected to a target that the user may not be sent to.
    RedirectBlocked,
    /// The body is larger than `maxBodyBytes`, the limit that the page set for its server.
    BodyTooLarge,
    /// Too many calls wait.
    QueueFull,
    /// A call of the same key is pending, and the strategy is `drop`.
    Dropped,
    /// A later call of the same key replaced this one: strategies `replace` and `queue last`.
    Replaced,
    /// `clear` rejected the call before it was sent.
    Cleared,
    /// The dispatcher is closed.
    Closed,
    /// A durable call could not be stored, or its record cannot be used.
    Storage,
    /// A durable call had no answer within its `ttl`.
    Expired,
    /// The first request with the idempotency key is still under way, or was a different request.
    KeyConflict,
    /// The page's content security policy forbids wasm.
    WasmBlocked,
    /// The wasm could not be loaded.
    WasmLoad,
    /// Actionlane has a bug.
    Internal,
    /// An option or an id is invalid, or options do not fit together.
    InvalidOption,
}

impl Kind {
    /// Returns the `code` of a JavaScript `ActionError`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Aborted => "ABORTED",
            Self::Timeout => "TIMEOUT",
            Self::Deadline => "DEADLINE",
            Self::Offline => "OFFLINE",
            Self::Network => "NETWORK",
            Self::Http => "HTTP",
            Self::NotFlight => "NOT_FLIGHT",
            Self::Decode => "DECODE",
            Self::Encode => "ENCODE",
            Self::ActionThrew => "ACTION_THREW",
            Self::NotFound => "NOT_FOUND",
            Self::Forbidden => "FORBIDDEN",
            Self::Unauthorized => "UNAUTHORIZED",
            Self::ActionNotFound => "ACTION_NOT_FOUND",
            Self::RedirectBlocked => "REDIRECT_BLOCKED",
            Self::BodyTooLarge => "BODY_TOO_LARGE",
            Self::QueueFull => "QUEUE_FULL",
            Self::Dropped => "DROPPED",
            Self::Replaced => "REPLACED",
            Self::Cleared => "CLEARED",
            Self::Closed => "CLOSED",
            Self::Storage => "STORAGE",
            Self::Expired => "EXPIRED",
            Self::KeyConflict => "KEY_CONFLICT",
            Self::WasmBlocked => "WASM_BLOCKED",
            Self::WasmLoad => "WASM_LOAD",
            Self::Internal => "INTERNAL",
            Self::InvalidOption => "INVALID_OPTION",
        }
    }

    /// Returns the kind with this code. `None` if there is none.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// All kinds, in the order of their declaration.
    #[allow(dead_code, reason = "only `of_code` and tests use it")]
    const ALL: [Self; 28] = [
        Self::Aborted,
        Self::Timeout,
        Self::Deadline,
        Self::Offline,
        Self::Network,
        Self::Http,
        Self::NotFlight,
        Self::Decode,
        Self::Encode,
        Self::ActionThrew,
        Self::NotFound,
        Self::Forbidden,
        Self::Unauthorized,
        Self::ActionNotFound,
        Self::RedirectBlocked,
        Self::BodyTooLarge,
        Self::QueueFull,
        Self::Dropped,
        Self::Replaced,
        Self::Cleared,
        Self::Closed,
        Self::Storage,
        Self::Expired,
        Self::KeyConflict,
        Self::WasmBlocked,
        Self::WasmLoad,
        Self::Internal,
        Self::InvalidOption,
    ];

    /// True if the same call may succeed later, provided that the action did not run. [`Error::may_be_called_again`]
    /// checks both.
    // `pkg/lib/error/may_retry.js` has the same list; a test compares them.
    pub fn may_be_called_again(self) -> bool {
        matches!(self, Self::ActionNotFound | Self::Offline | Self::QueueFull | Self::Dropped | Self::Cleared | Self::WasmLoad)
    }
}

/// Says if a call that failed may have run on the server.
///
/// ```
/// # use actionlane::Sent;
/// assert_eq!(Sent::default().as_str(), "no");
/// assert!(Sent::No < Sent::Unknown && Sent::Unknown < Sent::Yes, "ordered by what may have happened");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sent {
    /// It did not run: the request was not sent, or the server said that it does not know the action.
    #[default]
    No,
    /// It may have run: the request was handed to `fetch`, and no response head arrived. A dead port and a reset look
    /// alike.
    Unknown,
    /// It may have run: a response head arrived.
    Yes,
}

impl Sent {
    /// Returns the word that JavaScript sees.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Unknown => "unknown",
            Self::Yes => "yes",
        }
    }
}

/// Error of a call: its [`Kind`], a message that says where, and facts of the answer.
///
/// ```
/// use actionlane::{Error, Kind, Sent};
/// use std::time::Duration;
///
/// let wait = Duration::from_secs(2);
/// let error = Error::new(Kind::Http, "the server answered 503");
/// let error = error.with_sent(Sent::Yes).with_status(503).with_retry_after(wait);
/// assert_eq!(error.to_string(), "HTTP: the server answered 503");
/// assert_eq!((error.kind(), error.message()), (Kind::Http, "the server answered 503"));
/// assert_eq!((error.sent(), error.http_status()), (Sent::Yes, Some(503)));
/// assert_eq!(error.retry_after(), Some(wait));
/// assert!(!error.may_be_called_again(), "the action may have run");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Facts>);

/// The facts of an error. They are in a box: errors are rare, and a `Result` with one moves all the time.
#[derive(Clone, PartialEq, Eq)]
struct Facts {
    kind: Kind,
    message: String,
    sent: Sent,
    status: Option<u16>,
    digest: Option<String>,
    excerpt: Option<String>,
    retry_after: Option<Duration>,
    temporary: bool,
    #[cfg(feature = "client")]
    more: More,
}

/// The error below an [`Error`], and the known facts of its call. Always equal to others: errors are compared by what
/// they say themselves.
#[cfg(feature = "client")]
#[derive(Clone, Default)]
struct More {
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
    outcome: Option<Box<Outcome<()>>>,
}

#[cfg(feature = "client")]
impl PartialEq for More {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[cfg(feature = "client")]
impl Eq for More {}

impl Error {
    /// Makes an error of a call that was not sent. `message` is a lower-case clause that says where, without arguments
    /// or answers: "row 3: unexpected 'q' after tag".
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self(Box::new(Facts {
            kind,
            message: message.into(),
            sent: Sent::No,
            status: None,
            digest: None,
            excerpt: None,
            retry_after: None,
            temporary: false,
            #[cfg(feature = "client")]
            more: More::default(),
        }))
    }

    /// Sets the error below this one, such as that of the HTTP library. [`std::error::Error::source`] returns it.
    ///
    /// ```
    /// use actionlane::{Error, Kind};
    /// use std::error::Error as _;
    ///
    /// let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
    /// let error = Error::new(Kind::Network, "no answer").with_source(refused);
    /// assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("connection refused"));
    /// ```
    #[cfg(feature = "client")]
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.more.source = Some(source.into().into());
        self
    }

    /// Adds the known facts of the call.
    #[cfg(feature = "client")]
    pub(crate) fn with_outcome(mut self, outcome: Outcome<()>) -> Self {
        self.0.status = self.0.status.or(outcome.status);
        self.0.more.outcome = Some(Box::new(outcome));
        self
    }

    /// Returns the known facts of the call, such as the headers of the answer, the number of attempts and the
    /// idempotency key. It has no value. `None` if the call was not sent.
    ///
    /// ```
    /// use actionlane::client::sim::{Reply, Sim};
    ///
    /// const PAY: &str = "60aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    ///
    /// let sim = Sim::new(|_| Reply::throws("NO_FUNDS").header("x-action-revalidated", "1"));
    /// let client = sim.builder().build()?;
    /// let error = sim.run(client.call::<()>(PAY, ()).idempotent()).unwrap_err();
    /// assert_eq!((error.server_digest(), error.http_status()), (Some("NO_FUNDS"), Some(500)));
    ///
    /// let outcome = error.outcome().expect("it was sent");
    /// assert_eq!((outcome.attempts, outcome.header("x-action-revalidated")), (1, Some("1")));
    /// assert!(outcome.revalidated.is_some() && outcome.idempotency_key.is_some());
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    #[cfg(feature = "client")]
    pub fn outcome(&self) -> Option<&Outcome<()>> {
        self.0.more.outcome.as_deref()
    }

    /// Replaces the message.
    #[must_use]
    pub(crate) fn with_message(mut self, message: String) -> Self {
        self.0.message = message;
        self
    }

    /// Sets whether the call may have run.
    #[must_use]
    pub fn with_sent(mut self, sent: Sent) -> Self {
        self.0.sent = sent;
        self
    }

    /// Sets the HTTP status of the answer.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Sets the digest that the server sent for the error that the action threw.
    ///
    /// ```
    /// # use actionlane::{Error, Kind};
    /// let error = Error::new(Kind::ActionThrew, "the action threw").with_digest("OUT_OF_STOCK");
    /// assert_eq!(error.server_digest(), Some("OUT_OF_STOCK"));
    /// ```
    #[must_use]
    pub fn with_digest(mut self, digest: impl Into<String>) -> Self {
        self.0.digest = Some(digest.into());
        self
    }

    /// Sets the beginning of an answer that is text, for people to read.
    ///
    /// ```
    /// # use actionlane::{Error, Kind};
    /// let error = Error::new(Kind::NotFlight, "the answer is text/html").with_excerpt("<h1>Please log in</h1>");
    /// assert_eq!(error.excerpt(), Some("<h1>Please log in</h1>"));
    /// ```
    #[must_use]
    pub fn with_excerpt(mut self, excerpt: impl Into<String>) -> Self {
        self.0.excerpt = Some(excerpt.into());
        self
    }

    /// Sets the `Retry-After` of the answer: how long a client must wait before it tries again.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Marks the error as temporary, where its kind does not say so: an answer that was cut off.
    ///
    /// ```
    /// # use actionlane::{Error, Kind};
    /// let error = Error::new(Kind::Decode, "the answer ended before the value");
    /// assert!(!error.is_temporary());
    /// assert!(error.temporary().is_temporary(), "a retry may read all of it");
    /// ```
    #[must_use]
    pub fn temporary(mut self) -> Self {
        self.0.temporary = true;
        self
    }

    /// Returns the kind.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Returns the message.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns if the call may have run. Default: [`Sent::No`].
    pub fn sent(&self) -> Sent {
        self.0.sent
    }

    /// Returns the HTTP status of the answer. `None` if none arrived.
    pub fn http_status(&self) -> Option<u16> {
        self.0.status
    }

    /// Returns the server's digest of a thrown error, which is untrusted text.
    pub fn server_digest(&self) -> Option<&str> {
        self.0.digest.as_deref()
    }

    /// Returns the `Retry-After` of the answer.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// True if [`Error::temporary`] marked the error as temporary.
    pub fn is_temporary(&self) -> bool {
        self.0.temporary
    }

    /// True if the page may safely make the same call again: the action certainly did not run, and the call may succeed
    /// later. The dispatcher does not do so by itself; [`Retry`](crate::Retry) says which failures it retries.
    pub fn may_be_called_again(&self) -> bool {
        self.0.sent == Sent::No && self.0.kind.may_be_called_again()
    }

    /// Returns the beginning of an answer that was not Flight, at most 200 characters.
    pub fn excerpt(&self) -> Option<&str> {
        self.0.excerpt.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.kind.code(), self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Facts { kind, message, sent, status, digest, .. } = &*self.0;
        let mut error = f.debug_struct("Error");
        error.field("kind", kind).field("message", message).field("sent", sent);
        error.field("status", status).field("digest", digest);
        #[cfg(feature = "client")]
        error.field("source", &self.0.more.source);
        error.finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    #[cfg(feature = "client")]
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.more.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Collects the codes between double quotes in a piece of JavaScript.
    fn codes(source: &str) -> BTreeSet<&str> {
        source.split('"').skip(1).step_by(2).collect()
    }

    /// Returns the part of `source` from `start` to the next `;`.
    fn statement<'a>(source: &'a str, start: &str) -> &'a str {
        source.split_once(start).unwrap().1.split_once(';').unwrap().0
    }

    #[test]
    fn the_codes_are_those_of_the_javascript_types() {
        assert!(Kind::ALL.iter().enumerate().all(|(at, kind)| *kind as usize == at), "a kind is missing in `ALL`");
        let mut typed = codes(statement(include_str!("../pkg/index.d.ts"), "export type ErrorCode ="));
        assert!(typed.remove("CROSS_ORIGIN"), "JavaScript alone looks at origins");
        assert_eq!(Kind::ALL.map(Kind::code).into_iter().collect::<BTreeSet<_>>(), typed);
    }

    #[test]
    fn each_kind_has_a_code_of_its_own() {
        assert!(Kind::ALL.iter().all(|kind| Kind::of_code(kind.code()) == Some(*kind)));
        assert_eq!(Kind::of_code("CROSS_ORIGIN"), None);
    }

    #[test]
    fn javascript_has_the_same_list_of_calls_that_may_be_made_again() {
        let kept: BTreeSet<_> = Kind::ALL.iter().filter(|kind| kind.may_be_called_again()).map(|kind| kind.code()).collect();
        assert_eq!(kept, codes(statement(include_str!("../pkg/lib/error/may_retry.js"), "const CODES =")));
    }

    #[test]
    fn a_call_that_may_have_run_may_not_be_made_again() {
        for kind in Kind::ALL {
            let again = |sent| Error::new(kind, "").with_sent(sent).may_be_called_again();
            assert_eq!([Sent::No, Sent::Unknown, Sent::Yes].map(again), [kind.may_be_called_again(), false, false], "{kind:?}");
        }
        assert!(Kind::Dropped.may_be_called_again() && !Kind::Network.may_be_called_again());
    }
}
