//! Writes form data as the body of a request (RFC 7578). Knows only fields of text: files need a browser.

use super::Body;
use crate::flight::{self, Encoded, Foreign, Part, Sent, Value};

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
    /// Writes the texts of a request. `random`: makes the text between two fields, which no field may contain.
    pub(super) fn of_texts(sent: &Sent, random: &dyn Fn() -> [u8; 16]) -> Self {
        if let [(_, text)] = &*sent.parts {
            return Self::new("text/plain;charset=UTF-8".to_owned(), text.to_string());
        }
        let mut form = Form::new(random);
        for (id, text) in &sent.parts {
            form.field(&crate::text::digits((*id).into()), text);
        }
        form.finish()
    }

    /// Writes encoded arguments, which may have files. `random` as above.
    pub(super) fn of_values(encoded: &Encoded<Value>, random: &dyn Fn() -> [u8; 16]) -> Result<Self, crate::Error> {
        let parts = match &encoded.body {
            flight::Body::Text(text) => return Ok(Self::new("text/plain;charset=UTF-8".to_owned(), text.clone())),
            flight::Body::Form(parts) => parts,
        };
        if let Some(foreign) = parts.iter().find_map(foreign) {
            let (body, len) = foreign.0.body(parts)?;
            return Ok(Self { content_type: None, body, len });
        }
        let mut form = Form::new(random);
        for part in parts {
            let (name, text) = match part {
                Part::Json { name, text } => (name, &**text),
                Part::Entry { name, value: Value::String(text) } => (name, &**text),
                Part::Entry { .. } => return Err(crate::Error::new(crate::Kind::Encode, "the arguments: a file cannot be sent from here")),
            };
            form.field(name, text);
        }
        Ok(form.finish())
    }

    fn new(content_type: String, text: String) -> Self {
        Self { content_type: Some(content_type), len: text.len(), body: Body::Text(text) }
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

/// Form data that is being written.
struct Form {
    text: String,
    boundary: String,
}

impl Form {
    fn new(random: &dyn Fn() -> [u8; 16]) -> Self {
        Self { text: String::new(), boundary: crate::protocol::request_id(random()) }
    }

    fn field(&mut self, name: &str, text: &str) {
        self.text.extend(["--", &self.boundary, "\r\nContent-Disposition: form-data; name=\""]);
        escape_into(&mut self.text, name);
        self.text.extend(["\"\r\n\r\n", text, "\r\n"]);
    }

    fn finish(mut self) -> Payload {
        self.text.extend(["--", &self.boundary, "--\r\n"]);
        Payload::new(["multipart/form-data; boundary=", &*self.boundary].concat(), self.text)
    }
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
    use crate::flight::write;

    #[test]
    fn a_map_is_sent_as_two_fields() {
        let sent = write(&(BTreeMap::from([(true, "yes")]),)).unwrap();
        let payload = Payload::of_texts(&sent, &|| [0xff; 16]);
        let boundary = "ffffffff-ffff-4fff-bfff-ffffffffffff";
        assert_eq!(payload.content_type, Some(format!("multipart/form-data; boundary={boundary}")));
        let field = |name: &str, text: &str| format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
        let expected = [field("1", "[[true,\"yes\"]]"), field("0", "[\"$Q1\"]"), format!("--{boundary}--\r\n")].concat();
        assert_eq!(payload.text(), Some(&*expected));
    }

    #[test]
    fn a_name_stays_inside_its_quotes() {
        let mut form = Form::new(&|| [0xff; 16]);
        form.field("a\"\r\nb", "x");
        assert!(form.text.contains("name=\"a%22%0D%0Ab\"\r\n\r\nx\r\n"), "{}", form.text);
    }
}
