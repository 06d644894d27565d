//! What an answer is asked to be like.

use std::time::Duration;

use axum::extract::Query;
use axum::http::{HeaderMap, Uri};
use serde::Deserialize;

/// Said in the request's header `Misbehave: do=cut&when=before`, in its query in the same words, or for all by
/// `POST /__misbehave?…`; what one of them does not say, the next may.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// How to answer: a name of [`Behaviour::ALL`](crate::Behaviour::ALL). Default `ok`.
    #[serde(rename = "do")]
    pub(crate) behaviour: Option<String>,
    /// Whether it goes wrong before the action has run, which then does not run, or after. Default `after`.
    pub(crate) when: Option<When>,
    /// Milliseconds to wait before answering; with `when=before`, before the action runs.
    pub(crate) delay: Option<u64>,
    /// Milliseconds of `slow` (default 0), and between two pieces of `drip` (default 5).
    pub(crate) ms: Option<u64>,
    /// Milliseconds the action takes.
    pub(crate) work: Option<u64>,
    /// The action runs no further until `POST /__gate?name=…`.
    pub(crate) gate: Option<String>,
    /// The status of `status` (default 500) and `login` (default 303).
    pub(crate) status: Option<u16>,
    /// `Retry-After` of `status`: as it is, or with a plus in front (`%2B5`) as the date so many seconds from now. Default none.
    pub(crate) after: Option<String>,
    /// `Retry-After` of the answer to an action that is in work already, in seconds. Default 1.
    pub(crate) busy: Option<u32>,
    /// How long the value of `huge` is. Default 8 MiB.
    pub(crate) bytes: Option<usize>,
    /// How long the padding in the value of a named call is. Default 0.
    pub(crate) size: Option<usize>,
    /// 1: the value of a named call holds a symbol, too, which takes the codec.
    pub(crate) rich: Option<u8>,
    /// How often (0 to 1) something of [`DRAWN`](crate::DRAWN) happens instead, where `do` is not said.
    pub(crate) faults: Option<f64>,
    /// What those are drawn with: the same seed, name of the call and count of its arrival draw the same. Default 0.
    pub(crate) seed: Option<u64>,
    /// Where the action redirects, as `x-action-redirect` has it: `/elsewhere;push`.
    pub(crate) to: Option<String>,
    /// What the action has made stale, as `x-action-revalidated` has it: 1 all, 2 what is dynamic.
    pub(crate) stale: Option<u16>,
    /// What the caller calls this call: it is in the value and in the ledger.
    pub(crate) call: Option<String>,
    /// The lane it says it came through: it is in the ledger.
    pub(crate) lane: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum When {
    Before,
    After,
}

/// The header it may be said in.
const HEADER: &str = "misbehave";

impl Asked {
    /// What a request says. Fails with what is wrong with that.
    pub(crate) fn by(uri: &Uri, headers: &HeaderMap) -> Result<Self, String> {
        let in_query = Self::parse(uri.query().unwrap_or_default())?;
        match headers.get(HEADER) {
            Some(text) => Ok(Self::parse(text.to_str().map_err(|error| format!("{HEADER}: {error}"))?)?.or(in_query)),
            None => Ok(in_query),
        }
    }

    /// Reads `do=cut&when=before`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let uri = format!("/?{text}").parse::<Uri>().map_err(|error| format!("{text}: {error}"))?;
        Query::try_from_uri(&uri).map(|Query(asked)| asked).map_err(|error| format!("{text}: {error}"))
    }

    /// What neither says stays unsaid.
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

/// Nothing where nothing is said.
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
        assert_eq!(Asked::by(&uri, &headers).expect("fine").behaviour.as_deref(), Some("cut"));
        headers.insert(HEADER, "do=reset&when=before".parse().expect("a value"));
        let asked = Asked::by(&uri, &headers).expect("fine");
        assert_eq!((asked.behaviour.as_deref(), asked.ms, asked.is_before()), (Some("reset"), Some(5), true));
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert!(Asked::parse("when=never").expect_err("no such time").contains("when=never"));
        assert!(Asked::parse("ms=soon").is_err());
    }
}
