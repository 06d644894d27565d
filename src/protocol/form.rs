//! Reads the hidden fields by which a form that Next.js has rendered names its Server Action. Must not know the DOM,
//! nor decode the arguments: they are carried as they are, encrypted ones too.
//!
//! ```text
//! "$ACTION_ID_<id>"                  a form, or a button, whose action has no bound arguments
//! "$ACTION_REF_<p>"                  one with bound arguments, or with the state of `useActionState`:
//! "$ACTION_<p>:0" = {"id":…,"bound":"$@<h>"}       <h>: the part with the bound arguments, as an array
//! "$ACTION_<p>:<d>" = json                         a part; <d> and <h> are its number in decimal and in hex
//! "$ACTION_<p>:_<d>_<name>" = entry                an entry of a FormData, before that `:<d>_<name>`
//! "$ACTION_KEY" = "k<hash>" | "p<permalink>"       a form of `useActionState`, whose last bound argument is the state
//! ```
//!
//! `<p>` is any text. Follows `defaultEncodeFormAction`, `decodeAction` and `decodeFormState` of
//! `react-server-dom-webpack`, and `createPostbackFormStateKey` of `react-dom`.

use super::ActionId;
use crate::flight::json::{Token, Tokens, unescape};
use crate::{Error, Kind, text};

/// The action of a form, and the arguments that the server has bound to it.
///
/// The request that calls it is multipart: first [`parts`](Self::parts), then the parts of the other arguments, whose
/// numbers begin after [`last_part`](Self::last_part), then the part `0`, of which [`arguments`](Self::arguments) makes
/// the text.
///
/// ```
/// use actionlane::protocol::{FormAction, STATE_KEY};
///
/// let fields = [
///     ("$ACTION_REF_1", ""),
///     ("$ACTION_1:0", r#"{"id":"60aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","bound":"$@1"}"#),
///     ("$ACTION_1:1", r#"[{"count":3}]"#),
///     (STATE_KEY, "k51e1ba73e16dd9d5"),
///     ("title", "Tea"),
/// ];
/// let action = FormAction::read(&fields, None)?.expect("a form that Next.js has rendered for an action");
/// assert_eq!(action.id.as_str(), "60aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
/// assert_eq!(action.state_key.as_deref(), Some("k51e1ba73e16dd9d5"));
///
/// // Two arguments: the state and the form's entries, which are part 1, because nothing bound needs a part.
/// assert_eq!(action.last_part(), 0);
/// let arguments = action.arguments(r#"["$undefined","$K1"]"#, false)?;
/// assert_eq!(arguments, r#"[{"count":3},"$K1"]"#);
/// // The next submission sends the state that the action has returned.
/// assert_eq!(action.arguments(r#"[{"count":4},"$K1"]"#, true)?, r#"[{"count":4},"$K1"]"#);
///
/// assert_eq!(FormAction::read(&[("title", "Tea")], None)?, None);
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormAction {
    /// Id of the action.
    pub id: ActionId,
    /// Key of the form's state; `None` if the form has none. Forms of one `useActionState` have the same key.
    pub state_key: Option<String>,
    /// The bound arguments, encoded. The state, if there is one, is the last.
    pub bound: Vec<String>,
    /// The parts that the bound arguments refer to, by name, in the order in which they must be sent.
    pub parts: Vec<(String, String)>,
}

/// Name of the field that holds the key of a form's state.
pub const STATE_KEY: &str = "$ACTION_KEY";

const OWN: &str = "$ACTION_";
const BY_ID: &str = "$ACTION_ID_";
const BY_REFERENCE: &str = "$ACTION_REF_";

/// Deepest nesting of a bound argument.
const DEPTH: usize = 20_000;

/// Returns true if the field is Next's: the action does not see it.
///
/// ```
/// use actionlane::protocol::is_form_action_field;
///
/// assert!(is_form_action_field("$ACTION_KEY") && !is_form_action_field("title"));
/// ```
#[must_use]
pub fn is_form_action_field(name: &str) -> bool {
    name.starts_with(OWN)
}

