//! Reads the Flight text that a document carries in its inline scripts. Does not decode models: it searches
//! rows for paths and ids.

use std::borrow::Cow;

use super::Document;
use super::js_literal::{literal, string};
use super::text_search::{number, split, until};

/// Appends the text that an inline script pushes: `self.__next_f.push([1,"text"])`, or with 3 and base64 for
/// bytes that are no text. Appends nothing for other scripts.
pub(super) fn pushes(script: &str, flight: &mut Vec<u8>) {
    const PUSH: &str = "self.__next_f.push([";
    let start = script.trim_ascii_start();
    if !start.starts_with("self.__next_f") && !start.starts_with("(self.__next_f") {
        return;
    }
    let mut rest = start;
    while let Some((_, push)) = split(rest, PUSH) {
        let Some(text) = push.strip_prefix("1,").or(push.strip_prefix("3,")).filter(|text| text.starts_with('"')) else {
            rest = push;
            continue;
        };
        let (text, behind) = string(text);
        match text {
            Some(text) if push.starts_with('1') => flight.extend_from_slice(text.as_bytes()),
            Some(text) => base64(&text, flight),
            None => {}
        }
        rest = behind;
    }
}

/// Appends the decoded bytes, up to the padding or the first character that is not base64.
fn base64(text: &str, out: &mut Vec<u8>) {
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            // The lowest eight of the bits that are not written yet.
            out.push((bits >> count) as u8);
        }
    }
}

/// Reads the rows of a Flight text, framed as in `flight/row.rs`. A malformed row ends with its line.
///
/// Modules (`5:I[…]`) and strings (`2:"…"`, which modules may refer to) are searched for paths of scripts,
/// models for a server reference, and the root for the build and the path. Rows of text and bytes are skipped:
/// they may contain anything.
pub(super) fn rows(flight: &[u8], document: &mut Document) {
    let mut rest = flight;
    while !rest.is_empty() {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let (id, body) = rest.split_at(digits);
        if let Some(behind) = body.strip_prefix(b":").and_then(sized) {
            rest = behind;
            continue;
        }
        let end = body.iter().position(|byte| *byte == b'\n').unwrap_or(body.len());
        if let Some(Ok(line)) = body[..end].strip_prefix(b":").map(str::from_utf8) {
            row(id, line, document);
        }
        rest = body.get(end + 1..).unwrap_or_default();
    }
}

/// Returns the text after a row of text or bytes, `T1f,…`. `None` for other rows.
fn sized(body: &[u8]) -> Option<&[u8]> {
    let (_, body) = body.split_first().filter(|(tag, _)| b"TAOoUSsLlGgMmVb".contains(tag))?;
    let digits = body.iter().take(9).take_while(|byte| byte.is_ascii_hexdigit()).count();
    let length = number(&body[..digits], 16)?;
    let bytes = body[digits..].strip_prefix(b",")?;
    Some(usize::try_from(length).ok().and_then(|length| bytes.get(length..)).unwrap_or_default())
}

fn row(id: &[u8], line: &str, document: &mut Document) {
    if let Some(module) = line.strip_prefix('I') {
        let mut rest = module;
        while let Some((_, text)) = until(rest, b"\"", true) {
            let (path, behind) = string(text);
            document.add_chunk(&path.unwrap_or_default());
            rest = behind;
        }
    } else if line.starts_with('"') {
        document.add_chunk(&string(line).0.unwrap_or_default());
    } else if id == b"0" && document.build.is_none() && document.path.is_none() {
        root(line, document);
    } else {
        document.reference(line);
    }
}

/// Reads the build and the path from the root: `b` and `c` of an object; in Next.js 14 `buildId` and
/// `urlParts`, one level deeper in an array.
fn root(root: &str, document: &mut Document) {
    let (build, path, level) = if root.starts_with('{') { ("b", "c", 1) } else { ("buildId", "urlParts", 2) };
    let mut depth = 0_usize;
    let mut rest = root;
    while let Some((_, found)) = until(rest, b"\"[]{}", true) {
        rest = &found[1..];
        match found.as_bytes()[0] {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {
                let (word, behind) = literal(found);
                rest = behind;
                let Some(value) = behind.strip_prefix(':').filter(|_| depth == level) else { continue };
                if word == Some(build) && value.starts_with('"') {
                    document.build = string(value).0.map(Cow::into_owned);
                } else if word == Some(path) {
                    document.path = joined(value);
                }
            }
        }
    }
}

/// Joins a path that Next.js split at its slashes so that crawlers do not follow it: `["","blog","en"]`.
fn joined(list: &str) -> Option<String> {
    let (_, mut rest) = list.split_at_checked(1).filter(|(bracket, _)| *bracket == "[")?;
    let mut path = String::new();
    loop {
        let (part, behind) = string(rest);
        path.push_str(&part?);
        let Some(next) = behind.strip_prefix(',') else { return behind.starts_with(']').then_some(path) };
        path.push('/');
        rest = next;
    }
}
