//! Reads a redirect of an action and decides if the user may be sent there. Resolves no URLs and navigates
//! nowhere: the caller does.
//!
//! Next.js sends the header `x-action-redirect: <url>;push|replace`. Next 14 sends it without the type; for a
//! URL with `;` in it, Next 14 sends an error of the action with the digest
//! `NEXT_REDIRECT;<type>;<url>;<status>;`.

use std::borrow::Cow;

use crate::text::{digits, rsplit_once};
use crate::{Error, Kind, Sent};

/// The target of `redirect()`, as the action's answer states it.
///
/// ```
/// use actionlane::Kind;
/// use actionlane::protocol::{RawHead, Redirect, RedirectType, classify};
///
/// let header = |name: &str| (name == "x-action-redirect").then(|| "/cart?step=2;replace".to_owned());
/// let redirect = classify(&RawHead { status: 303, header: &header }).redirect.unwrap();
/// assert_eq!(redirect.kind, Some(RedirectType::Replace));
///
/// // The URL comes without the app's base path. Resolve the one that `url_to_resolve` returns, then `check` it.
/// assert_eq!(redirect.url_to_resolve("/shop", "/shop/checkout"), "/shop/cart?step=2");
/// assert!(redirect.check(Some(("https:", true))).is_ok());
///
/// let hidden = Redirect { url: "//evil.example/".to_owned(), kind: None };
/// assert_eq!(hidden.check(Some(("https:", false))).unwrap_err().kind(), Kind::RedirectBlocked);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The URL as the server wrote it, maybe relative. Untrusted: pass it to [`check`](Self::check) before use.
    pub url: String,
    /// The kind of navigation. `None` if the server does not state it (Next 14).
    pub kind: Option<RedirectType>,
}

/// The kind of navigation that `redirect()` requests.
///
/// ```
/// use actionlane::protocol::RedirectType;
///
/// assert_eq!((RedirectType::Push.as_str(), RedirectType::Replace.as_str()), ("push", "replace"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectType {
    /// Adds an entry to the history.
    Push,
    /// Replaces the current entry of the history.
    Replace,
}

impl RedirectType {
    /// Returns the word of the header: `push` or `replace`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Replace => "replace",
        }
    }
}

impl Redirect {
    /// Splits the header at its last `;` if a known type follows: a URL may contain `;` itself. `None` for an
    /// empty URL.
    pub(super) fn parse(header: &str) -> Option<Self> {
        let (url, kind) = match rsplit_once(header, ";") {
            Some((url, "push")) => (url, Some(RedirectType::Push)),
            Some((url, "replace")) => (url, Some(RedirectType::Replace)),
            _ => (header, None),
        };
        (!url.is_empty()).then(|| Self { url: as_sent(url).into_owned(), kind })
    }

    /// Reads the digest of a thrown redirect; `None` for any other digest. The type is left out: Next 14 sends
    /// such digests, and its other redirects have no type either.
    ///
    /// ```
    /// use actionlane::protocol::Redirect;
    ///
    /// let redirect = Redirect::of_digest("NEXT_REDIRECT;push;/a;b=1;307;").unwrap();
    /// assert_eq!(redirect.url, "/a;b=1");
    /// assert_eq!(Redirect::of_digest("2338545322"), None);
    /// ```
    pub fn of_digest(digest: &str) -> Option<Self> {
        let (_, rest) = digest.strip_prefix("NEXT_REDIRECT;")?.split_once(';')?;
        let (url, status) = rsplit_once(rest.strip_suffix(';')?, ";")?;
        let known = matches!(status, "303" | "307" | "308");
        (known && !url.is_empty()).then(|| Self { url: url.to_owned(), kind: None })
    }

    /// Returns the URL to resolve against the URL of the page. Next.js writes paths of the app without its
    /// `base_path` (`/shop`, or an empty text). A URL that begins with a dot is relative to `page_path` as a
    /// directory.
    pub fn url_to_resolve(&self, base_path: &str, page_path: &str) -> Cow<'_, str> {
        match self.url.as_bytes() {
            [b'.', ..] => Cow::Owned([page_path.trim_end_matches('/'), "/", &self.url].concat()),
            [b'/', b'/' | b'\\', ..] => Cow::Borrowed(&self.url),
            [b'/', ..] if !base_path.is_empty() => Cow::Owned([base_path, &self.url].concat()),
            _ => Cow::Borrowed(&self.url),
        }
    }

    /// Decides if a user may be sent there. `resolved`: the scheme (`https:`) of the resolved URL, and true if
    /// its origin is the page's; `None` if the URL is not valid.
    ///
    /// Fails with [`Kind::RedirectBlocked`] for a scheme other than http and https, for a URL longer than 16 KiB,
    /// and for another origin unless the URL spells out its scheme (`https://…`, not `//…`).
    pub fn check(&self, resolved: Option<(&str, bool)>) -> Result<(), Error> {
        let blocked = |why: &str| {
            let message = ["the action redirected to ", why].concat();
            Err(Error::new(Kind::RedirectBlocked, message).with_sent(Sent::Yes))
        };
        let spelt_out = |scheme: &str| self.url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
        match resolved {
            _ if self.url.len() > LONGEST => blocked(&["a URL of more than ", &digits(LONGEST as u64), " bytes"].concat()),
            None => blocked("what is not a URL"),
            Some(("http:" | "https:", true)) => Ok(()),
            Some(("http:" | "https:", false)) if spelt_out("http://") || spelt_out("https://") => Ok(()),
            Some(("http:" | "https:", false)) => blocked("another origin without saying so"),
            Some(_) => blocked("a URL that is neither http nor https"),
        }
    }
}

