//! Reads and writes what Next.js puts around a call: the request's headers, the action's id, and what an answer says before its body is read.
//!
//! Follows `next@16.4.6` (`server-action-reducer.js`, `server-reference-info.js`), with the forms of earlier versions down to 14.2.

mod answer;
mod id;
pub mod manifest;
mod redirect;
mod root;
mod trace;
mod version;

pub use answer::{Answer, Body, Head, Revalidated, classify, foreign, thrown, unknown_action};
pub use id::ActionId;
pub use redirect::{Redirect, RedirectType};
pub use root::Root;
pub use trace::{REQUEST_ID, TRACEPARENT, TraceContext, request_id};
pub use version::{NextVersion, WireForm, wire_form};

/// The content type of a Flight answer, and what an action request accepts.
pub const FLIGHT: &str = "text/x-component";

/// The header that makes a POST an action.
pub const NEXT_ACTION: &str = "next-action";

/// The headers of an answer that are looked at.
pub const ANSWER_HEADERS: [&str; 5] =
    ["content-type", "x-nextjs-action-not-found", "x-action-redirect", "x-action-revalidated", "retry-after"];

/// The largest body Next.js takes unless `serverActions.bodySizeLimit` says otherwise, in bytes.
pub const MAX_BODY_BYTES: u32 = 1_048_576;

/// Asks Next.js not to render the page into the answer. Internal to Next.js: its servers say so to each other when they forward an action.
/// A server that knows the action only on another page refuses it then, as unknown.
pub const SKIP_RENDER: (&str, &str) = ("x-action-forwarded", "1");

/// Names the deployment that the page is of, for platforms that keep several: the request goes to the same one.
pub const DEPLOYMENT_ID: &str = "x-deployment-id";

/// By which a server knows a request that is sent again (draft-ietf-httpapi-idempotency-key-header); Next.js has no part in it.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The headers of an action request, spelled as Next's client spells them: wrappers of `fetch` look for them so. `Content-Type` is for `fetch` to
/// say: it depends on the body, and a form's boundary only `fetch` knows.
pub fn request_headers(id: &ActionId) -> [(&'static str, &str); 2] {
    [("Accept", FLIGHT), (NEXT_ACTION, id.as_str())]
}

/// Whether a header is the protocol's own, so that a caller may not set it: it would make the request something other than this action.
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
            assert!(include_str!("../pkg/lib/init.js").lines().any(|here| here == line), "{line}");
        }
    }

    /// The texts that options are held to, too, by `pkg/test/forms_vectors.test.js`.
    #[test]
    fn the_forms_of_the_vectors() {
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
