//! Handles `Idempotency-Key` as a server should, so that an action that is sent again does not run again.
//!
//! Results are stored by user, action and key. The first request runs the action, and its answer is stored. A request
//! that arrives while the action runs gets 409 and must be sent again; a later one gets the stored answer; one with
//! another body is refused.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};

use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, COOKIE};

/// The key of a request, with its user and its action.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Scope {
    pub(crate) user: String,
    pub(crate) action: String,
    pub(crate) key: String,
}

/// Decision about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The action must run.
    Run,
    /// The action of an earlier request is running.
    InWork,
    /// The action of an earlier request returned this value.
    Stored(String),
    /// An earlier request had another body.
    OtherBody,
}

/// Hash of a body, to compare it with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint(u64);

/// Actions that have run or are running.
#[derive(Debug, Default)]
pub(crate) struct IdempotencyStore(HashMap<Scope, Record>);

#[derive(Debug)]
struct Record {
    body: Fingerprint,
    /// `None` while the action runs.
    value: Option<String>,
}

impl IdempotencyStore {
    /// Decides about a request. After [`Verdict::Run`], the caller must call [`IdempotencyStore::store`].
    pub(crate) fn arrive(&mut self, scope: &Scope, body: Fingerprint) -> Verdict {
        match self.0.entry(scope.clone()) {
            Entry::Vacant(place) => {
                place.insert(Record { body, value: None });
                Verdict::Run
            }
            Entry::Occupied(record) if record.get().body != body => Verdict::OtherBody,
            Entry::Occupied(record) => record.get().value.clone().map_or(Verdict::InWork, Verdict::Stored),
        }
    }

    /// Stores the value of an action that has run. Does nothing if the action was forgotten meanwhile.
    pub(crate) fn store(&mut self, scope: &Scope, value: &str) {
        if let Some(record) = self.0.get_mut(scope) {
            record.value = Some(value.to_owned());
        }
    }

    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }
}

impl Fingerprint {
    /// Hashes a body without the boundary of its form, which is different each time it is sent.
    pub(crate) fn of(headers: &HeaderMap, body: &[u8]) -> Self {
        let mut hasher = DefaultHasher::new();
        match boundary(headers) {
            Some(boundary) => without(body, boundary.as_bytes()).hash(&mut hasher),
            None => body.hash(&mut hasher),
        }
        Self(hasher.finish())
    }
}

/// Returns the cookie `user`, or `anon`.
pub(crate) fn user(headers: &HeaderMap) -> String {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == "user").map_or_else(|| "anon".to_owned(), |(_, value)| value.to_owned())
}

/// Returns the key, written bare or as a quoted string. Fails if it is empty or not text.
pub(crate) fn key(headers: &HeaderMap) -> Result<Option<String>, &'static str> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().map_err(|_| "Idempotency-Key: not text")?.trim();
    let bare = match text.strip_prefix('"') {
        Some(rest) => unescaped(rest.strip_suffix('"').ok_or("Idempotency-Key: the quote does not end")?),
        None => text.to_owned(),
    };
    if bare.is_empty() { Err("Idempotency-Key: empty") } else { Ok(Some(bare)) }
}

/// Replaces `\"` and `\\` of a quoted string.
fn unescaped(quoted: &str) -> String {
    let mut characters = quoted.chars();
    std::iter::from_fn(|| characters.next().and_then(|first| if first == '\\' { characters.next() } else { Some(first) })).collect()
}

fn boundary(headers: &HeaderMap) -> Option<&str> {
    let content_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let (_, boundary) = content_type.split_once("boundary=")?;
    Some(boundary.split(';').next().unwrap_or(boundary).trim_matches('"')).filter(|boundary| !boundary.is_empty())
}

fn without(body: &[u8], boundary: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.windows(boundary.len()).position(|window| window == boundary) {
        kept.extend_from_slice(&rest[..at]);
        rest = &rest[at + boundary.len()..];
    }
    kept.extend_from_slice(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(user: &str, action: &str) -> Scope {
        Scope { user: user.to_owned(), action: action.to_owned(), key: "k".to_owned() }
    }

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(axum::http::HeaderName::from_static(name), value.parse().expect("a value"))])
    }

    #[test]
    fn an_action_runs_once_for_each_user() {
        let mut store = IdempotencyStore::default();
        let body = Fingerprint(1);
        assert_eq!(store.arrive(&scope("a", "x"), body), Verdict::Run);
        assert_eq!(store.arrive(&scope("a", "x"), body), Verdict::InWork);
        assert_eq!(store.arrive(&scope("a", "x"), Fingerprint(2)), Verdict::OtherBody);
        assert_eq!(store.arrive(&scope("b", "x"), body), Verdict::Run);
        assert_eq!(store.arrive(&scope("a", "y"), body), Verdict::Run);
        store.store(&scope("a", "x"), "1");
        assert_eq!(store.arrive(&scope("a", "x"), body), Verdict::Stored("1".to_owned()));
        assert_eq!(store.arrive(&scope("a", "x"), Fingerprint(2)), Verdict::OtherBody);
        store.forget();
        store.store(&scope("b", "x"), "late");
        assert_eq!(store.arrive(&scope("b", "x"), body), Verdict::Run);
    }

    #[test]
    fn a_key_is_bare_or_quoted() {
        let of = |value| key(&headers("idempotency-key", value));
        assert_eq!(of("a-1"), Ok(Some("a-1".to_owned())));
        assert_eq!(of("\"a-1\""), Ok(Some("a-1".to_owned())));
        assert_eq!(of("\"a\\\"1\\\\\""), Ok(Some("a\"1\\".to_owned())));
        assert!(of("\"a").is_err());
        assert!(of("\"\"").is_err());
        assert_eq!(key(&HeaderMap::new()), Ok(None));
    }

    #[test]
    fn users_are_told_apart_by_a_cookie() {
        assert_eq!(user(&headers("cookie", "a=b; user=ann; c=d")), "ann");
        assert_eq!(user(&headers("cookie", "superuser=ann")), "anon");
    }

    #[test]
    fn a_boundary_is_no_difference() {
        let form = |boundary: &str, value: &str| {
            let headers = headers("content-type", &format!("multipart/form-data; boundary={boundary}"));
            let body = format!("--{boundary}\r\ncontent-disposition: form-data; name=\"0\"\r\n\r\n{value}\r\n--{boundary}--\r\n");
            Fingerprint::of(&headers, body.as_bytes())
        };
        assert_eq!(form("----a1", "x"), form("----b2", "x"));
        assert_ne!(form("----a1", "x"), form("----a1", "y"));
    }
}
