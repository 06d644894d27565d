//! Writes form data as the body of a request (RFC 7578). Knows only fields of text: files need a browser.

use std::rc::Rc;

use super::Body;
use crate::flight::Sent;

/// The body of an action's request, and its content type.
#[derive(Clone, Debug)]
pub(super) struct Payload {
    pub(super) content_type: String,
    pub(super) body: Body,
}

impl Payload {
    /// Writes encoded arguments. `random`: makes the text between two fields, which no field may contain.
    pub(super) fn new(sent: &Sent, random: impl FnOnce() -> [u8; 16]) -> Self {
        if let [(_, text)] = &*sent.parts {
            return Self { content_type: "text/plain;charset=UTF-8".to_owned(), body: Body::Text(text.to_string()) };
        }
        let boundary = crate::protocol::request_id(random());
        let content_type = ["multipart/form-data; boundary=", &*boundary].concat();
        Self { content_type, body: Body::Text(form(&sent.parts, &boundary)) }
    }

    /// Returns the size in bytes.
    pub(super) fn len(&self) -> usize {
        self.body.as_bytes().len()
    }

    /// Returns the body as text.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.body {
            Body::Text(text) => Some(text),
            Body::Bytes(_) => None,
        }
    }
}

fn form(parts: &[(u32, Rc<str>)], boundary: &str) -> String {
    let mut form = String::new();
    for (id, text) in parts {
        let name = crate::text::digits((*id).into());
        form.extend(["--", boundary, "\r\nContent-Disposition: form-data; name=\"", &name, "\"\r\n\r\n", text, "\r\n"]);
    }
    form.extend(["--", boundary, "--\r\n"]);
    form
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::flight::write;

    #[test]
    fn a_map_is_sent_as_two_fields() {
        let sent = write(&(BTreeMap::from([(true, "yes")]),)).unwrap();
        let payload = Payload::new(&sent, || [0xff; 16]);
        let boundary = "ffffffff-ffff-4fff-bfff-ffffffffffff";
        assert_eq!(payload.content_type, format!("multipart/form-data; boundary={boundary}"));
        let field = |name: &str, text: &str| format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
        let expected = [field("1", "[[true,\"yes\"]]"), field("0", "[\"$Q1\"]"), format!("--{boundary}--\r\n")].concat();
        assert_eq!(payload.text(), Some(&*expected));
    }
}
