//! Reads the head of an answer: the kind of body that follows, a redirect, and what the action revalidated.
//! Makes the errors of answers that hold no value. Reads no bodies.

use super::redirect::Redirect;
use crate::protocol::{FLIGHT, MAX_BODY_BYTES};
use crate::text::{contains, digits, first_characters, rsplit_once};
use crate::{Error, Kind, Sent};

/// Names of the answer's headers that this crate reads: those of [`classify`] and `retry-after`.
///
/// ```
/// use actionlane::protocol::{ANSWER_HEADERS, RawHead, classify};
///
/// // `classify` requests no other header, so a client may fetch these in one go.
/// let header = |name: &'static str| {
///     assert!(ANSWER_HEADERS.contains(&name));
///     None
/// };
/// classify(&RawHead { status: 200, header: &header });
/// ```
pub const ANSWER_HEADERS: [&str; 5] =
    ["content-type", "x-nextjs-action-not-found", "x-action-redirect", "x-action-revalidated", "retry-after"];

/// The head of an answer, as the network layer has it: the argument of [`classify`].
///
/// ```
/// use actionlane::protocol::{Body, RawHead, classify};
///
/// let headers = [("content-type", "text/html")];
/// let header = |name: &str| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
/// let answer = classify(&RawHead { status: 502, header: &header });
/// assert_eq!(answer.body, Body::Foreign { content_type: Some("text/html".to_owned()) });
/// ```
pub struct RawHead<'a> {
    /// HTTP status.
    pub status: u16,
    /// Returns the value of a header by its lower-case name; `None` if the answer does not have it.
    pub header: &'a dyn Fn(&'static str) -> Option<String>,
}

/// The facts that the head of an answer states. [`classify`] returns it.
///
/// ```
/// use actionlane::protocol::{FLIGHT, RawHead, action_error, classify};
///
/// // In production Next.js masks errors: a refused request and an action that threw look the same.
/// let header = |name: &str| (name == "content-type").then(|| FLIGHT.to_owned());
/// let answer = classify(&RawHead { status: 500, header: &header });
/// assert!(!answer.has_run);
/// let error = answer.mention_possible_refusal(action_error(Some("2338545322"), None), false, || 2_000_000);
/// assert!(error.message().contains("bodySizeLimit"), "a body of 2 MB may be too large");
///
/// // An answer of 500 may hold the rendered page, and then the action revalidated something.
/// assert!(answer.may_be_rendered() && answer.render_means_revalidated());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerHead {
    /// HTTP status.
    pub status: u16,
    /// The redirect, if the action called `redirect()`.
    pub redirect: Option<Redirect>,
    /// The data that the action revalidated. `None` if the head states none.
    pub revalidated: Option<Revalidated>,
    /// True if the head has `x-action-revalidated`: Next.js writes it only after the action ran, even when
    /// nothing was revalidated.
    pub has_run: bool,
    /// The kind of body that follows.
    pub body: Body,
}

/// The way to read a body.
///
/// ```
/// use actionlane::protocol::{Body, RawHead, classify};
///
/// let header = |name: &str| (name == "x-nextjs-action-not-found").then(|| "1".to_owned());
/// assert_eq!(classify(&RawHead { status: 404, header: &header }).body, Body::UnknownAction);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// No value: the server does not know the action and did not run it. See [`unknown_action_error`].
    UnknownAction,
    /// No value: the action called `redirect()`.
    Redirected {
        /// True if the body holds the target page as Flight; otherwise the body is empty.
        page: bool,
    },
    /// A value or an error as Flight, at any status.
    Flight,
    /// No answer of the action: a proxy's page, a login page, some other handler. See [`foreign_error`].
    Foreign {
        /// The header `content-type`; `None` if the answer has none.
        content_type: Option<String>,
    },
}

impl AnswerHead {
    /// Returns true if the body may hold the page, rendered again. Next.js renders it after a revalidation and
    /// after `notFound()`, `forbidden()` and `unauthorized()`. Up to 15.0 it also does so for a revalidation
    /// before the action threw, which the head does not state.
    pub fn may_be_rendered(&self) -> bool {
        self.revalidated.is_some() || matches!(self.status, 401 | 403 | 404 | 500)
    }