impl FormAction {
    /// Reads the fields of a form, in their order, in which names may repeat. `submitter`: the name of the button that
    /// submitted; if it names an action, that is the form's action. Else it is the one that is named last. Returns
    /// `None` if no field names an action.
    ///
    /// Fails with [`Kind::Encode`] if fields are missing, doubled or malformed.
    pub fn read(fields: &[(&str, &str)], submitter: Option<&str>) -> Result<Option<Self>, Error> {
        let mut names = fields.iter().map(|(name, _)| *name).filter(|name| names_action(name));
        let Some(name) = submitter.filter(|name| names_action(name)).or_else(|| names.next_back()) else { return Ok(None) };
        if let Some(id) = name.strip_prefix(BY_ID) {
            return Ok(Some(Self { id: form_id(id)?, state_key: None, bound: Vec::new(), parts: Vec::new() }));
        }
        let prefix = [OWN, name.strip_prefix(BY_REFERENCE).unwrap_or_default(), ":"].concat();
        let parts: Vec<(&str, &str)> = fields.iter().filter_map(|(name, text)| Some((name.strip_prefix(&prefix)?, *text))).collect();
        let (id, bound) = reference(only(&parts, "0")?)?;
        let mut action = Self { id, state_key: state_key(fields, &prefix).map(str::to_owned), bound: Vec::new(), parts: Vec::new() };
        if let Some(number) = bound {
            action.bind(&parts, number)?;
        }
        Ok(Some(action))
    }

    /// Takes the bound arguments, which are in the part `bound`, and the parts that they refer to.
    fn bind(&mut self, parts: &[(&str, &str)], bound: u32) -> Result<(), Error> {
        let row = text::digits(u64::from(bound));
        let list = elements(only(parts, &row)?).ok_or_else(|| malformed("the bound arguments are no array"))?;
        let hex = text::hex(bound);
        // Later versions of React write an object twice as a reference to its first place, for example "$1:0". Then the
        // array stays a part of its own.
        let refers = [["\"$", &hex, ":"].concat(), ["\"$", &hex, "\""].concat()];
        let is_referred_to = parts.iter().any(|(_, part)| refers.iter().any(|reference| text::contains(part, reference)));
        self.bound = if is_referred_to {
            (0..list.len()).map(|index| ["\"$", &hex, ":", &text::digits(index as u64), "\""].concat()).collect()
        } else {
            list.into_iter().map(str::to_owned).collect()
        };
        for (name, text) in parts {
            let number = number_of(name).ok_or_else(|| malformed("a part has no number"))?;
            if number != 0 && (is_referred_to || *name != row) {
                self.parts.push(((*name).to_owned(), (*text).to_owned()));
            }
        }
        Ok(())
    }

    /// Returns the highest number of a part; 0 if there is none.
    #[must_use]
    pub fn last_part(&self) -> u32 {
        self.parts.iter().filter_map(|(name, _)| number_of(name)).max().unwrap_or(0)
    }

    /// Returns the text of part `0`, the array of all arguments. `encoded`: that array with anything at the places of
    /// the bound arguments. With `replaces_state`, the state in it is sent instead of the one that the form holds.
    ///
    /// Fails with [`Kind::Encode`] if `encoded` is no array.
    pub fn arguments(&self, encoded: &str, replaces_state: bool) -> Result<String, Error> {
        let list = elements(encoded).ok_or_else(|| malformed("the arguments are no array"))?;
        let carried = self.bound.len() - usize::from(replaces_state && !self.bound.is_empty());
        let bound = self.bound.iter().take(carried).map(String::as_str);
        let all: Vec<&str> = bound.chain(list.into_iter().skip(carried)).collect();
        Ok(["[", &all.join(","), "]"].concat())
    }
}

