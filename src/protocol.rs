//! Reads and writes what Next.js puts around a call: the headers of the request, the id of the action, and the
//! facts that an answer states before its value is decoded. Knows no network and no JavaScript; reads no
//! values.
//!
//! Follows `next@16.4.6` (`server-action-reducer.js`, `server-reference-info.js`), and supports the forms of
//! earlier versions down to 14.2.
//!
//! A request is made of an id and a few headers:
//!
//! ```
//! use actionlane::protocol::{
//!     ActionId, DEPLOYMENT_ID, IDEMPOTENCY_KEY, MAX_BODY_BYTES, SKIP_RENDER, is_protected, request_headers,
//! };
//!
//! let id = ActionId::parse("40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")?;
//! let mut headers = request_headers(&id).to_vec();
//! headers.push((DEPLOYMENT_ID, "dpl_1")); // the build that this page is from
//! headers.push((IDEMPOTENCY_KEY, "8e03978e-40d5-43dd-bc93-6894a57f9324")); // so that it may be retried
//! headers.push(SKIP_RENDER); // the page is not needed
//!
//! // Headers that the caller adds must not replace those of the protocol; the idempotency key is the caller's.
//! let protected = headers.iter().filter(|(name, _)| is_protected(name)).map(|(name, _)| *name);
//! assert_eq!(protected.collect::<Vec<_>>(), ["Accept", "next-action", "x-deployment-id", "x-action-forwarded"]);
//!
//! let body = r#"["first argument"]"#;
//! assert!(body.len() <= MAX_BODY_BYTES as usize, "a server with default settings accepts it");
//! # Ok::<(), actionlane::Error>(())
//! ```
//!
//! An answer is judged by its head; the value is in the body:
//!
//! ```
//! use actionlane::protocol::{Body, FLIGHT, Head, Revalidated, classify};
//!
//! // The server answered 200, as Flight, and revalidated a path.
//! let header = |name: &str| match name {
//!     "content-type" => Some(FLIGHT.to_owned()),
//!     "x-action-revalidated" => Some("1".to_owned()),
//!     _ => None,
//! };
//! let answer = classify(&Head { status: 200, header: &header });
//! assert_eq!(answer.body, Body::Flight);
//! assert_eq!(answer.revalidated, Some(Revalidated::All));
//! ```

mod answer;
mod id;
pub mod manifest;
mod redirect;
mod root_row;
mod trace;
mod version;

pub use answer::{Answer, Body, Head, Revalidated, classify, foreign, thrown, unknown_action};
pub use id::ActionId;
pub use redirect::{Redirect, RedirectType};
pub use root_row::Root;
pub use trace::{REQUEST_ID, TRACEPARENT, TraceContext, request_id};
pub use version::{NextVersion, WireForm, wire_form};

/// Content type of a Flight answer, and the `Accept` of an action request.
pub const FLIGHT: &str = "text/x-component";

/// Name of the header that makes a POST an action; its value is the action's id.
pub const NEXT_ACTION: &str = "next-action";

/// Names of the answer's headers that this crate reads: those of [`classify`] and `retry-after`.
///
/// ```
/// use actionlane::protocol::{ANSWER_HEADERS, Head, classify};
///
/// // `classify` requests no other header, so a client may fetch these in one go.
/// let header = |name: &'static str| {
///     assert!(ANSWER_HEADERS.contains(&name));
///     None
/// };
/// classify(&Head { status: 200, header: &header });
/// ```
pub const ANSWER_HEADERS: [&str; 5] =
    ["content-type", "x-nextjs-action-not-found", "x-action-redirect", "x-action-revalidated", "retry-after"];

/// Largest request body that Next.js accepts by default (`serverActions.bodySizeLimit`), in bytes: 1 MiB.
pub const MAX_BODY_BYTES: u32 = 1_048_576;

/// Header (name and value) that asks Next.js not to render the page into the answer. Internal to Next.js: its
/// servers send it when one forwards an action to another. With this header, a server that knows the action only on
/// another page refuses it as unknown.
pub const SKIP_RENDER: (&str, &str) = ("x-action-forwarded", "1");

/// Name of the header that holds the deployment of the page. Platforms that run several deployments at once use it
/// to route the request to the same one.
pub const DEPLOYMENT_ID: &str = "x-deployment-id";

