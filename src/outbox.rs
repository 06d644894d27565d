//! Writes down a durable call before it is sent, and decides what becomes of its entry in the outbox.
//!
//! | how an attempt, or the call, ends | the entry | the promise |
//! |---|---|---|
//! | a decoded answer: a value, or what the action threw | goes | settles |
//! | `abort`, `remove`, `clear`, or a later call takes its place (`strategy`) | goes | rejects |
//! | no answer within its `ttl` | goes | rejects, [`Kind::Expired`] |
//! | what may be over by itself (see [`Retry`](crate::Retry)) | stays, sent again | pending |
//! | the page or the dispatcher closes, or the engine fails | stays, sent by the next one | pending, or rejects |
//! | anything else: an answer that is none, an action nobody knows | stays, [`Record::failed`] | rejects |
//!
//! A record is one line of bytes, the version first, so that no version has to understand another's:
//!
//! ```text
//! record  := version:u8 check:u32 field*      check: FNV-1a over the fields; numbers are little-endian
//! text    := length:u32 utf-8*
//! field*  := owner:text lane:text action:text name:text url:text header:text key:text failed:text
//!            queued_at:f64 ttl:f64 sequence:u64 form:u8 count:u32 (name:text value:text)*
//! ```
//!
//! The package has records read and written in JavaScript, by `pkg/lib/records.js`. `tests/vectors/outbox.json` holds both to this.
//!
//! An empty `name` or `failed` is none. The body is kept beside it: a text, or the parts of a form.

mod bytes;

use std::fmt;
use std::time::Duration;

use crate::protocol::ActionId;
use crate::{Error, Kind};
use bytes::{Reader, Writer};

/// The version that is written, and the only one that is read.
pub const VERSION: u8 = 1;

/// What is known of a durable call without its body.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Whose it is: only a dispatcher of the same owner sends it.
    pub owner: String,
    pub lane: String,
    pub action: ActionId,
    pub name: Option<String>,
    /// Absolute.
    pub url: String,
    /// The header that carries the key, in lower case.
    pub header: String,
    /// The idempotency key: the same for every attempt, in whatever page.
    pub key: String,
    /// The code of the error it failed with for good. It is not sent unless somebody asks for that.
    pub failed: Option<String>,
    /// Milliseconds since 1970.
    pub queued_at: f64,
    /// Milliseconds from then.
    pub ttl: f64,
    /// Its place among the calls that its sender made.
    pub sequence: u64,
    /// The body is the parts of a form, not a text.
    pub form: bool,
    /// The call's own.
    pub headers: Vec<(String, String)>,
}

/// Why a record cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Another version has written it.
    Version(u8),
    /// It is not as it was written.
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

    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        match bytes.first() {
            Some(&VERSION) => Self::fields(bytes).filter(Self::holds).ok_or(Unreadable::Torn),
            Some(&version) => Err(Unreadable::Version(version)),
            None => Err(Unreadable::Torn),
        }
    }

    fn fields(bytes: &[u8]) -> Option<Self> {
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

    /// What every record that was written fulfils.
    fn holds(&self) -> bool {
        let named = [&self.owner, &self.lane, &self.url, &self.header, &self.key].iter().all(|text| !text.is_empty());
        named && self.queued_at.is_finite() && self.ttl > 0.0
    }

    /// How long it may still be sent; none once its time is over. A clock that was set back gives it no more than it had.
    pub fn left(&self, now: f64) -> Option<Duration> {
        let left = (self.queued_at + self.ttl - now).min(self.ttl);
        // What is longer than a clock can hold is no limit.
        (left > 0.0).then(|| Duration::try_from_secs_f64(left / 1000.0).unwrap_or(Duration::MAX))
    }
}

/// A record as it is found.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    pub record: &'a [u8],
    /// Whether the body beside it is the parts of a form; none where there is no body that could be sent.
    pub form: Option<bool>,
    /// The page that is to send it is still there.
    pub sender_lives: bool,
}

/// What is to be done with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is to be sent, for so long.
    Send(Duration),
    /// Its sender is there and does that.
    Leave,
    /// It has failed for good, and is kept.
    Failed,
    /// Its time is over.
    Expired,
    /// It is somebody else's.
    Foreign,
    /// It is left as it is, and stands in nobody's way.
    Aside(Unreadable),
}

/// A record that was looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Sifted {
    /// Its place among those that were found.
    pub index: usize,
    pub verdict: Verdict,
    /// What it says; none of what is foreign or cannot be read.
    pub record: Option<Record>,
}

/// What a dispatcher of this owner is to do with what it finds, in that order: the order of calling, after what cannot be read. With
/// `failed_too`, what has failed is sent once more.
pub fn sift(found: &[Found<'_>], owner: &str, failed_too: bool, now: f64) -> Vec<Sifted> {
    let mut sifted: Vec<Sifted> = Vec::with_capacity(found.len());
    for (index, found) in found.iter().enumerate() {
        let (verdict, record) = judge(found, owner, failed_too, now);
        let one = Sifted { index, verdict, record };
        // They are found in this order, but for what was stored late: a file takes its time.
        let place = sifted.iter().rposition(|other| other.place() <= one.place()).map_or(0, |before| before + 1);
        sifted.insert(place, one);
    }
    sifted
}

fn judge(found: &Found<'_>, owner: &str, failed_too: bool, now: f64) -> (Verdict, Option<Record>) {
    let record = match Record::decode(found.record) {
        Ok(record) => record,
        Err(unreadable) => return (Verdict::Aside(unreadable), None),
    };
    if record.owner != owner {
        return (Verdict::Foreign, None);
    }
    if found.form != Some(record.form) {
        return (Verdict::Aside(Unreadable::Torn), None);
    }
    let verdict = match record.left(now) {
        _ if found.sender_lives => Verdict::Leave,
        None => Verdict::Expired,
        Some(_) if record.failed.is_some() && !failed_too => Verdict::Failed,
        Some(left) => Verdict::Send(left),
    };
    (verdict, Some(record))
}

impl Sifted {
    fn place(&self) -> Option<(f64, u64)> {
        self.record.as_ref().map(|record| (record.queued_at, record.sequence))
    }
}

/// What becomes of an entry when its call settles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is deleted.
    Ends,
    /// It is left for the next dispatcher.
    Stays,
    /// It is left, and not sent unless somebody asks for that.
    Fails,
}

impl Fate {
    /// The word JavaScript sees.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ends => "ends",
            Self::Stays => "stays",
            Self::Fails => "fails",
        }
    }

    pub fn of(result: &Result<(), Error>) -> Self {
        let Err(error) = result else { return Self::Ends };
        match error.kind() {
            // The action's own answer.
            Kind::ActionThrew | Kind::NotFound | Kind::Forbidden | Kind::Unauthorized | Kind::RedirectBlocked => Self::Ends,
            // The caller, or the owner of the lane, does not want it any more.
            Kind::Aborted | Kind::Dropped | Kind::Replaced | Kind::Cleared | Kind::Expired => Self::Ends,
            // It goes on elsewhere, or later. A new call that finds no room is not in the outbox yet.
            Kind::Closed | Kind::Internal | Kind::QueueFull | Kind::Offline => Self::Stays,
            _ if crate::retry::is_passing(error) => Self::Stays,
            _ => Self::Fails,
        }
    }
}

#[cfg(test)]
mod tests;
