//! Reads an answer's head: which kind of body follows, and what the action made stale.

use super::redirect::Redirect;
use crate::protocol::{FLIGHT, MAX_BODY_BYTES};
use crate::text::{contains, digits, rsplit_once, start};
use crate::{Error, Kind, Sent};

/// What is known when the head of an answer is there.
pub struct Head<'a> {
    /// HTTP status.
    pub status: u16,
    /// The value of a header by its lower-case name.
    pub header: &'a dyn Fn(&'static str) -> Option<String>,
}

/// What the head of an answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub redirect: Option<Redirect>,
    pub revalidated: Option<Revalidated>,
    /// The head has what only the end of an action's run writes there, be it that nothing was made stale.
    pub has_run: bool,
    pub body: Body,
}

/// How the body is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Not at all: the server does not know the action, and did not run it.
    UnknownAction,
    /// Not for a value: the action called `redirect()`, the body is the target page's if `page`, else empty.
    Redirected { page: bool },
    /// As Flight, whatever the status.
    Flight,
    /// Not from the action: a proxy's page, a login page, some other handler.
    Foreign { content_type: Option<String> },
}

impl Answer {
    /// Whether the body may hold the page, rendered again: Next.js does that for what was revalidated, for `notFound()` and its like, and up
    /// to 15.0 for what was revalidated before the action threw, which it does not say in the head.
    pub fn may_be_rendered(&self) -> bool {
        self.revalidated.is_some() || matches!(self.status, 401 | 403 | 404 | 500)
    }

    /// What is known of an action's error, once its head and body are: Next.js in production refuses a request (of another origin, of too many
    /// bytes, with arguments that it cannot read) in the very words in which it tells that an action threw, a digest that its log explains. `page`:
    /// the body holds a page. `bytes`: how many the body of the request had.
    pub fn explain(&self, error: Error, page: bool, bytes: impl FnOnce() -> u64) -> Error {
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
        error.message_of([THREW, refused, &size, "): the digest in the server's log tells"].concat())
    }

    /// Whether a rendered page in the body means that something was revalidated although the head does not say so.
    pub fn is_silent_about_render(&self) -> bool {
        self.revalidated.is_none() && self.status == 500
    }
}

/// What the action made stale: header `x-action-revalidated`. The greater takes in the smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Revalidated {
    /// Only what is rendered for each request: `2`.
    Dynamic,
    /// Data and cached pages: `1`, or the array form of Next up to 16.0.
    All,
}

impl Revalidated {
    /// The word JavaScript sees.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Dynamic => "dynamic",
        }
    }
}