/// Default name of the header with the idempotency key, by which a server recognises a request that is sent again
/// (draft-ietf-httpapi-idempotency-key-header). Next.js ignores it; the action must read it.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Returns the headers of an action request (name and value), spelled as Next's client spells them: code of the
/// page that wraps `fetch` looks for these spellings. `Content-Type` is not among them: `fetch` sets it by the
/// body, and only `fetch` knows the boundary of a form.
///
/// ```
/// use actionlane::protocol::{ActionId, FLIGHT, NEXT_ACTION, request_headers};
///
/// let id = ActionId::parse("40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")?;
/// let [accept, action] = request_headers(&id);
/// assert_eq!(accept, ("Accept", FLIGHT));
/// assert_eq!(action, (NEXT_ACTION, "40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
/// # Ok::<(), actionlane::Error>(())
/// ```
pub fn request_headers(id: &ActionId) -> [(&'static str, &str); 2] {
    [("Accept", FLIGHT), (NEXT_ACTION, id.as_str())]
}

/// Returns true if the protocol owns the header. A caller may not set it: the request would no longer be a call
/// of this action. Ignores case and spaces around the name.
///
/// ```
/// use actionlane::protocol::is_protected;
///
/// assert!(is_protected("Next-Action"));
/// assert!(is_protected("RSC"), "it would ask for a page instead");
/// assert!(!is_protected("Authorization"));
/// ```
pub fn is_protected(header: &str) -> bool {
    const OWN: [&str; 12] = [
        "accept",
        "content-type",
        NEXT_ACTION,
        "next-resume",
        "next-router-prefetch",
        "next-router-segment-prefetch",
        "next-router-state-tree",
        "next-url",
        "rsc",
        "x-action-forwarded",
        DEPLOYMENT_ID,
        "x-forwarded-host",
    ];
    let header = header.trim();
    OWN.iter().any(|own| own.eq_ignore_ascii_case(header)) || header.to_ascii_lowercase().starts_with("x-next-resume")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_request_never_says_rsc() {
        let id = ActionId::parse(&"0".repeat(42)).unwrap();
        let headers = request_headers(&id);
        assert_eq!(headers, [("Accept", "text/x-component"), ("next-action", id.as_str())]);
    }

    #[test]
    fn both_sides_know_headers_by_the_same_names() {
        for (name, header) in [("NEXT_ACTION", NEXT_ACTION), ("IDEMPOTENCY_KEY", IDEMPOTENCY_KEY)] {
            let line = format!("export const {name} = \"{header}\";");
            assert!(include_str!("../pkg/lib/fetch/request_init.js").lines().any(|here| here == line), "{line}");
        }
    }

    /// Runs the texts that `pkg/test/forms_vectors.test.js` gives to the options, too.
    #[test]
    fn the_forms_of_the_vectors_are_accepted_or_refused() {
        let vectors: serde_json::Value = serde_json::from_str(include_str!("../tests/vectors/forms.json")).unwrap();
        let check = |form: &str, holds: fn(&str) -> bool| {
            let list = vectors[form].as_array().unwrap();
            for row in list {
                assert_eq!(holds(row["text"].as_str().unwrap()), row["holds"] == true, "{form} {row}");
            }
            assert!(!list.is_empty());
        };
        check("traceparent", |text| TraceContext::continuing(text).is_ok());
        check("nextVersion", |text| NextVersion::parse(text).is_ok());
        check("actionId", |text| ActionId::parse(text).is_ok());
        for row in vectors["actionId"].as_array().unwrap() {
            let cached = ActionId::parse(row["text"].as_str().unwrap()).is_ok_and(|id| id.is_cached());
            assert_eq!(cached, row["cached"] == true, "{row}");
        }
        assert_eq!(vectors["idempotencyHeader"], IDEMPOTENCY_KEY);
    }

    #[test]
    fn the_protocols_own_headers_are_protected_in_any_case() {
        for header in
            ["Next-Action", "RSC", "Accept", " content-type ", "X-Action-Forwarded", "X-Deployment-Id", "x-next-resume-state-length"]
        {
            assert!(is_protected(header), "{header}");
        }
        for header in ["Authorization", "X-Request-Id", "Idempotency-Key", "accept-language"] {
            assert!(!is_protected(header), "{header}");
        }
    }
}