/// Decodes a header's value: Next.js writes UTF-8, and `fetch` returns each byte as a character.
fn as_sent(header: &str) -> Cow<'_, str> {
    if header.is_ascii() {
        return Cow::Borrowed(header);
    }
    let bytes: Option<Vec<u8>> = header.chars().map(|char| u8::try_from(char).ok()).collect();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map_or(Cow::Borrowed(header), Cow::Owned)
}

/// Longest URL, in bytes. Servers send no longer ones: Node.js limits all headers together to this size.
const LONGEST: usize = 16_384;

#[cfg(test)]
mod tests {
    use super::*;

    fn redirect(url: &str) -> Redirect {
        Redirect { url: url.to_owned(), kind: None }
    }

    #[test]
    fn splits_at_the_last_semicolon() {
        use RedirectType::{Push, Replace};
        let parsed = |header| Redirect::parse(header).map(|redirect| (redirect.url, redirect.kind));
        assert_eq!(parsed("/a;push"), Some(("/a".into(), Some(Push))));
        assert_eq!(parsed("./other?x=1;y;replace"), Some(("./other?x=1;y".into(), Some(Replace))));
        assert_eq!(parsed("/a;push;replace"), Some(("/a;push".into(), Some(Replace))));
        assert_eq!(parsed("/next-14"), Some(("/next-14".into(), None)));
        assert_eq!(parsed("/a;b=2"), Some(("/a;b=2".into(), None)));
        assert_eq!(parsed(""), None);
        assert_eq!(parsed(";push"), None);
    }

    #[test]
    fn bytes_of_utf_8_are_put_together_again() {
        let url = |header| Redirect::parse(header).unwrap().url;
        assert_eq!(url("/a?q=\u{c3}\u{a9};push"), "/a?q=é");
        assert_eq!(url("/a?q=\u{e9};push"), "/a?q=é");
        assert_eq!(url("/a?q=日;push"), "/a?q=日");
    }

    #[test]
    fn a_digest_can_be_a_redirect() {
        let url = |digest| Redirect::of_digest(digest).map(|redirect| redirect.url);
        assert_eq!(url("NEXT_REDIRECT;replace;/target?a=1;b=2#hash;303;"), Some("/target?a=1;b=2#hash".into()));
        assert_eq!(url("NEXT_REDIRECT;push;https://a.example/x;y?z;307;"), Some("https://a.example/x;y?z".into()));
        for digest in [
            "NEXT_REDIRECT",
            "NEXT_REDIRECT;push;/a;200;",
            "NEXT_REDIRECT;push;;303;",
            "NEXT_REDIRECT;push;/a;303",
            "NEXT_NOT_FOUND",
            "123",
        ] {
            assert_eq!(url(digest), None, "{digest}");
        }
    }

    #[test]
    fn paths_of_the_app_are_under_its_base_path() {
        let to_resolve = |url: &str| redirect(url).url_to_resolve("/shop", "/shop/cart/").into_owned();
        assert_eq!(to_resolve("/done?x=1"), "/shop/done?x=1");
        assert_eq!(to_resolve("./done"), "/shop/cart/./done");
        assert_eq!(to_resolve("../done"), "/shop/cart/../done");
        assert_eq!(to_resolve("https://pay.example/"), "https://pay.example/");
        assert_eq!(to_resolve("//pay.example/"), "//pay.example/");
        assert_eq!(redirect("/done").url_to_resolve("", "/"), "/done");
    }

    #[test]
    fn another_origin_needs_its_scheme_and_other_schemes_are_blocked() {
        let code = |url: &str, resolved| redirect(url).check(resolved).err().map(|error| error.kind());
        assert_eq!(code("/a", Some(("https:", true))), None);
        assert_eq!(code("HTTPS://pay.example/", Some(("https:", false))), None);
        for (url, resolved) in [
            ("//pay.example/", Some(("https:", false))),
            ("/\\pay.example/", Some(("https:", false))),
            ("javascript:alert(1)", Some(("javascript:", false))),
            ("data:text/html,x", Some(("data:", false))),
            ("blob:https://a.example/x", Some(("blob:", true))),
            ("http://[", None),
        ] {
            assert_eq!(code(url, resolved), Some(Kind::RedirectBlocked), "{url}");
        }
        assert_eq!(code(&format!("/{}", "a".repeat(LONGEST)), Some(("https:", true))), Some(Kind::RedirectBlocked));
    }
}
