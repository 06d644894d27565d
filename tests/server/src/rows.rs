//! Writes Flight: as little of it as an answer to an action needs.

use serde_json::{Map, Value};

use crate::wishes::Wishes;

/// Returns the rows of an answer: the root row refers to the action's value, which is row 1.
pub(crate) fn answer(value: &str) -> String {
    format!("0:{{\"a\":\"$@1\",\"q\":\"\",\"i\":false}}\n1:{value}\n")
}

/// Returns the rows up to the middle of row 1.
pub(crate) fn half(rows: &str) -> &str {
    // Cuts off the line end, the quote or bracket, and one more character, which is a single byte in every value
    // here.
    &rows[..rows.len().saturating_sub(3)]
}

/// Returns the action's value in JSON: `"ok"` or, if the call has a name, `{"call": name, "bytes": length of its
/// body}`, with `"pad"` of length `size`, and with a symbol if it is `rich`.
pub(crate) fn value(wishes: &Wishes, body: usize) -> String {
    let Some(call) = &wishes.call else { return "\"ok\"".to_owned() };
    let mut value = Map::new();
    value.insert("call".to_owned(), Value::from(escaped(call)));
    value.insert("bytes".to_owned(), Value::from(body));
    if let Some(size) = wishes.size {
        value.insert("pad".to_owned(), Value::from("x".repeat(size)));
    }
    if wishes.rich == Some(1) {
        value.insert("kind".to_owned(), Value::from("$Scall"));
    }
    Value::Object(value).to_string()
}

/// Escapes a string that begins with a dollar by another dollar.
fn escaped(text: &str) -> String {
    if text.starts_with('$') { format!("${text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_their_name_padding_and_symbol() {
        assert_eq!(value(&Wishes::default(), 5), "\"ok\"");
        let wishes = Wishes::parse("call=$7&size=3").expect("readable");
        assert_eq!(value(&wishes, 5), r#"{"call":"$$7","bytes":5,"pad":"xxx"}"#);
        let rich = Wishes::parse("call=7&rich=1").expect("readable");
        assert_eq!(value(&rich, 5), r#"{"call":"7","bytes":5,"kind":"$Scall"}"#);
        assert!(half(&answer("\"ok\"")).ends_with("\n1:\"o"));
        assert!(half(&answer(&value(&Wishes::parse("call=é").expect("readable"), 12))).ends_with("\"bytes\":1"));
    }
}
