//! Where an action sends the user: header `x-action-redirect: <url>;push|replace`, without the type in Next 14, which takes a URL with `;`
//! in it for an error of the action's, with the digest `NEXT_REDIRECT;<type>;<url>;<status>;`.

use std::borrow::Cow;

use crate::text::digits;
use crate::{Error, Kind, Sent};

/// The action called `redirect()`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// As the server wrote it; may be relative. Untrusted.
    pub url: String,
    pub kind: Option<RedirectType>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectType {
    Push,
    Replace,
}

impl RedirectType {
    /// The word of the header.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Replace => "replace",
        }
    }
}

impl Redirect {
    /// Splits at the last `;`, and only before a known type: a URL may hold `;` itself.
    pub(super) fn parse(header: &str) -> Option<Self> {
        let (url, kind) = match header.rsplit_once(';') {
            Some((url, "push")) => (url, Some(RedirectType::Push)),
            Some((url, "replace")) => (url, Some(RedirectType::Replace)),
            _ => (header, None),
        };
        (!url.is_empty()).then(|| Self { url: as_sent(url).into_owned(), kind })
    }

    /// What a thrown redirect's digest says. Its type is left out: where such a digest is sent, no other redirect has one either.
    pub fn of_digest(digest: &str) -> Option<Self> {
        let (_, rest) = digest.strip_prefix("NEXT_REDIRECT;")?.split_once(';')?;
        let (url, status) = rest.strip_suffix(';')?.rsplit_once(';')?;
        let known = matches!(status, "303" | "307" | "308");
        (known && !url.is_empty()).then(|| Self { url: url.to_owned(), kind: None })
    }

    /// The URL to resolve against that of the page. Next.js writes paths of the app without its `base_path` (`/shop`, or nothing), and means
    /// what begins with a dot from the page's path as a directory.
    pub fn reference(&self, base_path: &str, page_path: &str) -> Cow<'_, str> {
        match self.url.as_bytes() {
            [b'.', ..] => Cow::Owned([page_path.trim_end_matches('/'), "/", &self.url].concat()),
            [b'/', b'/' | b'\\', ..] => Cow::Borrowed(&self.url),
            [b'/', ..] if !base_path.is_empty() => Cow::Owned([base_path, &self.url].concat()),
            _ => Cow::Borrowed(&self.url),
        }
    }

    /// Whether a user may be sent there. `resolved`: the scheme (`https:`) of the resolved URL, and whether its origin is the page's;
    /// `None` if it is no URL.
    ///
    /// Fails with `REDIRECT_BLOCKED` for what is not http or https, and for what leaves the origin without saying so: another origin must
    /// be spelt out with its scheme.
    pub fn judge(&self, resolved: Option<(&str, bool)>) -> Result<(), Error> {
        let blocked = |why: &str| {
            let message = ["the action redirected to ", why].concat();
            Err(Error::new(Kind::RedirectBlocked, message).sent(Sent::Yes))
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

/// A header's value as the server meant it: `fetch` gives its bytes as a character each, and Next.js writes UTF-8.
fn as_sent(header: &str) -> Cow<'_, str> {
    if header.is_ascii() {
        return Cow::Borrowed(header);
    }
    let bytes: Option<Vec<u8>> = header.chars().map(|char| u8::try_from(char).ok()).collect();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map_or(Cow::Borrowed(header), Cow::Owned)
}

/// No server takes a longer one: Node.js limits all headers together to as much.
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
    fn a_digest_that_is_a_redirect() {
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
        let reference = |url: &str| redirect(url).reference("/shop", "/shop/cart/").into_owned();
        assert_eq!(reference("/done?x=1"), "/shop/done?x=1");
        assert_eq!(reference("./done"), "/shop/cart/./done");
        assert_eq!(reference("../done"), "/shop/cart/../done");
        assert_eq!(reference("https://pay.example/"), "https://pay.example/");
        assert_eq!(reference("//pay.example/"), "//pay.example/");
        assert_eq!(redirect("/done").reference("", "/"), "/done");
    }

    #[test]
    fn only_the_web_and_only_openly_elsewhere() {
        let code = |url: &str, resolved| redirect(url).judge(resolved).err().map(|error| error.kind());
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
