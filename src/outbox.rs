//! Encodes the record of a durable call, and decides what a dispatcher does with each record it finds in the
//! outbox. Knows no storage and no clock: the time is an argument.
//!
//! A durable call is stored before it is sent, so that a later page can send it. An entry of the outbox is a
//! record with its body beside it, a text or the parts of a form. The result of the call decides over its entry:
//!
//! | the call or an attempt ends with | the entry is | the promise |
//! |---|---|---|
//! | a decoded answer: a value, or an error that the action threw | deleted | settles |
//! | `abort`, `remove`, `clear`, or a later call replaces it (`strategy`) | deleted | rejects |
//! | no answer within its `ttl` | deleted | rejects, [`Kind::Expired`] |
//! | a failure that may pass (see [`Retry`](crate::Retry)) | left, and sent again | pending |
//! | page or dispatcher closes, or the engine fails | left; the next dispatcher sends it | pending, or rejects |
//! | anything else: no answer of an action, an unknown action | left as [`Record::failed`] | rejects |
//!
//! A record begins with its version, so that a version need not understand the records of another:
//!
//! ```text
//! record  := version:u8 check:u32 field*      check: FNV-1a over the fields; numbers are little-endian
//! text    := length:u32 utf-8*
//! field*  := owner:text lane:text action:text name:text url:text header:text key:text failed:text
//!            queued_at:f64 ttl:f64 sequence:u64 form:u8 count:u32 (name:text value:text)*
//! ```
//!
//! An empty `name` or `failed` stands for `None`.
//!
//! The npm package reads and writes records in JavaScript (`pkg/lib/outbox/record.js`). `tests/vectors/outbox.json`
//! tests both sides.
//!
//! ```
//! use actionlane::outbox::{Entry, EntryFate, Record, Verdict, decide};
//! use actionlane::protocol::ActionId;
//!
//! let record = Record {
//!     owner: "ann".to_owned(),
//!     lane: "main".to_owned(),
//!     action: ActionId::parse("40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")?,
//!     name: Some("saveNote".to_owned()),
//!     url: "https://example.com/notes".to_owned(),
//!     header: "idempotency-key".to_owned(),
//!     key: "8e03".to_owned(),
//!     failed: None,
//!     queued_at: 1_000.0,
//!     ttl: 60_000.0,
//!     sequence: 0,
//!     form: false,
//!     headers: Vec::new(),
//! };
//! let bytes = record.encode();
//!
//! // A later page finds it, and its sender is gone.
//! let entries = [Entry { record: &bytes, form: Some(false), sender_lives: false }];
//! let decisions = decide(&entries, "ann", false, 21_000.0);
//! assert_eq!(decisions[0].verdict, Verdict::Send(std::time::Duration::from_secs(40)));
//! assert_eq!(decisions[0].record.as_ref(), Some(&record));
//!
//! // The call settled with the action's answer.
//! assert_eq!(EntryFate::of(&Ok(())), EntryFate::Ends);
//! # Ok::<(), actionlane::Error>(())
//! ```

mod bytes;

use std::fmt;
use std::time::Duration;

use crate::protocol::ActionId;
use crate::{Error, Kind};
use bytes::{Reader, Writer};

/// Version of records: the one that is written, and the only one that is read. The first byte of each record.
///
/// ```
/// use actionlane::outbox::{Record, Unreadable, VERSION};
///
/// assert_eq!(Record::decode(&[VERSION + 1]), Err(Unreadable::Version(VERSION + 1)));
/// ```
pub const VERSION: u8 = 1;

