//! Reads how a request wants to be answered.

use std::time::Duration;

use axum::extract::Query;
use axum::http::{HeaderMap, Uri};
use serde::Deserialize;

/// Wishes for an answer. They come from the request's header `Misbehave: do=cut&when=before`, from the same words in
/// its query, and from `POST /__misbehave?…` for all requests. The first source that has a word wins.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Wishes {
    /// Way to answer: a name in [`Behaviour::ALL`](crate::Behaviour::ALL). Default `ok`.
    #[serde(rename = "do")]
    pub(crate) behaviour: Option<String>,
    /// Time of the fault: `before` the action would run, which then does not run, or `after`. Default `after`.
    pub(crate) when: Option<When>,
    /// Milliseconds to wait before the answer; with `when=before`, before the action runs.
    pub(crate) delay: Option<u64>,
    /// Milliseconds of `slow` (default 0), or between two pieces of `drip` (default 5).
    pub(crate) ms: Option<u64>,
    /// Milliseconds that the action takes.
    pub(crate) work: Option<u64>,
    /// Gate at which the action waits for `POST /__gate?name=…`.
    pub(crate) gate: Option<String>,
    /// Status of `status` (default 500) or `login` (default 303).
    pub(crate) status: Option<u16>,
    /// `Retry-After` of `status`: verbatim, or with a plus in front (`%2B5`) as the date that many seconds from now.
    /// Default: none.
    pub(crate) after: Option<String>,
    /// `Retry-After`, in seconds, of the answer to a request whose action is already running. Default 1.
    pub(crate) busy: Option<u32>,
    /// Length of the value of `huge`. Default 8 MiB.
    pub(crate) bytes: Option<usize>,
    /// Length of the padding in the value of a named call. Default 0.
    pub(crate) size: Option<usize>,
    /// 1: the value of a named call also holds a symbol, so that it needs the codec.
    pub(crate) rich: Option<u8>,
    /// Probability, from 0 to 1, of a fault of [`FAULTS`](crate::FAULTS) if `do` is missing.
    pub(crate) faults: Option<f64>,
    /// Seed of these faults. The same seed, call name and arrival number give the same fault. Default 0.
    pub(crate) seed: Option<u64>,
    /// Redirect of the action, as in `x-action-redirect`: `/elsewhere;push`.
    pub(crate) to: Option<String>,
    /// Revalidation by the action, as in `x-action-revalidated`: 1 everything, 2 dynamic data.
    pub(crate) stale: Option<u16>,
    /// Name of the call, shown in the value and in the ledger.
    pub(crate) call: Option<String>,
    /// Lane of the call, shown in the ledger.
    pub(crate) lane: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum When {
    Before,
    After,
}

/// Name of the header with the wishes.
const HEADER: &str = "misbehave";

impl Wishes {
    /// Reads the wishes of a request. Fails with what is wrong.
    pub(crate) fn of_request(uri: &Uri, headers: &HeaderMap) -> Result<Self, String> {
        let in_query = Self::parse(uri.query().unwrap_or_default())?;
        match headers.get(HEADER) {
            Some(text) => Ok(Self::parse(text.to_str().map_err(|error| format!("{HEADER}: {error}"))?)?.or(in_query)),
            None => Ok(in_query),
        }
    }

    /// Reads words such as `do=cut&when=before`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let uri = format!("/?{text}").parse::<Uri>().map_err(|error| format!("{text}: {error}"))?;
        Query::try_from_uri(&uri).map(|Query(wishes)| wishes).map_err(|error| format!("{text}: {error}"))
    }

    /// Fills missing words from `other`.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            behaviour: self.behaviour.or(other.behaviour),
            when: self.when.or(other.when),
            delay: self.delay.or(other.delay),
            ms: self.ms.or(other.ms),
            work: self.work.or(other.work),
            gate: self.gate.or(other.gate),
            status: self.status.or(other.status),
            after: self.after.or(other.after),
            busy: self.busy.or(other.busy),
            bytes: self.bytes.or(other.bytes),
            size: self.size.or(other.size),
            rich: self.rich.or(other.rich),
            faults: self.faults.or(other.faults),
            seed: self.seed.or(other.seed),
            to: self.to.or(other.to),
            stale: self.stale.or(other.stale),
            call: self.call.or(other.call),
            lane: self.lane.or(other.lane),
        }
    }

    pub(crate) fn is_before(&self) -> bool {
        self.when == Some(When::Before)
    }
}

/// Returns the duration; zero if there is none.
pub(crate) fn millis(ms: Option<u64>) -> Duration {
    Duration::from_millis(ms.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_goes_before_the_query() {
        let mut headers = HeaderMap::new();
        let uri = Uri::from_static("/page?do=cut&ms=5&other=1");
        assert_eq!(Wishes::of_request(&uri, &headers).expect("fine").behaviour.as_deref(), Some("cut"));
        headers.insert(HEADER, "do=reset&when=before".parse().expect("a value"));
        let wishes = Wishes::of_request(&uri, &headers).expect("fine");
        assert_eq!((wishes.behaviour.as_deref(), wishes.ms, wishes.is_before()), (Some("reset"), Some(5), true));
    }

    #[test]
    fn words_that_cannot_be_read_are_errors() {
        assert!(Wishes::parse("when=never").expect_err("no such time").contains("when=never"));
        assert!(Wishes::parse("ms=soon").is_err());
    }
}