    /// Adds to the error of an action that the server may instead have refused the request. Call it once the head
    /// and the value are read. Other errors are returned unchanged.
    ///
    /// In production, Next.js answers a request that it refuses (of another origin, with too many bytes, with
    /// arguments that it cannot read) in the same way as an action that threw: with a digest, which only the
    /// server's log explains.
    ///
    /// `page`: true if the body holds the page. `bytes`: returns the size of the request's body, in bytes; called
    /// only if the error is unclear.
    pub fn mention_possible_refusal(&self, error: Error, page: bool, bytes: impl FnOnce() -> u64) -> Error {
        let hashed = error.server_digest().is_some_and(is_hash);
        if error.kind() != Kind::ActionThrew || error.message() != THREW || self.status != 500 || self.has_run || page || !hashed {
            return error;
        }
        let (bytes, usual) = (bytes(), u64::from(MAX_BODY_BYTES));
        let size = if bytes > usual {
            [": ", &digits(bytes), " bytes here, and it takes ", &digits(usual), " unless bodySizeLimit says more"].concat()
        } else {
            String::new()
        };
        let refused = ", or the server refused the request (its origin, its size";
        error.with_message([THREW, refused, &size, "): the digest in the server's log tells"].concat())
    }

    /// Returns true if a rendered page in the body means that something was revalidated although the head does
    /// not state it.
    pub fn render_means_revalidated(&self) -> bool {
        self.revalidated.is_none() && self.status == 500
    }
}

/// The extent of a revalidation: header `x-action-revalidated`. [`All`](Self::All) is the greater one and
/// includes [`Dynamic`](Self::Dynamic).
///
/// ```
/// use actionlane::protocol::Revalidated;
///
/// assert!(Revalidated::All > Revalidated::Dynamic);
/// assert_eq!(Revalidated::Dynamic.as_str(), "dynamic");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Revalidated {
    /// Only the parts of pages that are rendered for each request: `2`.
    Dynamic,
    /// Data and cached pages: `1`, or the array form of Next up to 16.0.
    All,
}

impl Revalidated {
    /// Returns the word that JavaScript uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Dynamic => "dynamic",
        }
    }
}

/// Reads the head in the order of Next's own client: unknown action, redirect, revalidation, content type. The
/// status decides nothing: a Flight answer of 404 or 500 still comes from the action.
///
/// ```
/// use actionlane::protocol::{Body, RawHead, classify};
///
/// let header = |name: &str| match name {
///     "content-type" => Some("text/x-component".to_owned()),
///     "x-action-redirect" => Some("/done;push".to_owned()),
///     _ => None,
/// };
/// let answer = classify(&RawHead { status: 303, header: &header });
/// assert_eq!(answer.redirect.unwrap().url, "/done");
/// assert_eq!(answer.body, Body::Redirected { page: true });
/// ```
pub fn classify(head: &RawHead<'_>) -> AnswerHead {
    let status = head.status;
    let mut answer = AnswerHead { status, redirect: None, revalidated: None, has_run: false, body: Body::UnknownAction };
    if (head.header)("x-nextjs-action-not-found").as_deref() == Some("1") {
        return answer;
    }
    answer.redirect = (head.header)("x-action-redirect").as_deref().and_then(Redirect::parse);
    let revalidated = (head.header)("x-action-revalidated");
    answer.has_run = revalidated.is_some();
    answer.revalidated = revalidated.as_deref().and_then(parse_revalidated);
    let content_type = (head.header)("content-type");
    let flight = content_type.as_deref().is_some_and(|value| value.starts_with(FLIGHT));
    answer.body = if answer.redirect.is_some() {
        Body::Redirected { page: flight }
    } else if flight {
        Body::Flight
    } else {
        Body::Foreign { content_type }
    };
    answer
}