/// A durable call as stored, without its body.
///
/// ```
/// use actionlane::outbox::Record;
/// use actionlane::protocol::ActionId;
/// use std::time::Duration;
///
/// let record = Record {
///     owner: "ann".to_owned(),
///     lane: "main".to_owned(),
///     action: ActionId::parse("40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")?,
///     name: None,
///     url: "https://example.com/notes".to_owned(),
///     header: "idempotency-key".to_owned(),
///     key: "8e03".to_owned(),
///     failed: None,
///     queued_at: 1_000.0,
///     ttl: 500.0,
///     sequence: 0,
///     form: false,
///     headers: vec![("x-tenant".to_owned(), "7".to_owned())],
/// };
/// assert_eq!(Record::decode(&record.encode()), Ok(record.clone()));
/// assert_eq!(record.time_left(1_100.0), Some(Duration::from_millis(400)));
/// assert_eq!(record.time_left(1_500.0), None);
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Owner of the call, such as the id of a user: only a dispatcher of the same owner sends it. Not empty.
    pub owner: String,
    /// Name of its lane. Not empty.
    pub lane: String,
    /// Id of the action when the call was made. A new build may have another id for it.
    pub action: ActionId,
    /// Exported name of the action, by which skew recovery finds its new id. `None`: it cannot be found.
    pub name: Option<String>,
    /// Absolute URL that the call is sent to.
    pub url: String,
    /// Name of the header with the idempotency key, in lower case.
    pub header: String,
    /// Idempotency key. All attempts have the same one, from any page.
    pub key: String,
    /// Code of the error with which the call failed for good, such as `NOT_FLIGHT`. Failed calls are sent again
    /// only on request. `None`: it has not failed.
    pub failed: Option<String>,
    /// Time of the call, in milliseconds since 1970.
    pub queued_at: f64,
    /// Time the call may wait for its answer, in milliseconds from `queued_at`; more than 0, maybe infinite.
    pub ttl: f64,
    /// Number of the call among those of its sender. Orders calls with the same `queued_at`.
    pub sequence: u64,
    /// True if the body is the parts of a form, false if it is a text.
    pub form: bool,
    /// Headers that the call adds to the request: name and value.
    pub headers: Vec<(String, String)>,
}

/// The reason why a record cannot be read.
///
/// ```
/// use actionlane::outbox::Unreadable;
///
/// assert_eq!(Unreadable::Version(2).to_string(), "an entry of the outbox is of version 2, not 1");
/// assert_eq!(Unreadable::Torn.to_string(), "an entry of the outbox is damaged");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Another version wrote the record; this is its number.
    Version(u8),
    /// The bytes are damaged or incomplete.
    Torn,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => write!(f, "an entry of the outbox is of version {version}, not {VERSION}"),
            Self::Torn => f.write_str("an entry of the outbox is damaged"),
        }
    }
}

impl Record {
    /// Encodes the record as described in the [module's documentation](self).
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        for text in [&self.owner, &self.lane, self.action.as_str(), self.name.as_deref().unwrap_or_default(), &self.url] {
            out.text(text);
        }
        for text in [&self.header, &self.key, self.failed.as_deref().unwrap_or_default()] {
            out.text(text);
        }
        out.number(self.queued_at);
        out.number(self.ttl);
        out.integer(self.sequence);
        out.byte(self.form.into());
        out.length(self.headers.len());
        for (name, value) in &self.headers {
            out.text(name);
            out.text(value);
        }
        out.finish(VERSION)
    }

    /// Decodes a record.
    ///
    /// Fails with [`Unreadable`] if another version wrote it, or if it is damaged: its check does not agree, or a
    /// field has a value that no dispatcher writes.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        match bytes.first() {
            Some(&VERSION) => Self::decode_fields(bytes).filter(Self::is_valid).ok_or(Unreadable::Torn),
            Some(&version) => Err(Unreadable::Version(version)),
            None => Err(Unreadable::Torn),
        }
    }

    fn decode_fields(bytes: &[u8]) -> Option<Self> {
        let mut from = Reader::new(bytes)?;
        let some = |text: String| (!text.is_empty()).then_some(text);
        let record = Self {
            owner: from.text()?,
            lane: from.text()?,
            action: ActionId::parse(&from.text()?).ok()?,
            name: some(from.text()?),
            url: from.text()?,
            header: from.text()?,
            key: from.text()?,
            failed: some(from.text()?),
            queued_at: from.number()?,
            ttl: from.number()?,
            sequence: from.integer()?,
            form: from.flag()?,
            headers: (0..from.length()?).map(|_| Some((from.text()?, from.text()?))).collect::<Option<_>>()?,
        };
        from.is_empty().then_some(record)
    }

    /// Returns true if the fields have values that a dispatcher writes.
    fn is_valid(&self) -> bool {
        let named = [&self.owner, &self.lane, &self.url, &self.header, &self.key].iter().all(|text| !text.is_empty());
        named && self.queued_at.is_finite() && self.ttl > 0.0
    }

    /// Returns the time for which the call may still be sent; `None` once it has expired. `now`: milliseconds
    /// since 1970. Never more than `ttl`, even if the clock was set back.
    pub fn time_left(&self, now: f64) -> Option<Duration> {
        let left = (self.queued_at + self.ttl - now).min(self.ttl);
        // Longer than a `Duration` can hold: no limit.
        (left > 0.0).then(|| Duration::try_from_secs_f64(left / 1000.0).unwrap_or(Duration::MAX))
    }
}

