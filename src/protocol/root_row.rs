//! Reads row 0 of an answer, which Next.js puts around the value. Does not read the value or the page.
//!
//! ```text
//! 14.2         [value, [build, page|null]]            after a redirect: [build, page]
//! 15.0 - 16.0  { a: value, f: page|"", b: build }
//! 16.1 - 16.3  { a, f, q, i, b? }
//! 16.4         { a, t?: page, q, i, b? }
//! ```
//!
//! The page is the tree that the server rendered again; only the page's router can use it. `pkg/lib/answer/root_row.js`
//! takes the page out of the decoded row; `pkg/lib/answer/plain.js` sees in the undecoded row that there is one.
//! `tests/vectors/root.json` tests all three.

use crate::flight::json::{Token, Tokens, unescape};

/// The facts that row 0 states besides the value.
///
/// ```
/// use actionlane::protocol::Root;
///
/// let root = Root::read(r#"{"a":"$@1","f":[["",{}]],"b":"tT3ab"}"#);
/// assert!(root.rendered, "`f` holds the page");
/// assert_eq!(root.build.as_deref(), Some("tT3ab"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Root {
    /// True if the answer holds the page, rendered again.
    pub rendered: bool,
    /// Id of the build that answered. `None` if the row does not state it.
    pub build: Option<String>,
}

/// Deepest nesting that is read. Row 0 needs far less.
const DEPTH: usize = 1000;

impl Root {
    /// Reads the text of row 0, without `0:`. Returns the default for a text of any other shape.
    pub fn read(text: &str) -> Self {
        let mut root = Self::default();
        let mut tokens = Tokens::new(text, DEPTH);
        match tokens.next() {
            Ok(Some(Token::OpenObject)) => drop(root.object(&mut tokens)),
            Ok(Some(Token::OpenArray)) => drop(root.tuple(&mut tokens)),
            _ => {}
        }
        root
    }

    /// Returns `None` if the text ends in something that is not JSON.
    fn object(&mut self, tokens: &mut Tokens<'_>) -> Option<()> {
        while let Some(Token::Key(key)) = tokens.next().ok()? {
            let value = tokens.next().ok()??;
            match (key, value) {
                ("b", Token::Text(build)) => self.built_by(build),
                ("f" | "t", value) => self.rendered |= is_page(value),
                _ => {}
            }
            tokens.skip(value).ok()?;
        }
        Some(())
    }

    fn tuple(&mut self, tokens: &mut Tokens<'_>) -> Option<()> {
        let value = tokens.next().ok()??;
        tokens.skip(value).ok()?;
        let build = match value {
            // After a redirect the build comes first; a value would be a reference to its row.
            Token::Text(build) if text(build).is_some() => build,
            _ => match (tokens.next().ok()??, tokens.next().ok()??) {
                (Token::OpenArray, Token::Text(build)) => build,
                _ => return None,
            },
        };
        self.built_by(build);
        self.rendered = is_page(tokens.next().ok()??);
        Some(())
    }

    fn built_by(&mut self, build: &str) {
        self.build = text(build).map(|build| unescape(build).into_owned());
    }
}

/// Returns true for a page, or a reference to one.
fn is_page(value: Token<'_>) -> bool {
    !matches!(value, Token::Null | Token::Text("" | "$undefined") | Token::Close)
}

/// Returns a text of the model, with the escapes of JSON. `None` for a reference and for `undefined`.
fn text(raw: &str) -> Option<&str> {
    match raw.strip_prefix('$') {
        Some(rest) => rest.starts_with('$').then_some(rest),
        None => Some(raw),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (bool, Option<String>) {
        let Root { rendered, build } = Root::read(text);
        (rendered, build)
    }

    #[test]
    fn every_shape_is_read() {
        let build = || Some("dev".to_owned());
        assert_eq!(read(r#"["$@1",["dev",null]]"#), (false, build()));
        assert_eq!(read(r#"["$@1",["dev",[["children","$L2"]]]]"#), (true, build()));
        assert_eq!(read(r#"{"a":"$@1","f":"","b":"dev"}"#), (false, build()));
        assert_eq!(read(r#"{"a":"$@1","f":[["",{}]],"b":"dev"}"#), (true, build()));
        assert_eq!(read(r#"{"a":"$@1","f":"$2","q":"","i":false}"#), (true, None));
        assert_eq!(read(r#"{"a":"$@1","q":"?x=1","i":true,"b":"dev"}"#), (false, build()));
        assert_eq!(read(r#"{"t":{"t":{"s":"","b":"inner"}},"a":"$@1","q":"","i":false,"b":"d\u0065v"}"#), (true, build()));
    }

    /// Runs the list that also tests `pkg/lib/answer/root_row.js`.
    #[test]
    fn the_vectors_hold() {
        let vectors: serde_json::Value = serde_json::from_str(include_str!("../../tests/vectors/root.json")).unwrap();
        let vectors = vectors.as_array().unwrap();
        for vector in vectors {
            let row = vector["rows"].as_array().unwrap().iter().find_map(|row| row.as_str().unwrap().strip_prefix("0:")).unwrap();
            let build = vector["build"].as_str().map(str::to_owned);
            assert_eq!(read(row), (!vector["page"].is_null(), build), "{vector}");
            let inside = &vector["page"]["buildId"];
            assert!(vector["page"].is_null() || *inside == vector["build"], "{vector}");
        }
        assert!(!vectors.is_empty());
    }

    #[test]
    fn any_other_text_gives_the_default() {
        for text in
            ["", "5", "\"$@1\"", "[", "[]", "{", "{}", "[1]", "[1,2]", "[[],[[]]]", "{\"b\":1}", "{\"t\":null}", "{\"a\":1,", "oops"]
        {
            assert_eq!(Root::read(text), Root::default(), "{text}");
        }
    }
}
