//! Tells why a value is missing: the server's code threw, or the answer is broken.
//!
//! Reads `E` rows; does not decide which value they reject.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use super::json::{self, Token, Tokens};
use super::{Limits, model};
use crate::{Error, Kind, protocol};

/// Reasons why a value is missing.
///
/// ```
/// use actionlane::flight::{Decoder, Native};
/// use std::task::Poll;
///
/// let mut decoder = Decoder::new(Native::default());
/// decoder.push(b"0:[\"$1\"]\n")?;
/// decoder.end();
/// let Poll::Ready(Err(rejection)) = decoder.value() else { panic!() };
/// assert_eq!(rejection.into_error().message(), "the answer ended before row 1");
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The server's code threw.
    Thrown(Thrown),
    /// The answer cannot be read, or ended early.
    Broken(Error),
}

/// A server's description of a thrown error. All of it is untrusted text.
///
/// ```
/// use actionlane::flight::{Decoder, Native, Rejection, Value};
/// use std::task::Poll;
///
/// let mut decoder = Decoder::new(Native::default());
/// decoder.push(b"0:E{\"digest\":\"4073\",\"name\":\"TypeError\",\"message\":\"no cart\"}\n")?;
/// let Poll::Ready(Err(Rejection::Thrown(thrown))) = decoder.value() else { panic!() };
/// assert_eq!(thrown.digest.as_deref(), Some("4073"), "all that production sends");
/// assert_eq!(thrown.message.as_deref(), Some("no cart"));
/// assert!(thrown.causes::<Value>().is_none(), "`Native` does not ask for causes");
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thrown {
    /// The server's name for the error. If the server sent something other than a string, its JSON.
    pub digest: Option<String>,
    /// The error's name. Only servers in development send it.
    pub name: Option<String>,
    /// The error's message. Only servers in development send it.
    pub message: Option<String>,
    /// The environment in which it was thrown. Only servers in development send it.
    pub environment: Option<String>,
    /// The error's `cause`, and the `errors` of an AggregateError, as the builder has made them. Only servers in
    /// development send them.
    pub(super) causes: Causes,
}

/// Prepares the row of an Error that is a value. Development servers escape its `cause` and `errors` once more than
/// other strings: `"$$4"` there refers to row 4, elsewhere it is the string `$4`. Removes one `$` from them.
pub(super) fn unescape_causes<'t>(text: &'t str, limits: &Limits) -> Cow<'t, str> {
    let mut tokens = Tokens::new(text, limits.depth);
    let mut cuts = Vec::new();
    // A text that is not JSON fails later, when it is read as a model.
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

/// The builder's object with an error's `cause` and `errors`. `None` unless the builder asks for it.
#[derive(Clone, Default)]
pub(crate) struct Causes(Option<Rc<dyn Any>>);

impl Causes {
    pub(super) fn of(value: impl Any) -> Self {
        Self(Some(Rc::new(value)))
    }
}

/// Always equal: errors are compared by their texts, not by their causes.
impl PartialEq for Causes {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Causes {}

impl fmt::Debug for Causes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "…" } else { "none" })
    }
}

impl Thrown {
    /// Returns the builder's object with the error's `cause`, and the `errors` of an AggregateError. Returns `None` if
    /// `V` is not the builder's value, if the server did not send them, or if the builder does not
    /// [want](super::Build::wants_causes) them.
    pub fn causes<V: Clone + 'static>(&self) -> Option<V> {
        self.causes.0.as_ref()?.downcast_ref().cloned()
    }

    /// Reads an `E` row: `{"digest":…}`, in development with `name` and `message`. Also returns a model of the other
    /// members, `{"cause":…,"errors":…}`, if the row has any and the caller wants it.
    pub(super) fn read(row: u32, text: &str, limits: &Limits, wants_causes: bool) -> Result<(Self, Option<String>), Error> {
        let fault = |fault| model::broken(row, fault, limits);
        let mut thrown = Self::default();
        let mut causes: Vec<String> = Vec::new();
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
                "cause" | "errors" if wants_causes => causes.push(format!("\"{key}\":{}", &text[start..tokens.end()])),
                _ => {}
            }
            open = tokens.next().map_err(fault)?;
        }
        Ok((thrown, (!causes.is_empty()).then(|| format!("{{{}}}", causes.join(",")))))
    }
}

impl Rejection {
    /// Returns the error for the caller: what broke, or the error that the digest stands for
    /// ([`protocol::action_error`]).
    pub fn into_error(self) -> Error {
        match self {
            Self::Broken(error) => error,
            Self::Thrown(Thrown { digest, message, .. }) => protocol::action_error(digest.as_deref(), message.as_deref()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Thrown, String> {
        Thrown::read(1, text, &Limits::DEFAULT, true).map(|(thrown, _)| thrown).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn causes_in_errors_that_are_values_lose_one_dollar() {
        let read = |text| unescape_causes(text, &Limits::DEFAULT).into_owned();
        assert_eq!(
            read(r#"{"cause":"$$4","stack":[{"cause":"$$5"}],"message":"$$m","errors":"$$1f"}"#),
            r#"{"cause":"$4","stack":[{"cause":"$$5"}],"message":"$$m","errors":"$1f"}"#
        );
        for same in [r#"{"cause":4,"errors":"text"}"#, r#"["cause","$$4"]"#, "{oops", r#"{"cause":"$$"#, "1"] {
            assert_eq!(read(same), same);
        }
    }

    #[test]
    fn rows_of_production_and_of_development_are_read() {
        assert_eq!(read(r#"{"digest":"a\u00e9"}"#), Ok(Thrown { digest: Some("aé".into()), ..Thrown::default() }));
        assert_eq!(read("{}"), Ok(Thrown::default()));
        assert_eq!(
            read(r#"{"name":"TypeError","stack":[["f","x",1,2]],"message":"no","env":"Server","digest":{"a":1}}"#),
            Ok(Thrown {
                digest: Some("{\"a\":1}".into()),
                name: Some("TypeError".into()),
                message: Some("no".into()),
                environment: Some("Server".into()),
                causes: Causes::default(),
            })
        );
        let causes = |text| Thrown::read(1, text, &Limits::DEFAULT, true).expect("an error").1;
        assert_eq!(
            causes(r#"{"digest":"","cause":"$2","name":"Error","errors":[1,"$3"]}"#).as_deref(),
            Some(r#"{"cause":"$2","errors":[1,"$3"]}"#)
        );
        assert_eq!(causes(r#"{"digest":""}"#), None);
        assert_eq!(read("{oops"), Err("row 1: not JSON at byte 1".into()));
        assert_eq!(read("[]"), Err("row 1: not an error".into()));
    }
}