/// Returns the key of the action's state. The form and its buttons may have one each, after the parts of their action.
fn state_key<'a>(fields: &[(&str, &'a str)], prefix: &str) -> Option<&'a str> {
    let mut is_own = true;
    fields.iter().find_map(|(name, key)| {
        if *name == STATE_KEY {
            return is_own.then_some(*key);
        }
        if name.starts_with(OWN) && !names_action(name) {
            is_own = name.starts_with(prefix);
        }
        None
    })
}

fn names_action(name: &str) -> bool {
    name.starts_with(BY_ID) || name.starts_with(BY_REFERENCE)
}

fn form_id(id: &str) -> Result<ActionId, Error> {
    ActionId::parse(id).map_err(|error| malformed(error.message()))
}

fn malformed(what: &str) -> Error {
    Error::new(Kind::Encode, ["the form's hidden fields name no action: ", what].concat())
}

/// Returns the text of the part with this name.
fn only<'f>(parts: &[(&str, &'f str)], name: &str) -> Result<&'f str, Error> {
    let mut found = parts.iter().filter(|(own, _)| *own == name).map(|(_, text)| *text);
    match (found.next(), found.next()) {
        (Some(text), None) => Ok(text),
        _ => Err(malformed(&["part ", name, " is missing or doubled"].concat())),
    }
}

/// Reads `{"id":…,"bound":null | "$@<h>"}`.
fn reference(text: &str) -> Result<(ActionId, Option<u32>), Error> {
    let read = || {
        let mut tokens = Tokens::new(text, DEPTH);
        let (mut id, mut bound) = (None, None);
        (tokens.next().ok()?? == Token::OpenObject).then_some(())?;
        while let Some(Token::Key(key)) = tokens.next().ok()? {
            let value = tokens.next().ok()??;
            match (key, value) {
                ("id", Token::Text(text)) => id = Some(unescape(text).into_owned()),
                ("bound", Token::Text(part)) => bound = Some(number(part.strip_prefix("$@")?.as_bytes(), 16)?),
                ("id", _) => return None,
                _ => tokens.skip(value).ok()?,
            }
        }
        tokens.next().ok()?.is_none().then_some((id?, bound))
    };
    let (id, bound) = read().ok_or_else(|| malformed("part 0 is no reference"))?;
    Ok((form_id(&id)?, bound))
}

/// Splits a JSON array into the texts of its elements.
fn elements(text: &str) -> Option<Vec<&str>> {
    let mut tokens = Tokens::new(text, DEPTH);
    let mut list = Vec::new();
    (tokens.next().ok()?? == Token::OpenArray).then_some(())?;
    loop {
        let first = tokens.next().ok()??;
        let start = tokens.start();
        if first == Token::Close {
            return tokens.next().ok()?.is_none().then_some(list);
        }
        tokens.skip(first).ok()?;
        list.push(text.get(start..tokens.end())?);
    }
}

/// Returns the number in the name of a part: `2`, `_2_name` or `2_name`.
fn number_of(name: &str) -> Option<u32> {
    let name = name.as_bytes();
    let name = name.strip_prefix(b"_").unwrap_or(name);
    let end = name.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(name.len());
    number(&name[..end], 10)
}