/// Makes the error of [`Body::UnknownAction`]. `status`: the HTTP status of the answer.
///
/// ```
/// use actionlane::Sent;
/// use actionlane::protocol::unknown_action_error;
///
/// let error = unknown_action_error(404);
/// assert_eq!(error.kind().code(), "ACTION_NOT_FOUND");
/// assert_eq!(error.sent(), Sent::No, "the action did not run: the call may be sent again");
/// ```
pub fn unknown_action_error(status: u16) -> Error {
    Error::new(Kind::ActionNotFound, "the server does not know this action; it did not run").with_sent(Sent::No).with_status(status)
}

/// Makes the error of [`Body::Foreign`]: `HTTP` from status 400 on, `NOT_FLIGHT` below.
///
/// `text`: the beginning of the body, where it is text; the error holds up to 200 characters of it.
/// `redirected_url`: the URL that answered, if `fetch` followed a redirect, such as a middleware's to a login page.
///
/// ```
/// use actionlane::Kind;
/// use actionlane::protocol::foreign_error;
///
/// let error = foreign_error(502, Some("text/html"), Some("<h1>Bad Gateway</h1>"), None);
/// assert_eq!(error.kind(), Kind::Http);
/// assert_eq!(error.message(), "status 502 with text/html instead of an action's answer");
/// assert_eq!(error.excerpt(), Some("<h1>Bad Gateway</h1>"));
///
/// let login = foreign_error(200, Some("text/html"), None, Some("https://a.example/login"));
/// assert_eq!(login.kind(), Kind::NotFlight);
/// assert!(login.message().starts_with("the request was redirected to https://a.example/login"));
/// ```
pub fn foreign_error(status: u16, content_type: Option<&str>, text: Option<&str>, redirected_url: Option<&str>) -> Error {
    let kind = if status >= 400 { Kind::Http } else { Kind::NotFlight };
    // The content type is text of the server: only its media type is repeated, and only where it looks like one.
    let media = content_type.map(|value| value.split(';').next().unwrap_or_default().trim()).unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/+.-".contains(&byte);
    let what = if !media.is_empty() && media.len() <= 60 && media.bytes().all(plain) { media } else { "no known content type" };
    let from = redirected_url
        .map(|url| ["the request was redirected to ", first_characters(url, 200), ", which gave "].concat())
        .unwrap_or_default();
    let message = [&*from, "status ", &digits(status.into()), " with ", what, " instead of an action's answer"].concat();
    let error = Error::new(kind, message).with_sent(Sent::Yes).with_status(status);
    match text {
        Some(text) if !text.is_empty() => error.with_excerpt(first_characters(text, 200)),
        _ => error,
    }
}

/// Makes the error of a value that the action rejected. The digest tells its kind, as Next's own error
/// boundaries read it. `message`: the text of the error; Next.js sends it only in development.
///
/// ```
/// use actionlane::Kind;
/// use actionlane::protocol::action_error;
///
/// assert_eq!(action_error(Some("NEXT_HTTP_ERROR_FALLBACK;404"), None).kind(), Kind::NotFound);
/// let error = action_error(Some("2338545322"), Some("no funds"));
/// assert_eq!((error.kind(), error.message()), (Kind::ActionThrew, "the action threw: no funds"));
/// assert_eq!(error.server_digest(), Some("2338545322"), "the server's log has it, too");
/// ```
pub fn action_error(digest: Option<&str>, message: Option<&str>) -> Error {
    let (kind, what) = match digest {
        Some("NEXT_HTTP_ERROR_FALLBACK;404" | "NEXT_NOT_FOUND") => (Kind::NotFound, "the action called notFound()"),
        Some("NEXT_HTTP_ERROR_FALLBACK;403") => (Kind::Forbidden, "the action called forbidden()"),
        Some("NEXT_HTTP_ERROR_FALLBACK;401") => (Kind::Unauthorized, "the action called unauthorized()"),
        _ if message.is_some_and(is_refusal) => (Kind::ActionThrew, "the server refused the request, and the action did not run"),
        _ => (Kind::ActionThrew, THREW),
    };
    let error = match message {
        Some(message) if kind == Kind::ActionThrew && !message.is_empty() => Error::new(kind, [what, ": ", message].concat()),
        _ => Error::new(kind, what),
    };
    let error = error.with_sent(Sent::Yes);
    match digest {
        Some(digest) => error.with_digest(digest),
        None => error,
    }
}

