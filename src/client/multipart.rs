//! Writes form data as the body of a request (RFC 7578). Knows only fields of text: files need a browser.

use super::Body;
use crate::flight::{self, Encoded, Foreign, Part, Value};
use crate::{Error, Kind};

/// The body of an action's request, and its content type.
#[derive(Clone, Debug)]
pub(super) struct Payload {
    /// `None`: the transport writes it, with the text between two fields that the body then has.
    pub(super) content_type: Option<String>,
    pub(super) body: Body,
    /// Size in bytes.
    pub(super) len: usize,
}

impl Payload {
    /// Writes encoded arguments. `random`: makes the text between two fields, which no field may contain.
    pub(super) fn new(encoded: &Encoded<Value>, random: impl FnOnce() -> [u8; 16]) -> Result<Self, Error> {
        let (content_type, text) = match &encoded.body {
            flight::Body::Text(text) => ("text/plain;charset=UTF-8".to_owned(), text.clone()),
            flight::Body::Form(parts) => {
                if let Some(foreign) = parts.iter().find_map(foreign) {
                    let (body, len) = foreign.0.body(parts)?;
                    return Ok(Self { content_type: None, body, len });
                }
                let boundary = crate::protocol::request_id(random());
                (format!("multipart/form-data; boundary={boundary}"), form(parts, &boundary)?)
            }
        };
        Ok(Self { content_type: Some(content_type), len: text.len(), body: Body::Text(text) })
    }

    /// Returns the body as text.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.body {
            Body::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Returns the value of JavaScript that a field holds.
fn foreign(part: &Part<Value>) -> Option<&Foreign> {
    match part {
        Part::Entry { value: Value::Foreign(foreign), .. } => Some(foreign),
        _ => None,
    }
}

fn form(parts: &[Part<Value>], boundary: &str) -> Result<String, Error> {
    let mut form = String::new();
    for part in parts {
        let (name, text) = match part {
            Part::Json { name, text } => (name, &**text),
            Part::Entry { name, value: Value::String(text) } => (name, &**text),
            Part::Entry { .. } => return Err(Error::new(Kind::Encode, "the arguments: a file cannot be sent from here")),
        };
        form.push_str("--");
        form.push_str(boundary);
        form.push_str("\r\nContent-Disposition: form-data; name=\"");
        escape_into(&mut form, name);
        form.push_str("\"\r\n\r\n");
        form.push_str(text);
        form.push_str("\r\n");
    }
    form.push_str("--");
    form.push_str(boundary);
    form.push_str("--\r\n");
    Ok(form)
}

/// Escapes a field's name as browsers do.
fn escape_into(form: &mut String, name: &str) {
    for letter in name.chars() {
        match letter {
            '"' => form.push_str("%22"),
            '\r' => form.push_str("%0D"),
            '\n' => form.push_str("%0A"),
            _ => form.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::flight::to_reply;

    #[test]
    fn a_map_is_sent_as_two_fields() {
        let encoded = to_reply(&(BTreeMap::from([(true, "yes")]),)).unwrap();
        let payload = Payload::new(&encoded, || [0xff; 16]).unwrap();
        let boundary = "ffffffff-ffff-4fff-bfff-ffffffffffff";
        assert_eq!(payload.content_type, Some(format!("multipart/form-data; boundary={boundary}")));
        let field = |name: &str, text: &str| format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
        let expected = [field("1", "[[true,\"yes\"]]"), field("0", "[\"$Q1\"]"), format!("--{boundary}--\r\n")].concat();
        assert_eq!(payload.text(), Some(&*expected));
    }

    #[test]
    fn a_name_stays_inside_its_quotes() {
        let part = Part::Entry { name: "a\"\r\nb".to_owned(), value: Value::string("x") };
        let form = form(&[part], "b").unwrap();
        assert!(form.contains("name=\"a%22%0D%0Ab\"\r\n\r\nx\r\n"), "{form}");
    }
}
