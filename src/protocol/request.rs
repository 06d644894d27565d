//! Names the headers of an action request. Knows neither their order on the wire nor how they are sent.

use super::{ActionId, FLIGHT};

/// Name of the header that makes a POST an action; its value is the action's id.
pub const NEXT_ACTION: &str = "next-action";

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
        let action = include_str!("../../pkg/lib/fetch/action_header.js");
        let key = include_str!("../../pkg/lib/fetch/request_init.js");
        for (name, header, file) in [("NEXT_ACTION", NEXT_ACTION, action), ("IDEMPOTENCY_KEY", IDEMPOTENCY_KEY, key)] {
            let line = format!("export const {name} = \"{header}\";");
            assert!(file.lines().any(|here| here == line), "{line}");
        }
    }
}