/// An entry as found in the outbox: the argument of [`decide`].
///
/// ```
/// use actionlane::outbox::{Entry, Unreadable, Verdict, decide};
///
/// let entry = Entry { record: b"no record", form: Some(false), sender_lives: false };
/// let decisions = decide(&[entry], "ann", false, 0.0);
/// assert_eq!(decisions[0].verdict, Verdict::Unreadable(Unreadable::Version(b'n')));
/// ```
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// The encoded record.
    pub record: &'a [u8],
    /// Kind of the stored body: true for the parts of a form, false for a text. `None` if there is no body that
    /// could be sent.
    pub form: Option<bool>,
    /// True if the dispatcher that sends the call still exists. In a browser it holds a Web Lock.
    pub sender_lives: bool,
}

/// The decision about an entry.
///
/// ```
/// use actionlane::outbox::{Entry, Verdict, decide};
///
/// # use actionlane::outbox::Record;
/// # let record = |failed: Option<&str>| {
/// #     let action = actionlane::protocol::ActionId::parse("40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").unwrap();
/// #     let [owner, lane, url, header, key] = ["ann", "main", "https://a.example/", "idempotency-key", "8e03"].map(str::to_owned);
/// #     let failed = failed.map(str::to_owned);
/// #     let (queued_at, ttl) = (1_000.0, 500.0);
/// #     let (sequence, form, headers) = (0, false, Vec::new());
/// #     Record { owner, lane, action, name: None, url, header, key, failed, queued_at, ttl, sequence, form, headers }
/// # };
/// // Ann's call of 1000, with a `ttl` of 500 ms.
/// let bytes = record(None).encode();
/// let entry = Entry { record: &bytes, form: Some(false), sender_lives: false };
/// let verdict = |entry: &Entry<'_>, owner, now| decide(&[entry.clone()], owner, false, now)[0].verdict;
/// assert!(matches!(verdict(&entry, "ann", 1_100.0), Verdict::Send(_)));
/// assert_eq!(verdict(&entry, "ann", 1_500.0), Verdict::Expired);
/// assert_eq!(verdict(&entry, "bob", 1_100.0), Verdict::Foreign);
/// assert_eq!(verdict(&Entry { sender_lives: true, ..entry.clone() }, "ann", 1_500.0), Verdict::Leave);
///
/// let failed = record(Some("NOT_FLIGHT")).encode();
/// assert_eq!(verdict(&Entry { record: &failed, ..entry }, "ann", 1_100.0), Verdict::Failed);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Send the call; it has this long to get its answer.
    Send(Duration),
    /// Do nothing: its sender still exists and sends it.
    Leave,
    /// Do nothing: it has failed for good.
    Failed,
    /// Delete it: its `ttl` has passed.
    Expired,
    /// Do nothing: it belongs to another owner.
    Foreign,
    /// Do nothing: it cannot be read. It does not delay the other entries.
    Unreadable(Unreadable),
}

/// An entry with the decision about it. [`decide`] returns it.
///
/// ```
/// use actionlane::outbox::{Entry, Unreadable, Verdict, decide};
///
/// let torn = Entry { record: &[], form: None, sender_lives: false };
/// let decisions = decide(&[torn.clone(), torn], "ann", false, 0.0);
/// assert_eq!(decisions[1].index, 1);
/// assert_eq!((decisions[1].verdict, &decisions[1].record), (Verdict::Unreadable(Unreadable::Torn), &None));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Index of the entry among those that were found.
    pub index: usize,
    /// The decision.
    pub verdict: Verdict,
    /// The decoded record. `None` if it cannot be read or belongs to another owner.
    pub record: Option<Record>,
}