const THREW: &str = "the action threw";

/// Returns true for the errors that Next.js throws before it runs the action. Only development builds send
/// these texts.
fn is_refusal(message: &str) -> bool {
    message == "Invalid Server Actions request."
        || (message.starts_with("Body exceeded ") && contains(message, "serverActions#bodysizelimit"))
}

/// Returns true if Next.js made the digest, for an error that has none of its own: decimal digits, in some
/// versions followed by an error code of Next.js (`123@E80`).
fn is_hash(digest: &str) -> bool {
    let (hash, code) = rsplit_once(digest, "@E").unwrap_or((digest, "0"));
    [hash, code].iter().all(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Reads `1`, `2`, or `[[paths…],tag,cookie]`, the latter two 0 or 1. Returns `None` for any other text.
fn parse_revalidated(header: &str) -> Option<Revalidated> {
    let header = header.trim();
    let Some(array) = header.strip_prefix("[[").and_then(|rest| rest.strip_suffix(']')) else {
        return match header.parse::<u32>() {
            Ok(0) | Err(_) => None,
            Ok(1) => Some(Revalidated::All),
            Ok(_) => Some(Revalidated::Dynamic),
        };
    };
    let (paths, flags) = rsplit_once(array, "],")?;
    let stale = !paths.trim().is_empty() || flags.split(',').any(|flag| flag.trim() == "1");
    stale.then_some(Revalidated::All)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)]) -> AnswerHead {
        let header = |name: &str| headers.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        classify(&RawHead { status, header: &header })
    }

    #[test]
    fn flight_counts_at_any_status() {
        for status in [200, 401, 404, 500] {
            assert_eq!(answer(status, &[("content-type", "text/x-component")]).body, Body::Flight);
        }
        assert_eq!(answer(200, &[("content-type", "text/x-component; charset=utf-8")]).body, Body::Flight);
    }

    #[test]
    fn action_not_found_comes_first() {
        let answer =
            answer(409, &[("x-nextjs-action-not-found", "1"), ("x-action-redirect", "/a;push"), ("content-type", "text/x-component")]);
        assert_eq!((answer.body, answer.redirect), (Body::UnknownAction, None));
        assert_eq!(unknown_action_error(409).sent(), Sent::No);
    }

    #[test]
    fn a_redirect_comes_before_the_content_type() {
        for (content_type, page) in [("text/x-component", true), ("text/html", false)] {
            let answer = answer(303, &[("x-action-redirect", "/a;replace"), ("content-type", content_type), ("x-action-revalidated", "1")]);
            assert_eq!((answer.body, answer.revalidated), (Body::Redirected { page }, Some(Revalidated::All)));
        }
    }

    #[test]
    fn every_form_of_revalidated_is_read() {
        use Revalidated::{All, Dynamic};
        let cases = [
            ("1", Some(All)),
            ("2", Some(Dynamic)),
            ("0", None),
            ("[[],0,0]", None),
            ("[[],1,0]", Some(All)),
            ("[[],0,1]", Some(All)),
            ("[[\"/a\"],0,0]", Some(All)),
            ("[[], 0, 1]", Some(All)),
            ("", None),
            ("yes", None),
            ("[[", None),
            ("[]", None),
            ("[[],", None),
            ("{\"a\":1}", None),
        ];
        for (header, expected) in cases {
            let answer = answer(200, &[("x-action-revalidated", header), ("content-type", FLIGHT)]);
            assert_eq!(answer.revalidated, expected, "{header}");
        }
    }

    #[test]
    fn an_answer_that_is_not_flight_fails_by_its_status() {
        let Body::Foreign { content_type } = answer(502, &[("content-type", "text/html; charset=utf-8")]).body else { panic!() };
        let error = foreign_error(502, content_type.as_deref(), Some("<h1>Bad Gateway</h1>"), None);
        assert_eq!((error.kind(), error.http_status(), error.sent()), (Kind::Http, Some(502), Sent::Yes));
        assert_eq!(error.message(), "status 502 with text/html instead of an action's answer");
        assert_eq!(error.excerpt(), Some("<h1>Bad Gateway</h1>"));
        assert_eq!(foreign_error(200, None, None, None).kind(), Kind::NotFlight);
        assert_eq!(
            foreign_error(200, Some("x\n\u{1}y"), None, None).message(),
            "status 200 with no known content type instead of an action's answer"
        );
        assert_eq!(foreign_error(200, None, Some(&"é".repeat(500)), None).excerpt().unwrap().chars().count(), 200);
    }

    #[test]
    fn the_message_names_the_url_of_a_followed_redirect() {
        let error = foreign_error(200, Some("text/html"), None, Some("https://a.example/login"));
        let message =
            "the request was redirected to https://a.example/login, which gave status 200 with text/html instead of an action's answer";
        assert_eq!((error.kind(), error.message()), (Kind::NotFlight, message));
    }

    #[test]
    fn digests_of_next_have_kinds_of_their_own() {
        let kind = |digest| action_error(Some(digest), None).kind();
        assert_eq!(kind("NEXT_HTTP_ERROR_FALLBACK;404"), Kind::NotFound);
        assert_eq!(kind("NEXT_NOT_FOUND"), Kind::NotFound);
        assert_eq!(kind("NEXT_HTTP_ERROR_FALLBACK;403"), Kind::Forbidden);
        assert_eq!(kind("NEXT_HTTP_ERROR_FALLBACK;401"), Kind::Unauthorized);
        assert_eq!(kind("NEXT_HTTP_ERROR_FALLBACK;418"), Kind::ActionThrew);
        assert_eq!(action_error(Some("123"), None).server_digest(), Some("123"));
        assert_eq!(action_error(None, Some("no funds")).message(), "the action threw: no funds");
    }

    #[test]
    fn a_refusal_is_recognised_by_its_message() {
        let message = |message| action_error(Some("1"), Some(message)).message().to_owned();
        let refused = "the server refused the request, and the action did not run: ";
        for text in [
            "Invalid Server Actions request.",
            "Body exceeded 1 MB limit.\nTo configure the body size limit for Server Actions, see: \
             https://nextjs.org/docs/app/api-reference/next-config-js/serverActions#bodysizelimit",
        ] {
            assert_eq!(message(text), format!("{refused}{text}"));
        }
        assert_eq!(message("Body exceeded patience"), "the action threw: Body exceeded patience");
    }

    #[test]
    fn a_masked_error_names_both_possible_causes() {
        let explained = |headers: &[_], digest, page, bytes| {
            let flight = [("content-type", FLIGHT)];
            let headers: Vec<_> = flight.iter().chain(headers).copied().collect();
            answer(500, &headers).mention_possible_refusal(action_error(Some(digest), None), page, || bytes).message().to_owned()
        };
        let open = "the action threw, or the server refused the request (its origin, its size): the digest in the server's log tells";
        assert_eq!(explained(&[], "2338545322", false, 1_000_000), open);
        assert_eq!(explained(&[], "2338545322@E80", false, 10), open);
        let large = "the action threw, or the server refused the request (its origin, its size: 1048577 bytes here, and it takes 1048576 unless \
                     bodySizeLimit says more): the digest in the server's log tells";
        assert_eq!(explained(&[], "1", false, 1_048_577), large);
        for digest in ["MY_DIGEST", "12x", "@E1", ""] {
            assert_eq!(explained(&[], digest, false, 2_000_000), THREW, "the action's own digest: {digest}");
        }
        assert_eq!(explained(&[("x-action-revalidated", "[[],0,0]")], "1", false, 2_000_000), THREW, "it has run to its end");
        assert_eq!(explained(&[], "1", true, 2_000_000), THREW, "it has made a page stale");
        let spoken =
            answer(500, &[("content-type", FLIGHT)])
                .mention_possible_refusal(action_error(Some("1"), Some("no funds")), false, || 2_000_000);
        assert_eq!(spoken.message(), "the action threw: no funds");
    }
}
