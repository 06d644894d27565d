//! Tells why a value is not there: the server's code threw, or the answer is broken.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use super::json::{self, Token, Tokens};
use super::{Limits, model};
use crate::{Error, Kind, protocol};

/// Why a value is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The server's code threw.
    Thrown(Thrown),
    /// The answer cannot be read, or broke off.
    Broken(Error),
}

/// What a server tells of an error. All of it is untrusted text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thrown {
    /// The server's name for the error; JSON where it is not a string.
    pub digest: Option<String>,
    /// Only servers in development send it.
    pub name: Option<String>,
    /// Only servers in development send it.
    pub message: Option<String>,
    /// Where it was thrown. Only servers in development send it.
    pub environment: Option<String>,
    /// Its `cause`, and the `errors` of an AggregateError, as the builder has made them. Only servers in development send them.
    pub(super) more: More,
}

/// The row of an Error that is a value, as it is to be read. In development servers write its `cause` and `errors` as strings that are read once
/// more: `"$$4"` for what is in row 4. Any other row's would be the string `$4`.
pub(super) fn revived<'t>(text: &'t str, limits: &Limits) -> Cow<'t, str> {
    let mut tokens = Tokens::new(text, limits.depth);
    let mut cuts = Vec::new();
    // Text that is not JSON fails when it is read.
    while let Ok(Some(token)) = tokens.next() {
        let Token::Key(key) = token else { continue };
        let Ok(Some(value)) = tokens.next() else { break };
        if matches!(key, "cause" | "errors")
            && let Token::Text(raw) = value
            && raw.starts_with("$$")
        {
            cuts.push(tokens.start() + 1);
        }
        if tokens.skip(value).is_err() {
            break;
        }
    }
    let mut text = Cow::Borrowed(text);
    for cut in cuts.into_iter().rev() {
        text.to_mut().remove(cut);
    }
    text
}

/// A value of the builder's, an object of what else is told of an error. Builders that do not ask for it have none.
#[derive(Clone, Default)]
pub(crate) struct More(Option<Rc<dyn Any>>);

impl More {
    pub(super) fn of(value: impl Any) -> Self {
        Self(Some(Rc::new(value)))
    }
}

/// Two errors that say the same are equal, whatever values come with them.
impl PartialEq for More {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for More {}

impl fmt::Debug for More {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "…" } else { "none" })
    }
}

impl Thrown {
    /// A value of the builder's: an object with the error's `cause`, and the `errors` of an AggregateError, as far as a server in development tells
    /// them and the builder [wants](super::Build::wants_causes) them.
    pub fn more<V: Clone + 'static>(&self) -> Option<V> {
        self.more.0.as_ref()?.downcast_ref().cloned()
    }

    /// Reads an `E` row: `{"digest":…}`, in development with `name` and `message`. And the model of what else is told, `{"cause":…,"errors":…}`, if
    /// anything is.
    pub(super) fn read(row: u32, text: &str, limits: &Limits) -> Result<(Self, Option<String>), Error> {
        let fault = |fault| model::broken(row, fault, limits);
        let mut thrown = Self::default();
        let mut more: Vec<String> = Vec::new();
        let mut tokens = Tokens::new(text, limits.depth);
        let mut open = tokens.next().map_err(fault)?;
        if open != Some(Token::OpenObject) {
            return Err(Error::new(Kind::Decode, format!("row {row:x}: not an error")));
        }
        while let Some(token) = open {
            open = tokens.next().map_err(fault)?;
            let (Token::Key(key), Some(value)) = (token, open) else { continue };
            let start = tokens.start();
            tokens.skip(value).map_err(fault)?;
            let said = match value {
                Token::Text(raw) => Some(json::unescape(raw).into_owned()),
                _ => None,
            };
            match key {
                "digest" => thrown.digest = said.or_else(|| Some(text[start..tokens.end()].to_owned())),
                "name" => thrown.name = said,
                "message" => thrown.message = said,
                "env" => thrown.environment = said,
                "cause" | "errors" => more.push(format!("\"{key}\":{}", &text[start..tokens.end()])),
                _ => {}
            }
            open = tokens.next().map_err(fault)?;
        }
        Ok((thrown, (!more.is_empty()).then(|| format!("{{{}}}", more.join(",")))))
    }
}

impl Rejection {
    /// As an error: what broke, or what the digest stands for ([`protocol::thrown`]).
    pub fn into_error(self) -> Error {
        match self {
            Self::Broken(error) => error,
            Self::Thrown(Thrown { digest, message, .. }) => protocol::thrown(digest.as_deref(), message.as_deref()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Thrown, String> {
        Thrown::read(1, text, &Limits::DEFAULT).map(|(thrown, _)| thrown).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn causes_in_errors_that_are_values_are_read_once_more() {
        let read = |text| revived(text, &Limits::DEFAULT).into_owned();
        assert_eq!(
            read(r#"{"cause":"$$4","stack":[{"cause":"$$5"}],"message":"$$m","errors":"$$1f"}"#),
            r#"{"cause":"$4","stack":[{"cause":"$$5"}],"message":"$$m","errors":"$1f"}"#
        );
        for same in [r#"{"cause":4,"errors":"text"}"#, r#"["cause","$$4"]"#, "{oops", r#"{"cause":"$$"#, "1"] {
            assert_eq!(read(same), same);
        }
    }

    #[test]
    fn production_and_development_rows() {
        assert_eq!(read(r#"{"digest":"a\u00e9"}"#), Ok(Thrown { digest: Some("aé".into()), ..Thrown::default() }));
        assert_eq!(read("{}"), Ok(Thrown::default()));
        assert_eq!(
            read(r#"{"name":"TypeError","stack":[["f","x",1,2]],"message":"no","env":"Server","digest":{"a":1}}"#),
            Ok(Thrown {
                digest: Some("{\"a\":1}".into()),
                name: Some("TypeError".into()),
                message: Some("no".into()),
                environment: Some("Server".into()),
                more: More::default(),
            })
        );
        let more = |text| Thrown::read(1, text, &Limits::DEFAULT).expect("an error").1;
        assert_eq!(
            more(r#"{"digest":"","cause":"$2","name":"Error","errors":[1,"$3"]}"#).as_deref(),
            Some(r#"{"cause":"$2","errors":[1,"$3"]}"#)
        );
        assert_eq!(more(r#"{"digest":""}"#), None);
        assert_eq!(read("{oops"), Err("row 1: not JSON at byte 1".into()));
        assert_eq!(read("[]"), Err("row 1: not an error".into()));
    }
}
