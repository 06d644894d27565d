//! What a document says of its scripts and its actions.

use std::borrow::Cow;

use super::inline::{self, pushes};
use super::written_id;
use crate::protocol::ActionId;

/// What a document knows. Each list is in the order of the document, without repetitions, and has at most [`MOST`] items.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// URLs of the scripts it loads or preloads, as its attributes write them: to be resolved against the document's URL.
    pub(crate) scripts: Vec<String>,
    /// Paths of the scripts its client components are in, as the Flight text writes them: from webpack they begin with `static/chunks/`
    /// and mean a path below `/_next/` of the asset prefix; from Turbopack they are URLs like the other scripts.
    pub(crate) chunks: Vec<String>,
    /// Ids of actions in forms that work without JavaScript, and of those passed to client components.
    pub(crate) ids: Vec<ActionId>,
    /// The build, as the Flight text says. Next.js 16.4 says none where there is a deployment.
    pub(crate) build: Option<String>,
    /// The deployment, as the `<html>` tag of Next.js 16.4 says. 15.5 has it in the URLs of the scripts only.
    pub(crate) deployment: Option<String>,
}

/// Items of a list, at most.
pub(crate) const MOST: usize = 512;

/// Bytes of a URL or another word, at most: a longer one is passed over.
const LONGEST: usize = 4096;

/// Takes scripts, ids, build and deployment out of the text of a document.
///
/// Reads tags, attributes, comments and raw text (`<script>`, `<style>`, `<title>`, …) as a browser would, and decodes the character
/// references that React writes and numeric ones. It knows no tree: an element counts wherever it stands, in a `<template>` too, but not in
/// `<noscript>`. It does not know `<base>`, `<!--` inside a script, CDATA, end tags with `>` in an attribute, or named references other than
/// `amp`, `lt`, `gt`, `quot`, `apos`. Scripts that are `nomodule` are not wanted. The last tag of a document that is cut is not read.
pub(crate) fn scan_html(text: &str) -> Page {
    let mut page = Page::default();
    let mut flight = Vec::new();
    let mut rest = text;
    while let Some((_, tag)) = rest.split_once('<') {
        rest = if let Some(comment) = tag.strip_prefix('!').filter(|comment| comment.starts_with("--")) {
            // `<!-->` is a whole comment.
            behind(comment, "-->")
        } else if tag.starts_with(['!', '?', '/']) {
            behind(tag, ">")
        } else if tag.starts_with(|first: char| first.is_ascii_alphabetic()) {
            let Some((tag, rest)) = Tag::read(tag) else { break };
            let (raw, rest) = if tag.is_any_of(&RAW) { raw_text(tag.name, rest) } else { ("", rest) };
            page.see(&tag, raw, &mut flight);
            rest
        } else {
            tag
        };
    }
    inline::rows(&flight, &mut page);
    page
}

/// Elements with nothing but text in them. `noscript` is one where scripts run.
const RAW: [&str; 9] = ["script", "style", "title", "textarea", "noscript", "iframe", "noembed", "noframes", "xmp"];

impl Page {
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
        if let Some((id, _)) = model.strip_prefix("{\"id\":\"").and_then(|id| id.split_once("\",\"bound\":")) {
            self.add_id(id);
        }
    }

    pub(super) fn add_chunk(&mut self, path: &str) {
        let file = path.split(['?', '#']).next().unwrap_or_default();
        if file.ends_with(".js") && (file.starts_with("static/chunks/") || file.contains("/_next/static/")) {
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
    if !item.is_empty() && item.len() <= LONGEST && list.len() < MOST && !list.iter().any(|known| known == item) {
        list.push(item.to_owned());
    }
}

/// What stands behind `end`, which itself may be missing.
fn behind<'t>(text: &'t str, end: &str) -> &'t str {
    text.split_once(end).map_or("", |(_, rest)| rest)
}

/// Splits at the end tag. Without one there is nothing: a browser would not run such a script.
fn raw_text<'t>(name: &str, text: &'t str) -> (&'t str, &'t str) {
    let ends = |rest: &str| {
        let bytes = rest.as_bytes();
        bytes.get(2..2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
            && bytes.get(2 + name.len()).is_some_and(|byte| is_space(*byte) || matches!(byte, b'/' | b'>'))
    };
    let end = text.match_indices("</").map(|(at, _)| at).find(|at| ends(&text[*at..]));
    end.map_or(("", ""), |end| text.split_at(end))
}

/// Whether one of the words in an attribute's value is this one.
fn has_word(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|found| found.eq_ignore_ascii_case(word))
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c')
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

/// A start tag, its values as written.
struct Tag<'t> {
    name: &'t str,
    values: [Option<&'t str>; NAMES.len()],
}

impl<'t> Tag<'t> {
    /// Reads from a tag's name to behind its `>`. None when it does not end.
    fn read(text: &'t str) -> Option<(Self, &'t str)> {
        let (name, mut rest) = until(text, |byte| is_space(byte) || matches!(byte, b'/' | b'>'))?;
        let mut tag = Self { name, values: [None; NAMES.len()] };
        loop {
            rest = until(rest, |byte| !is_space(byte) && byte != b'/')?.1;
            if let Some(behind) = rest.strip_prefix('>') {
                return Some((tag, behind));
            }
            // The first character belongs to the name, be it a `=`.
            let first = rest.chars().next().map_or(0, char::len_utf8);
            let (more, behind) = until(&rest[first..], |byte| is_space(byte) || matches!(byte, b'/' | b'>' | b'='))?;
            let name = &rest[..first + more.len()];
            rest = until(behind, |byte| !is_space(byte))?.1;
            let mut value = "";
            if let Some(assigned) = rest.strip_prefix('=') {
                let assigned = until(assigned, |byte| !is_space(byte))?.1;
                let quote = assigned.as_bytes().first().copied().filter(|byte| matches!(byte, b'"' | b'\''));
                let end = |byte| quote.map_or(is_space(byte) || byte == b'>', |quote| byte == quote);
                let quotes = usize::from(quote.is_some());
                (value, rest) = until(&assigned[quotes..], end)?;
                rest = &rest[quotes..];
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

/// Splits before the first byte, an ASCII one or any other character's first, that is an end. None without one.
fn until(text: &str, is_end: impl Fn(u8) -> bool) -> Option<(&str, &str)> {
    text.split_at_checked(text.bytes().position(is_end)?)
}

/// A value without character references. What is none of those known stays as it is.
fn decoded(value: &str) -> Cow<'_, str> {
    let Some(first) = value.find('&') else { return Cow::Borrowed(value) };
    let mut out = String::with_capacity(value.len());
    out.push_str(&value[..first]);
    let mut rest = &value[first..];
    while let Some((plain, reference)) = rest.split_once('&') {
        out.push_str(plain);
        let end = reference.bytes().take(10).position(|byte| byte == b';');
        let read = end.and_then(|end| Some((character(&reference[..end])?, &reference[end + 1..])));
        let (char, behind) = read.unwrap_or(('&', reference));
        out.push(char);
        rest = behind;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character that `&name;` stands for.
fn character(name: &str) -> Option<char> {
    let code = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        },
        None => {
            const NAMED: [(&str, char); 5] = [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\'')];
            return NAMED.iter().find_map(|(known, char)| (*known == name).then_some(*char));
        }
    };
    char::from_u32(code)
}
