//! Names every error the package can give: its code, its words, and whether the action may have run.

use std::fmt;
use std::time::Duration;

/// What went wrong, as a closed list. [`Kind::code`] gives the name that JavaScript sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The caller gave the call up.
    Aborted,
    /// The attempt took longer than its `timeout`.
    Timeout,
    /// All attempts together took longer than the call's `deadline`.
    Deadline,
    /// There is no network, and the call was to fail rather than wait.
    Offline,
    /// No answer, or one that broke off: the page's `fetch` or the body's stream failed.
    Network,
    /// Not Flight, and an HTTP status of 400 or above.
    Http,
    /// Not Flight, and an HTTP status below 400.
    NotFlight,
    /// Flight that cannot be read, or that ended before the value.
    Decode,
    /// An argument that cannot be sent.
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
    /// The action redirected to where no user may be sent.
    RedirectBlocked,
    /// The body is larger than the server takes.
    BodyTooLarge,
    /// Too many calls wait.
    QueueFull,
    /// Refused because a call of its key is pending: strategy `drop`.
    Dropped,
    /// Given up for a later call of its key: strategies `replace` and `queue last`.
    Replaced,
    /// Dropped by `clear`.
    Cleared,
    /// The dispatcher is closed.
    Closed,
    /// A durable call could not be kept, or what was kept cannot be used.
    Storage,
    /// A durable call had no answer within its `ttl`.
    Expired,
    /// The idempotency key's first request is still under way, or was another request.
    KeyConflict,
    /// The page's policy forbids wasm.
    WasmBlocked,
    /// The wasm could not be loaded.
    WasmLoad,
    /// A fault of Actionlane itself.
    Internal,
    /// An option, an id or a combination of them that makes no sense.
    InvalidOption,
}

impl Kind {
    /// The `code` of a JavaScript `ActionError`.
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

    /// The kind of this code; none for what is no code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// All of them, in their order.
    #[allow(dead_code, reason = "as those of `of_code`")]
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

    /// Says if the same call may go through another time, once it is certain that the action did not run. `pkg/lib/again.js` has the same
    /// list.
    pub fn may_be_called_again(self) -> bool {
        matches!(self, Self::ActionNotFound | Self::Offline | Self::QueueFull | Self::Dropped | Self::Cleared | Self::WasmLoad)
    }
}

/// Whether a call that failed may have run on the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sent {
    /// It did not: nothing was sent, or the server said it does not know the action.
    #[default]
    No,
    /// It may have: the request was handed to `fetch`, and no head came back. A dead port and a reset look alike.
    Unknown,
    /// The head of an answer arrived.
    Yes,
}

impl Sent {
    /// The word JavaScript sees.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Unknown => "unknown",
            Self::Yes => "yes",
        }
    }
}

/// Why a call failed: a [`Kind`], a message that says where, and what is known of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: Kind,
    message: String,
    sent: Sent,
    status: Option<u16>,
    digest: Option<String>,
    excerpt: Option<String>,
    retry_after: Option<Duration>,
    passing: bool,
}

impl Error {
    /// `message` is a lower-case clause without arguments or answers in it: "row 3: unexpected 'q' after tag".
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), sent: Sent::No, status: None, digest: None, excerpt: None, retry_after: None, passing: false }
    }

    /// The same error in other words.
    #[must_use]
    pub(crate) fn message_of(mut self, message: String) -> Self {
        self.message = message;
        self
    }

    /// The same error, knowing whether the call may have run.
    #[must_use]
    pub fn sent(mut self, sent: Sent) -> Self {
        self.sent = sent;
        self
    }

    /// The same error, with the HTTP status of the answer.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// The same error, with the digest the server sent for it.
    #[must_use]
    pub fn digest(mut self, digest: impl Into<String>) -> Self {
        self.digest = Some(digest.into());
        self
    }

    /// The same error, with the beginning of a textual answer, for people.
    #[must_use]
    pub fn excerpt(mut self, excerpt: impl Into<String>) -> Self {
        self.excerpt = Some(excerpt.into());
        self
    }

    /// The same error, with how long the server wants to be left alone: `Retry-After`.
    #[must_use]
    pub fn after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// The same error, of something that may be over by itself although its kind does not say so: a stream that was cut off.
    #[must_use]
    pub fn passing(mut self) -> Self {
        self.passing = true;
        self
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether the call may have run.
    pub fn was_sent(&self) -> Sent {
        self.sent
    }

    /// HTTP status, once there was an answer.
    pub fn http_status(&self) -> Option<u16> {
        self.status
    }

    /// The server's digest of a thrown error. Untrusted text.
    pub fn server_digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// How long the server wants to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Whether it may be over by itself although its kind does not say so.
    pub fn is_passing(&self) -> bool {
        self.passing
    }

    /// Says if the same call may be made once more without harm: the action certainly did not run, and the call may go through another time.
    /// A dispatcher never does that by itself: see [`Retry`](crate::Retry) for what it sends again.
    pub fn may_be_called_again(&self) -> bool {
        self.sent == Sent::No && self.kind.may_be_called_again()
    }

    /// At most 200 characters of an answer that was not Flight.
    pub fn answer_excerpt(&self) -> Option<&str> {
        self.excerpt.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.code(), self.message)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The codes between double quotes in a piece of JavaScript.
    fn codes(source: &str) -> BTreeSet<&str> {
        source.split('"').skip(1).step_by(2).collect()
    }

    /// The piece of `source` from `start` to the next `;`.
    fn statement<'a>(source: &'a str, start: &str) -> &'a str {
        source.split_once(start).unwrap().1.split_once(';').unwrap().0
    }

    #[test]
    fn the_codes_are_those_that_javascript_has_types_for() {
        assert!(Kind::ALL.iter().enumerate().all(|(at, kind)| *kind as usize == at), "a kind is missing here");
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
    fn javascript_lets_the_same_calls_be_made_again() {
        let kept: BTreeSet<_> = Kind::ALL.iter().filter(|kind| kind.may_be_called_again()).map(|kind| kind.code()).collect();
        assert_eq!(kept, codes(statement(include_str!("../pkg/lib/again.js"), "const CODES =")));
    }

    #[test]
    fn no_call_is_made_again_that_may_have_run() {
        for kind in Kind::ALL {
            let again = |sent| Error::new(kind, "").sent(sent).may_be_called_again();
            assert_eq!([Sent::No, Sent::Unknown, Sent::Yes].map(again), [kind.may_be_called_again(), false, false], "{kind:?}");
        }
        assert!(Kind::Dropped.may_be_called_again() && !Kind::Network.may_be_called_again());
    }
}
