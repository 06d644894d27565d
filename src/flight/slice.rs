//! Cuts a part out of a row's text, without making values of the rest.
//!
//! Does not follow references.

use super::Limits;
use super::json::{self, Fault, Token, Tokens};
use super::model::{Path, broken};
use crate::Error;

/// Returns the text of the value at `path` in `text`, and the number of bytes of `path` that were followed. A string
/// ends the path early, because it may be a reference. Returns `None` if there is no such value. The parts of an
/// element also have the names that React gives them.
pub(super) fn cut<'t>(row: u32, text: &'t str, path: &Path, limits: &Limits) -> Result<Option<(&'t str, usize)>, Error> {
    let mut text = text;
    let mut taken = 0;
    for (step, after) in path.steps() {
        match member(text, step, limits.depth).map_err(|fault| broken(row, fault, limits))? {
            Member::Found(inner) => (text, taken) = (inner, after),
            Member::None => return Ok(None),
            Member::Text => return Ok(Some((text, taken))),
        }
    }
    Ok(Some((text, taken)))
}

enum Member<'t> {
    Found(&'t str),
    None,
    /// The value is a string, which may be a reference.
    Text,
}

fn member<'t>(text: &'t str, step: &str, depth: usize) -> Result<Member<'t>, Fault> {
    let mut tokens = Tokens::new(text, depth);
    let mut step = step;
    let mut index = 0;
    let array = match tokens.next()? {
        Some(Token::OpenArray) => true,
        Some(Token::OpenObject) => false,
        Some(Token::Text(_)) => return Ok(Member::Text),
        _ => return Ok(Member::None),
    };
    loop {
        let here = match tokens.next()? {
            Some(Token::Key(raw)) => json::unescape(raw) == step,
            None | Some(Token::Close) => return Ok(Member::None),
            Some(token) => {
                if index == 0 && token == Token::Text("$") {
                    step = match step {
                        "type" => "1",
                        "key" => "2",
                        "props" => "3",
                        other => other,
                    };
                }
                if step == index.to_string() {
                    return slice(text, &mut tokens, token).map(Member::Found);
                }
                tokens.skip(token)?;
                index += 1;
                continue;
            }
        };
        debug_assert!(!array, "arrays have no keys");
        let Some(token) = tokens.next()? else { return Ok(Member::None) };
        if here && step != "__proto__" {
            return slice(text, &mut tokens, token).map(Member::Found);
        }
        tokens.skip(token)?;
    }
}

fn slice<'t>(text: &'t str, tokens: &mut Tokens<'t>, first: Token<'t>) -> Result<&'t str, Fault> {
    let start = tokens.start();
    tokens.skip(first)?;
    Ok(&text[start..tokens.end()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_cut_out_of_a_row() {
        let source = r#"{"t":["$","div",null,{"a":{"x":["$L9"]}}],"a":"$@1"}"#;
        let at = |path: &str| cut(0, source, &Path::new(path), &Limits::DEFAULT).expect("JSON");
        assert_eq!(at(":a"), Some(("\"$@1\"", 2)));
        assert_eq!(at(":a:x"), Some(("\"$@1\"", 2)));
        assert_eq!(at(":t:props:a:x"), Some(("[\"$L9\"]", 12)));
        assert_eq!(at(":t:1"), Some(("\"div\"", 4)));
        assert_eq!(at(":t:9"), None);
        assert_eq!(at(":b"), None);
    }
}