/// Reads a number of up to seven digits.
fn number(digits: &[u8], radix: u32) -> Option<u32> {
    if digits.is_empty() || digits.len() > 7 {
        return None;
    }
    digits.iter().try_fold(0, |number, digit| Some(number * radix + char::from(*digit).to_digit(radix)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "60aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    fn read(fields: &[(&str, &str)], submitter: Option<&str>) -> FormAction {
        FormAction::read(fields, submitter).unwrap().unwrap()
    }

    fn root(bound: &str) -> String {
        format!(r#"{{"id":"{ID}","bound":{bound}}}"#)
    }

    #[test]
    fn the_button_that_submitted_overrides_the_action_of_the_form() {
        let [by_form, by_button] = ["40", "41"].map(|info| format!("$ACTION_ID_{info}{}", &ID[2..]));
        let fields = [(by_button.as_str(), ""), (by_form.as_str(), ""), ("a", "b")];
        assert_eq!(read(&fields, Some(&by_button)).id.as_str(), &by_button[11..]);
        assert_eq!(read(&fields, Some("a")).id.as_str(), &by_form[11..], "else the last, as React");
        assert_eq!(read(&fields, None).id.as_str(), &by_form[11..]);
        assert_eq!(FormAction::read(&fields[2..], Some("a")).unwrap(), None);
    }

    /// Reads the forms that `pkg/test/forms_bound.test.js` reads, too.
    #[test]
    fn the_forms_of_the_vectors_are_read_as_by_the_package() {
        let rows: serde_json::Value = serde_json::from_str(include_str!("../../tests/vectors/form_fields.json")).unwrap();
        for row in rows.as_array().unwrap() {
            let texts: Vec<&str> = row["fields"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
            let fields: Vec<(&str, &str)> = texts.chunks(2).map(|field| (field[0], field[1])).collect();
            let action = read(&fields, row["button"].as_str());
            assert_eq!(action.id.as_str(), row["id"], "{row}");
            assert_eq!(action.state_key.as_deref(), row["stateKey"].as_str(), "{row}");
            assert_eq!(action.bound.len() as u64, row["bound"].as_u64().unwrap_or(0), "{row}");
        }
    }

    #[test]
    fn bound_arguments_are_carried_with_their_parts() {
        let reference = root("\"$@1\"");
        let fields = [
            ("$ACTION_REF_S_1", ""),
            ("$ACTION_S_1:0", reference.as_str()),
            ("$ACTION_S_1:2", r#"[["a",1]]"#),
            ("$ACTION_S_1:1", r#" ["x,]", {"m": "$Q2"} , 3,"$$1:0" ] "#),
            ("$ACTION_S_11:1", "[]"),
        ];
        let action = read(&fields, None);
        assert_eq!(action.bound, [r#""x,]""#, r#"{"m": "$Q2"}"#, "3", r#""$$1:0""#]);
        assert_eq!(action.parts, [("2".to_owned(), r#"[["a",1]]"#.to_owned())]);
        assert_eq!((action.last_part(), action.state_key.as_deref()), (2, None));
        let encoded = r#"["$undefined","$undefined","$undefined","$undefined","$K3"]"#;
        assert_eq!(action.arguments(encoded, false).unwrap(), r#"["x,]",{"m": "$Q2"},3,"$$1:0","$K3"]"#);
    }

    #[test]
    fn an_array_that_other_parts_refer_to_stays_a_part() {
        let reference = root("\"$@a\"");
        let fields = [("$ACTION_REF_", ""), ("$ACTION_:0", reference.as_str()), ("$ACTION_:10", r#"[{"a":1},"$a:0"]"#)];
        let action = read(&fields, None);
        assert_eq!(action.bound, [r#""$a:0""#, r#""$a:1""#]);
        assert_eq!(action.parts.len(), 1);
        assert_eq!(action.last_part(), 10);
    }

    #[test]
    fn a_new_state_takes_the_last_place() {
        let reference = root("\"$@1\"");
        let fields = [("$ACTION_REF_1", ""), ("$ACTION_1:0", reference.as_str()), ("$ACTION_1:1", r#"[7,null]"#), ("$ACTION_KEY", "k1")];
        let action = read(&fields, None);
        assert_eq!(action.state_key.as_deref(), Some("k1"));
        assert_eq!(action.arguments(r#"["$undefined",{"ok":true},"$K1"]"#, true).unwrap(), r#"[7,{"ok":true},"$K1"]"#);
        assert_eq!(action.arguments(r#"["$undefined","$undefined","$K1"]"#, false).unwrap(), r#"[7,null,"$K1"]"#);
        assert!(action.arguments("{}", true).is_err() && action.arguments("[1", true).is_err());
    }

    #[test]
    fn a_key_belongs_to_the_action_whose_parts_are_before_it() {
        let reference = root("\"$@1\"");
        let of_button = [("$ACTION_2:0", reference.as_str()), ("$ACTION_2:1", "[null]")];
        let of_form = [("$ACTION_REF_1", ""), ("$ACTION_1:0", reference.as_str()), ("$ACTION_1:1", "[7]"), ("$ACTION_KEY", "k1")];
        let fields: Vec<_> = of_button.into_iter().chain(of_form).collect();
        assert_eq!(read(&fields, None).state_key.as_deref(), Some("k1"));
        assert_eq!(read(&fields, Some("$ACTION_REF_2")).state_key, None);
        let keyed: Vec<_> = of_button.into_iter().chain([("$ACTION_KEY", "k2")]).chain(of_form).collect();
        assert_eq!(read(&keyed, Some("$ACTION_REF_2")).state_key.as_deref(), Some("k2"));
        assert_eq!(read(&keyed, None).state_key.as_deref(), Some("k1"));
    }

    #[test]
    fn entries_of_a_bound_form_data_are_carried_under_their_names() {
        let reference = root("\"$@1\"");
        let fields = [
            ("$ACTION_REF_1", ""),
            ("$ACTION_1:0", reference.as_str()),
            ("$ACTION_1:_2_a", "x"),
            ("$ACTION_1:2_a", "y"),
            ("$ACTION_1:1", r#"["$K2"]"#),
        ];
        let names: Vec<String> = read(&fields, None).parts.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["_2_a", "2_a"]);
    }

    #[test]
    fn a_reference_may_have_no_bound_arguments() {
        let reference = root("null");
        let action = read(&[("$ACTION_REF_1", ""), ("$ACTION_1:0", &reference)], None);
        assert_eq!((action.bound.len(), action.parts.len(), action.last_part()), (0, 0, 0));
        assert_eq!(action.arguments(r#"["$K1"]"#, true).unwrap(), r#"["$K1"]"#);
    }

    #[test]
    fn malformed_fields_are_an_error() {
        let good = root("\"$@1\"");
        let refused = |fields: &[(&str, &str)]| {
            let mut all = vec![("$ACTION_REF_1", "")];
            all.extend(fields);
            let error = FormAction::read(&all, None).unwrap_err();
            assert_eq!(error.kind(), Kind::Encode, "{fields:?}");
            assert!(error.message().starts_with("the form's hidden fields name no action: "), "{error}");
        };
        refused(&[]);
        refused(&[("$ACTION_1:0", "")]);
        refused(&[("$ACTION_1:0", "{}")]);
        refused(&[("$ACTION_1:0", "[1]")]);
        refused(&[("$ACTION_1:0", r#"{"id":5}"#)]);
        refused(&[("$ACTION_1:0", r#"{"id":"toString","bound":null}"#)]);
        refused(&[("$ACTION_1:0", &root("\"$1\""))]);
        refused(&[("$ACTION_1:0", &root("\"$@zz\""))]);
        refused(&[("$ACTION_1:0", &format!("{good} x"))]);
        refused(&[("$ACTION_1:0", &good)]);
        refused(&[("$ACTION_1:0", &good), ("$ACTION_1:0", &good), ("$ACTION_1:1", "[]")]);
        refused(&[("$ACTION_1:0", &good), ("$ACTION_1:1", "[]"), ("$ACTION_1:1", "[]")]);
        refused(&[("$ACTION_1:0", &good), ("$ACTION_1:1", "{}")]);
        refused(&[("$ACTION_1:0", &good), ("$ACTION_1:1", "[1,]")]);
        refused(&[("$ACTION_1:0", &good), ("$ACTION_1:1", "[1] 2")]);
        refused(&[("$ACTION_1:0", &good), ("$ACTION_1:1", "[]"), ("$ACTION_1:x", "1")]);
        refused(&[("$ACTION_1:0", &good), ("$ACTION_1:1", "[]"), ("$ACTION_1:99999999", "1")]);
        assert!(FormAction::read(&[("$ACTION_ID_toString", "")], None).is_err());
        assert!(FormAction::read(&[], Some("$ACTION_ID_")).is_err());
    }
}
