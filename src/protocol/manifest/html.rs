//! Reads from a document its scripts and the ids of its actions. Builds no tree and fetches nothing.

use std::borrow::Cow;

use super::inline_scripts::{self, pushes};
use super::js_literal::append;
use super::text_search::{behind, number, split, until};
use super::written_id;
use crate::protocol::ActionId;

/// The facts that a document states; [`scan_html`] reads them. Each list is in the order of the document, has
/// no repetitions and at most 512 items.
///
/// ```
/// use actionlane::protocol::manifest::{Document, scan_html};
///
/// // The Flight text of Next.js 15: a module of a client component, and the root.
/// let document = scan_html(
///     r#"<script>self.__next_f.push([1,"1:I[7,[\"2\",\"static/chunks/2.js\"],\"Form\"]\n"])</script>
///     <script>self.__next_f.push([1,"0:{\"b\":\"tT3ab\",\"c\":[\"\",\"blog\",\"en\"]}\n"])</script>"#,
/// );
/// let expected = Document {
///     chunks: vec!["static/chunks/2.js".to_owned()],
///     build: Some("tT3ab".to_owned()),
///     path: Some("/blog/en".to_owned()),
///     ..Document::default()
/// };
/// assert_eq!(document, expected);
/// ```
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// URLs of the scripts it loads or preloads, as written: resolve them against the document's URL.
    pub scripts: Vec<String>,
    /// Paths of the scripts that contain its client components, as the Flight text writes them. Those from
    /// webpack begin with `static/chunks/` and lie below `/_next/` of the asset prefix; those from Turbopack are
    /// URLs like the other scripts.
    pub chunks: Vec<String>,
    /// Ids of actions that the document's forms call without JavaScript, and of those passed to client
    /// components.
    pub ids: Vec<ActionId>,
    /// Id of the build, from the Flight text. Next.js 16.4 states none if there is a deployment.
    pub build: Option<String>,
    /// Path that was requested, or that it was rewritten to, without the base path and with the query:
    /// `/blog/en?q=1`. From the Flight text.
    pub path: Option<String>,
    /// Id of the deployment, from the `<html>` tag of Next.js 16.4. 15.5 has it only in the URLs of the scripts.
    pub deployment: Option<String>,
}

/// Highest number of items in a list.
pub(super) const MOST: usize = 512;

/// Longest URL, in UTF-16 code units; longer ones are skipped.
const LONGEST: usize = 4096;

/// Reads scripts, ids, build, path and deployment from the text of a document.
///
/// Reads tags, attributes, comments and raw text (`<script>`, `<style>`, `<title>`, …) as a browser would.
/// Decodes numeric character references and `amp`, `lt`, `gt`, `quot`, `apos`, which React writes. An element
/// counts at any place, even in a `<template>`, but not in `<noscript>`. Scripts with `nomodule` are skipped,
/// and so is an incomplete tag at the end.
///
/// Not supported: `<base>`, `<!--` inside a script, CDATA, end tags with `>` in an attribute, other named
/// references.
///
/// ```
/// use actionlane::protocol::manifest::scan_html;
///
/// let document = scan_html(
///     r#"<html data-dpl-id="dpl_1"><script src="/_next/static/chunks/1.js?a=1&amp;b=2"></script>
///     <form><input name="$ACTION_ID_40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"></form>"#,
/// );
/// assert_eq!(document.scripts, ["/_next/static/chunks/1.js?a=1&b=2"]);
/// assert_eq!(document.ids[0].as_str(), "40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
/// assert_eq!(document.deployment.as_deref(), Some("dpl_1"));
/// ```
pub fn scan_html(text: &str) -> Document {
    let mut document = Document::default();
    let mut flight = Vec::new();
    let mut rest = text;
    while let Some((_, tag)) = split(rest, "<") {
        rest = if let Some(comment) = tag.strip_prefix('!').filter(|comment| comment.starts_with("--")) {
            // `<!-->` is a complete comment, so the search begins at its own dashes.
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
    inline_scripts::rows(&flight, &mut document);
    document
}

/// Elements that contain only text. `noscript` does where scripts run.
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

    /// Reads a field that React adds to a form. The id is in its name or, if arguments are bound, in its value.
    fn field(&mut self, name: &str, value: &str) {
        if let Some(id) = name.strip_prefix("$ACTION_ID_") {
            self.add_id(id);
        } else if name.starts_with("$ACTION_") && name.ends_with(":0") {
            self.reference(&decoded(value));
        }
    }

    /// Reads the model of a server reference: `{"id":"40…","bound":…}`.
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

/// Splits at the end tag. Without an end tag both parts are empty: a browser would not run such a script.
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

/// Returns true if one of the words of an attribute's value is `word`.
#[inline(never)]
fn has_word(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|found| found.eq_ignore_ascii_case(word))
}

/// The attributes that are read, in the order of [`NAMES`].
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

/// A start tag; its values are not decoded yet.
struct Tag<'t> {
    name: &'t str,
    values: [Option<&'t str>; NAMES.len()],
}

impl<'t> Tag<'t> {
    /// Reads from a tag's name to the text after its `>`. `None` if the tag does not end.
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
                // The first of two attributes with the same name counts.
                tag.values[at].get_or_insert(value);
            }
        }
    }

    fn is_any_of(&self, names: &[&str]) -> bool {
        names.iter().any(|name| name.eq_ignore_ascii_case(self.name))
    }
}

/// Decodes the character references of a value. Unknown ones stay as they are.
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

/// Returns the code point that `&name;` stands for.
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
