//! Reads what a document says of its scripts and its actions.

use std::borrow::Cow;

use super::find::{behind, number, split, until};
use super::inline::{self, pushes};
use super::literal::append;
use super::written_id;
use crate::protocol::ActionId;

/// What a document knows. Each list is in the order of the document, without repetitions, and has at most [`MOST`] items.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// URLs of the scripts it loads or preloads, as its attributes write them: to be resolved against the document's URL.
    pub scripts: Vec<String>,
    /// Paths of the scripts its client components are in, as the Flight text writes them: from webpack they begin with `static/chunks/`
    /// and mean a path below `/_next/` of the asset prefix; from Turbopack they are URLs like the other scripts.
    pub chunks: Vec<String>,
    /// Ids of actions in forms that work without JavaScript, and of those passed to client components.
    pub ids: Vec<ActionId>,
    /// The build, as the Flight text says. Next.js 16.4 says none where there is a deployment.
    pub build: Option<String>,
    /// The path that was asked for, or rewritten to, without the base path and with the query, as the Flight text says: `/blog/en?q=1`.
    pub path: Option<String>,
    /// The deployment, as the `<html>` tag of Next.js 16.4 says. 15.5 has it in the URLs of the scripts only.
    pub deployment: Option<String>,
}

/// Items of a list, at most.
pub(super) const MOST: usize = 512;

/// UTF-16 units of a URL, at most: a longer one is passed over.
const LONGEST: usize = 4096;

/// Takes scripts, ids, build, path and deployment out of the text of a document.
///
/// Reads tags, attributes, comments and raw text (`<script>`, `<style>`, `<title>`, …) as a browser would, and decodes the character
/// references that React writes and numeric ones. It knows no tree: an element counts wherever it stands, in a `<template>` too, but not in
/// `<noscript>`. It does not know `<base>`, `<!--` inside a script, CDATA, end tags with `>` in an attribute, or named references other than
/// `amp`, `lt`, `gt`, `quot`, `apos`. Scripts that are `nomodule` are not wanted. The last tag of a document that is cut is not read.
pub fn scan_html(text: &str) -> Document {
    let mut document = Document::default();
    let mut flight = Vec::new();
    let mut rest = text;
    while let Some((_, tag)) = split(rest, "<") {
        rest = if let Some(comment) = tag.strip_prefix('!').filter(|comment| comment.starts_with("--")) {
            // `<!-->` is a whole comment.
            behind(comment, "-->")
        } else if tag.starts_with(['!', '?', '/']) {
            behind(tag, ">")
        } else if tag.starts_with(|first: char| first.is_ascii_alphabetic()) {
            let Some((tag, rest)) = Tag::read(tag) else { break };
            let (raw, rest) = if tag.is_any_of(&RAW) { raw_text(tag.name, rest) } else { ("", rest) };
            document.see(&tag, raw, &mut flight);
            rest
        } else {
            tag
        };
    }
    inline::rows(&flight, &mut document);
    document
}

/// Elements with nothing but text in them. `noscript` is one where scripts run.
const RAW: [&str; 9] = ["script", "style", "title", "textarea", "noscript", "iframe", "noembed", "noframes", "xmp"];

impl Document {
    fn see(&mut self, tag: &Tag<'_>, raw: &str, flight: &mut Vec<u8>) {
        let get = |attribute: Attribute| tag.values[attribute as usize];
        let is = |attribute: Attribute, word: &str| get(attribute).is_some_and(|words| has_word(words, word));
        if tag.is_any_of(&["script"]) {
            match get(Attribute::Src) {
                None => pushes(raw, flight),
                Some(src) if get(Attribute::NoModule).is_none() => add(&mut self.scripts, &decoded(src)),
                Some(_) => {}
            }
        } else if tag.is_any_of(&["link"]) {
            let preloads = is(Attribute::Rel, "modulepreload") || is(Attribute::Rel, "preload") && is(Attribute::As, "script");
            if let Some(href) = get(Attribute::Href).filter(|_| preloads) {
                add(&mut self.scripts, &decoded(href));
            }
        } else if tag.is_any_of(&["input", "button"]) {
            self.field(get(Attribute::Name).unwrap_or_default(), get(Attribute::Value).unwrap_or_default());
        } else if tag.is_any_of(&["html"]) && self.deployment.is_none() {
            self.deployment = get(Attribute::Deployment).map(|id| decoded(id).into_owned());
        }
    }

    /// A field that React adds to a form: the id is in its name, or, with arguments bound, in its value.
    fn field(&mut self, name: &str, value: &str) {
        if let Some(id) = name.strip_prefix("$ACTION_ID_") {
            self.add_id(id);
        } else if name.starts_with("$ACTION_") && name.ends_with(":0") {
            self.reference(&decoded(value));
        }
    }

    /// The model of a server reference: `{"id":"40…","bound":…}`.
    pub(super) fn reference(&mut self, model: &str) {
        if let Some((id, _)) = model.strip_prefix("{\"id\":\"").and_then(|id| split(id, "\",\"bound\":")) {
            self.add_id(id);
        }
    }