/// Reads the head in the order of Next's own client: unknown action, redirect, revalidated, content type, then Flight.
/// The status decides nothing: a Flight answer of 404 or 500 carries the action's own word.
pub fn classify(head: &Head<'_>) -> Answer {
    let status = head.status;
    let mut answer = Answer { status, redirect: None, revalidated: None, has_run: false, body: Body::UnknownAction };
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

/// The error of [`Body::UnknownAction`].
pub fn unknown_action(status: u16) -> Error {
    Error::new(Kind::ActionNotFound, "the server does not know this action; it did not run").sent(Sent::No).status(status)
}

/// The error of [`Body::Foreign`]. `text` is the beginning of the body, where it is text; `elsewhere` the URL that answered, if `fetch` was
/// redirected to it, as a middleware does that wants a login first.
pub fn foreign(status: u16, content_type: Option<&str>, text: Option<&str>, elsewhere: Option<&str>) -> Error {
    let kind = if status >= 400 { Kind::Http } else { Kind::NotFlight };
    // A content type is the server's text: only its media type is repeated, and only where it looks like one.
    let media = content_type.map(|value| value.split(';').next().unwrap_or_default().trim()).unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/+.-".contains(&byte);
    let what = if !media.is_empty() && media.len() <= 60 && media.bytes().all(plain) { media } else { "no known content type" };
    let from = elsewhere.map(|url| ["the request was redirected to ", start(url, 200), ", which gave "].concat()).unwrap_or_default();
    let message = [&*from, "status ", &digits(status.into()), " with ", what, " instead of an action's answer"].concat();
    let error = Error::new(kind, message).sent(Sent::Yes).status(status);
    match text {
        Some(text) if !text.is_empty() => error.excerpt(start(text, 200)),
        _ => error,
    }
}

/// The error of a value that the action rejected: what `digest` stands for, as Next's own boundaries read it.
/// `message` is there in development only.
pub fn thrown(digest: Option<&str>, message: Option<&str>) -> Error {
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
    let error = error.sent(Sent::Yes);
    match digest {
        Some(digest) => error.digest(digest),
        None => error,
    }
}

const THREW: &str = "the action threw";

/// Recognises errors that Next.js itself throws before the action; only in development it says so.
fn is_refusal(message: &str) -> bool {
    message == "Invalid Server Actions request."
        || (message.starts_with("Body exceeded ") && contains(message, "serverActions#bodysizelimit"))
}

/// Tells whether Next.js has made a digest itself, of an error that has none: decimal digits, in some versions with the code of an error of its own
/// (`123@E80`).
fn is_hash(digest: &str) -> bool {
    let (hash, code) = rsplit_once(digest, "@E").unwrap_or((digest, "0"));
    [hash, code].iter().all(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `1`, `2`, or `[[paths…],tag,cookie]`, the latter two 0 or 1. What is neither says nothing.
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

    fn answer(status: u16, headers: &[(&str, &str)]) -> Answer {
        let header = |name: &str| headers.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        classify(&Head { status, header: &header })
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
        assert_eq!(unknown_action(409).was_sent(), Sent::No);
    }

    #[test]
    fn a_redirect_comes_before_the_content_type() {
        for (content_type, page) in [("text/x-component", true), ("text/html", false)] {
            let answer = answer(303, &[("x-action-redirect", "/a;replace"), ("content-type", content_type), ("x-action-revalidated", "1")]);
            assert_eq!((answer.body, answer.revalidated), (Body::Redirected { page }, Some(Revalidated::All)));
        }
    }

    #[test]
    fn revalidated_in_every_form() {
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
    fn what_is_not_flight_is_told_apart_by_its_status() {
        let Body::Foreign { content_type } = answer(502, &[("content-type", "text/html; charset=utf-8")]).body else { panic!() };
        let error = foreign(502, content_type.as_deref(), Some("<h1>Bad Gateway</h1>"), None);
        assert_eq!((error.kind(), error.http_status(), error.was_sent()), (Kind::Http, Some(502), Sent::Yes));
        assert_eq!(error.message(), "status 502 with text/html instead of an action's answer");
        assert_eq!(error.answer_excerpt(), Some("<h1>Bad Gateway</h1>"));
        assert_eq!(foreign(200, None, None, None).kind(), Kind::NotFlight);
        assert_eq!(
            foreign(200, Some("x\n\u{1}y"), None, None).message(),
            "status 200 with no known content type instead of an action's answer"
        );
        assert_eq!(foreign(200, None, Some(&"é".repeat(500)), None).answer_excerpt().unwrap().chars().count(), 200);
    }

    #[test]
    fn a_followed_redirect_is_said_to_be_one() {
        let error = foreign(200, Some("text/html"), None, Some("https://a.example/login"));
        let message =
            "the request was redirected to https://a.example/login, which gave status 200 with text/html instead of an action's answer";
        assert_eq!((error.kind(), error.message()), (Kind::NotFlight, message));
    }

    #[test]
    fn digests_of_next_have_kinds_of_their_own() {
        let kind = |digest| thrown(Some(digest), None).kind();
        assert_eq!(kind("NEXT_HTTP_ERROR_FALLBACK;404"), Kind::NotFound);
        assert_eq!(kind("NEXT_NOT_FOUND"), Kind::NotFound);
        assert_eq!(kind("NEXT_HTTP_ERROR_FALLBACK;403"), Kind::Forbidden);
        assert_eq!(kind("NEXT_HTTP_ERROR_FALLBACK;401"), Kind::Unauthorized);
        assert_eq!(kind("NEXT_HTTP_ERROR_FALLBACK;418"), Kind::ActionThrew);
        assert_eq!(thrown(Some("123"), None).server_digest(), Some("123"));
        assert_eq!(thrown(None, Some("no funds")).message(), "the action threw: no funds");
    }

    #[test]
    fn a_refusal_is_told_where_the_server_says_so() {
        let message = |message| thrown(Some("1"), Some(message)).message().to_owned();
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
    fn what_a_masked_error_leaves_open_is_said() {
        let explained = |headers: &[_], digest, page, bytes| {
            let flight = [("content-type", FLIGHT)];
            let headers: Vec<_> = flight.iter().chain(headers).copied().collect();
            answer(500, &headers).explain(thrown(Some(digest), None), page, || bytes).message().to_owned()
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
        let spoken = answer(500, &[("content-type", FLIGHT)]).explain(thrown(Some("1"), Some("no funds")), false, || 2_000_000);
        assert_eq!(spoken.message(), "the action threw: no funds");
    }
}
