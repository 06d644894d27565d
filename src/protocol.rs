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
//! use actionlane::protocol::{Body, FLIGHT, RawHead, Revalidated, classify};
//!
//! // The server answered 200, as Flight, and revalidated a path.
//! let header = |name: &str| match name {
//!     "content-type" => Some(FLIGHT.to_owned()),
//!     "x-action-revalidated" => Some("1".to_owned()),
//!     _ => None,
//! };
//! let answer = classify(&RawHead { status: 200, header: &header });
//! assert_eq!(answer.body, Body::Flight);
//! assert_eq!(answer.revalidated, Some(Revalidated::All));
//! ```

mod answer;
mod form;
mod id;
pub mod manifest;
mod next_version;
mod redirect;
mod request;
mod root_row;
mod trace;

pub use answer::{ANSWER_HEADERS, AnswerHead, Body, RawHead, Revalidated, action_error, classify, foreign_error, unknown_action_error};
pub use form::{FormAction, STATE_KEY, is_form_action_field};
pub use id::ActionId;
pub use next_version::{NextVersion, WireForm, wire_form};
pub use redirect::{Redirect, RedirectType};
pub use request::{DEPLOYMENT_ID, IDEMPOTENCY_KEY, MAX_BODY_BYTES, NEXT_ACTION, SKIP_RENDER, is_protected, request_headers};
pub use root_row::Root;
pub use trace::{REQUEST_ID, TRACEPARENT, TraceContext, request_id};

/// Content type of a Flight answer, and the `Accept` of an action request.
pub const FLIGHT: &str = "text/x-component";

#[cfg(test)]
mod tests {
    use super::*;

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