    pub(super) fn add_chunk(&mut self, path: &str) {
        let file = until(path, b"?#", true).map_or(path, |(file, _)| file);
        if file.ends_with(".js") && (file.starts_with("static/chunks/") || split(file, "/_next/static/").is_some()) {
            add(&mut self.chunks, path);
        }
    }

    fn add_id(&mut self, id: &str) {
        if let Some(id) = written_id(id).filter(|id| self.ids.len() < MOST && !self.ids.contains(id)) {
            self.ids.push(id);
        }
    }
}

fn add(list: &mut Vec<String>, item: &str) {
    if !item.is_empty() && item.encode_utf16().nth(LONGEST).is_none() && list.len() < MOST && !list.iter().any(|known| known == item) {
        list.push(item.to_owned());
    }
}

/// Splits at the end tag. Without one there is nothing: a browser would not run such a script.
fn raw_text<'t>(name: &str, text: &'t str) -> (&'t str, &'t str) {
    let mut rest = text;
    while let Some((_, tag)) = split(rest, "</") {
        let found = tag.split_at_checked(name.len()).filter(|(found, _)| found.eq_ignore_ascii_case(name));
        if found.is_some_and(|(_, behind)| behind.starts_with(|end: char| end.is_ascii_whitespace() || end == '/' || end == '>')) {
            return (&text[..text.len() - tag.len() - 2], tag);
        }
        rest = tag;
    }
    ("", "")
}

/// Whether one of the words in an attribute's value is this one.
#[inline(never)]
fn has_word(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|found| found.eq_ignore_ascii_case(word))
}

/// The attributes looked at, in the order of [`NAMES`].
#[derive(Clone, Copy)]
enum Attribute {
    Src,
    NoModule,
    Href,
    Rel,
    As,
    Name,
    Value,
    Deployment,
}

const NAMES: [&str; 8] = ["src", "nomodule", "href", "rel", "as", "name", "value", "data-dpl-id"];

const SPACE: &[u8] = b" \t\n\r\x0c";

/// A start tag, its values as written.
struct Tag<'t> {
    name: &'t str,
    values: [Option<&'t str>; NAMES.len()],
}

impl<'t> Tag<'t> {
    /// Reads from a tag's name to behind its `>`. None when it does not end.
    fn read(text: &'t str) -> Option<(Self, &'t str)> {
        let (name, mut rest) = until(text, b" \t\n\r\x0c/>", true)?;
        let mut tag = Self { name, values: [None; NAMES.len()] };
        loop {
            rest = until(rest, b" \t\n\r\x0c/", false)?.1;
            if let Some(behind) = rest.strip_prefix('>') {
                return Some((tag, behind));
            }
            // A `=` at the beginning belongs to the name.
            let from = usize::from(rest.starts_with('='));
            let (more, behind) = until(&rest[from..], b" \t\n\r\x0c/>=", true)?;
            let name = &rest[..from + more.len()];
            rest = until(behind, SPACE, false)?.1;
            let mut value = "";
            if let Some(assigned) = rest.strip_prefix('=') {
                let assigned = until(assigned, SPACE, false)?.1;
                (value, rest) = match assigned.as_bytes().first() {
                    Some(b'"') => split(&assigned[1..], "\"")?,
                    Some(b'\'') => split(&assigned[1..], "'")?,
                    _ => until(assigned, b" \t\n\r\x0c>", true)?,
                };
            }
            if let Some(at) = NAMES.iter().position(|known| known.eq_ignore_ascii_case(name)) {
                // Of two with one name, the first counts.
                tag.values[at].get_or_insert(value);
            }
        }
    }

    fn is_any_of(&self, names: &[&str]) -> bool {
        names.iter().any(|name| name.eq_ignore_ascii_case(self.name))
    }
}

/// A value without character references. What is none of those known stays as it is.
fn decoded(value: &str) -> Cow<'_, str> {
    let Some((plain, mut rest)) = split(value, "&") else { return Cow::Borrowed(value) };
    let mut units: Vec<u16> = plain.encode_utf16().collect();
    loop {
        let end = rest.bytes().take(10).position(|byte| byte == b';');
        let code = end.and_then(|end| character(&rest.as_bytes()[..end])).filter(|code| append(&mut units, *code));
        let mut behind = &rest[code.and(end).map_or(0, |end| end + 1)..];
        if code.is_none() {
            units.push(u16::from(b'&'));
        }
        let more = split(behind, "&");
        behind = more.map_or(behind, |(plain, _)| plain);
        units.extend(behind.encode_utf16());
        let Some((_, next)) = more else { return Cow::Owned(String::from_utf16_lossy(&units)) };
        rest = next;
    }
}

/// The number of the character that `&name;` stands for.
fn character(name: &[u8]) -> Option<u32> {
    Some(match name {
        [b'#', b'x' | b'X', hex @ ..] => number(hex, 16)?,
        [b'#', decimal @ ..] => number(decimal, 10)?,
        b"amp" => u32::from(b'&'),
        b"lt" => u32::from(b'<'),
        b"gt" => u32::from(b'>'),
        b"quot" => u32::from(b'"'),
        b"apos" => u32::from(b'\''),
        _ => return None,
    })
}