/// Decides what a dispatcher of `owner` does with each entry. Returns the entries in the order in which the
/// calls were made; those without a record come first.
///
/// `failed_too`: send the calls that have failed once more. `now`: milliseconds since 1970.
///
/// ```
/// use actionlane::outbox::{Entry, Record, Verdict, decide};
/// use actionlane::protocol::ActionId;
///
/// let record = |queued_at, failed: Option<&str>| Record {
///     owner: "ann".to_owned(),
///     lane: "main".to_owned(),
///     action: ActionId::parse("40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").unwrap(),
///     name: None,
///     url: "https://example.com/notes".to_owned(),
///     header: "idempotency-key".to_owned(),
///     key: "8e03".to_owned(),
///     failed: failed.map(str::to_owned),
///     queued_at,
///     ttl: f64::INFINITY,
///     sequence: 0,
///     form: false,
///     headers: Vec::new(),
/// };
/// let records = [record(2_000.0, None).encode(), record(1_000.0, Some("NOT_FLIGHT")).encode()];
/// let entries = records.each_ref().map(|record| Entry { record, form: Some(false), sender_lives: false });
/// let verdicts = |failed| decide(&entries, "ann", failed, 3_000.0).into_iter().map(|one| (one.index, one.verdict));
///
/// let send = Verdict::Send(std::time::Duration::MAX);
/// assert_eq!(verdicts(false).collect::<Vec<_>>(), [(1, Verdict::Failed), (0, send)]);
/// assert_eq!(verdicts(true).collect::<Vec<_>>(), [(1, send), (0, send)]);
/// ```
pub fn decide(entries: &[Entry<'_>], owner: &str, failed_too: bool, now: f64) -> Vec<Decision> {
    let mut decisions: Vec<Decision> = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let (verdict, record) = decide_one(entry, owner, failed_too, now);
        let decision = Decision { index, verdict, record };
        // Mostly they are found in this order already; a call whose file takes long to store may come late.
        let place = decisions.iter().rposition(|other| other.order_key() <= decision.order_key()).map_or(0, |before| before + 1);
        decisions.insert(place, decision);
    }
    decisions
}

fn decide_one(entry: &Entry<'_>, owner: &str, failed_too: bool, now: f64) -> (Verdict, Option<Record>) {
    let record = match Record::decode(entry.record) {
        Ok(record) => record,
        Err(unreadable) => return (Verdict::Unreadable(unreadable), None),
    };
    if record.owner != owner {
        return (Verdict::Foreign, None);
    }
    if entry.form != Some(record.form) {
        return (Verdict::Unreadable(Unreadable::Torn), None);
    }
    let verdict = match record.time_left(now) {
        _ if entry.sender_lives => Verdict::Leave,
        None => Verdict::Expired,
        Some(_) if record.failed.is_some() && !failed_too => Verdict::Failed,
        Some(left) => Verdict::Send(left),
    };
    (verdict, Some(record))
}

impl Decision {
    fn order_key(&self) -> Option<(f64, u64)> {
        self.record.as_ref().map(|record| (record.queued_at, record.sequence))
    }
}

/// The effect of a call's result on its entry.
///
/// ```
/// use actionlane::outbox::EntryFate;
/// use actionlane::{Error, Kind};
///
/// let fate = |kind| EntryFate::of(&Err(Error::new(kind, "")));
/// assert_eq!(fate(Kind::ActionThrew), EntryFate::Ends, "it is the action's answer");
/// assert_eq!(fate(Kind::Network), EntryFate::Stays, "the network may return");
/// assert_eq!(fate(Kind::NotFlight), EntryFate::Fails);
/// assert_eq!(EntryFate::Fails.as_str(), "fails");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryFate {
    /// The entry is deleted.
    Ends,
    /// The entry is left; this dispatcher or the next one sends the call again.
    Stays,
    /// The entry is left and marked with [`Record::failed`]; the call is sent again only on request.
    Fails,
}

impl EntryFate {
    /// Returns the word that JavaScript uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ends => "ends",
            Self::Stays => "stays",
            Self::Fails => "fails",
        }
    }

    /// Returns the fate of the entry of a call that ends with this result.
    pub fn of(result: &Result<(), Error>) -> Self {
        let Err(error) = result else { return Self::Ends };
        match error.kind() {
            // The action's own answer.
            Kind::ActionThrew | Kind::NotFound | Kind::Forbidden | Kind::Unauthorized | Kind::RedirectBlocked => Self::Ends,
            // The caller, or the owner of the lane, no longer wants the call.
            Kind::Aborted | Kind::Dropped | Kind::Replaced | Kind::Cleared | Kind::Expired => Self::Ends,
            // Another dispatcher, or this one later, sends the call. `QueueFull`: a new call without room is not in
            // the outbox yet.
            Kind::Closed | Kind::Internal | Kind::QueueFull | Kind::Offline => Self::Stays,
            _ if crate::retry::is_temporary(error) => Self::Stays,
            _ => Self::Fails,
        }
    }
}

#[cfg(test)]
mod tests;
