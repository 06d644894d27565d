//! Finds the special values of a model, and cuts them out of its text.
//!
//! Reads token by token, in one pass; makes no values.

use std::borrow::Cow;

use super::{Edit, Model, Node, Placed, Scalar, Special, Spot, Tree, broken};
use crate::flight::Limits;
use crate::flight::json::{self, Fault, Token, Tokens};
use crate::{Error, Kind};

/// A container that is being read.
#[derive(Clone, Copy)]
struct Frame<'t> {
    array: bool,
    /// True for an array that began with `"$"`.
    element: bool,
    /// True if the key has escapes.
    escaped: bool,
    /// True if a member before the current one stays in the text.
    kept: bool,
    /// Its number, once a special value was found inside.
    node: Option<u32>,
    /// In an array, the elements read so far; in an object, the byte at which the current key starts.
    index: usize,
    /// The current key of an object, as written.
    key: &'t str,
}

impl<'t> Frame<'t> {
    /// Returns the place that is being read.
    fn spot(&self) -> Spot<'t> {
        match self.array {
            true => Spot::Index(self.index),
            false if self.escaped => Spot::Name(json::unescape(self.key)),
            false => Spot::Name(Cow::Borrowed(self.key)),
        }
    }
}

/// Reads one model.
pub(super) struct Reader<'t, 'l> {
    row: u32,
    text: &'t str,
    limits: &'l Limits,
    tokens: Tokens<'t>,
    frames: Vec<Frame<'t>>,
    /// Replacements in the text, in order: from which byte, up to which byte, by which text.
    replacements: Vec<(usize, usize, &'static str)>,
    nodes: Vec<Node<'t>>,
    edits: Vec<Edit<'t>>,
    placed: Vec<Placed<'t>>,
}

/// Key that no object may have.
const FORBIDDEN: &str = "__proto__";

/// Steps that a message names before it says `…`.
const MAX_STEPS: usize = 16;

/// Bytes from which a text counts as long.
const LONG: usize = 10_000;

/// Parts of an element's tuple that are read: the mark, type, key and props. The rest is for development.
const ELEMENT: usize = 4;

impl<'t, 'l> Reader<'t, 'l> {
    pub(super) fn new(row: u32, text: &'t str, limits: &'l Limits) -> Self {
        let tokens = Tokens::new(text, limits.depth);
        // A long text likely has many. Growing the lists step by step would copy them again and again.
        let many = if text.len() < LONG { 0 } else { text.len() / 64 };
        let (frames, placed) = (Vec::with_capacity(16), Vec::new());
        let (replacements, nodes, edits) = (Vec::with_capacity(many), Vec::with_capacity(many), Vec::with_capacity(many));
        Self { row, text, limits, tokens, frames, replacements, nodes, edits, placed }
    }

    pub(super) fn read(mut self) -> Result<Model<'t>, Error> {
        loop {
            let token = match self.tokens.advance() {
                Ok(Some(token)) => token,
                Ok(None) => break,
                Err(fault) => return Err(self.fault(fault)),
            };
            let Some(frame) = self.frames.last_mut() else {
                // This token is the root; one after it is only checked.
                match token {
                    Token::OpenArray | Token::OpenObject => self.open(token == Token::OpenArray),
                    Token::Text(raw) if raw.starts_with('$') || raw.starts_with("\\u") => {
                        if let Some(special) = self.special(raw)? {
                            // Only white space may follow, or this fails.
                            self.next()?;
                            return Ok(Model::Special(special));
                        }
                    }
                    _ => {}
                }
                continue;
            };
            if frame.element && frame.index >= ELEMENT && token != Token::Close {
                self.tokens.skip(token).map_err(|fault| self.fault(fault))?;
                continue;
            }
            match token {
                Token::Key(raw) => {
                    frame.key = raw;
                    frame.escaped = self.tokens.escaped();
                    frame.index = self.tokens.start();
                    if raw == FORBIDDEN || frame.escaped && json::unescape(raw) == FORBIDDEN {
                        if let Some(value) = self.next()? {
                            self.tokens.skip(value).map_err(|fault| self.fault(fault))?;
                        }
                        self.drop_member();
                    }
                    continue;
                }
                Token::OpenArray | Token::OpenObject => {
                    frame.kept = true;
                    self.open(token == Token::OpenArray);
                    continue;
                }
                Token::Close => {
                    if frame.element {
                        let node = self.holder();
                        self.edits.push(Edit::Element { node });
                    }
                    self.frames.pop();
                }
                Token::Text(raw) if raw.starts_with('$') || raw.starts_with("\\u") => match self.special(raw)? {
                    Some(special) => self.place(special),
                    None => self.keep_member(),
                },
                _ => frame.kept = true,
            }
            if let Some(frame) = self.frames.last_mut() {
                frame.index += usize::from(frame.array);
            }
        }
        let text = self.replaced_text();
        Ok(Model::Tree(Tree { text, nodes: self.nodes, edits: self.edits, elements: false }, self.placed))
    }

    fn open(&mut self, array: bool) {
        self.frames.push(Frame { array, element: false, escaped: false, kept: false, node: None, index: 0, key: "" });
    }

    fn next(&mut self) -> Result<Option<Token<'t>>, Error> {
        self.tokens.next().map_err(|fault| self.fault(fault))
    }

    fn fault(&self, fault: Fault) -> Error {
        broken(self.row, fault, self.limits)
    }

    fn keep_member(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.kept = true;
        }
    }

    /// Takes the current member, up to the last token, out of the text.
    fn drop_member(&mut self) {
        let Some(frame) = self.frames.last() else { return };
        let mut end = self.tokens.end();
        let start = if frame.kept {
            // Only white space stands between a comma and a key.
            self.text[..frame.index].rfind(',').unwrap_or(frame.index)
        } else {
            end = self.tokens.comma_ahead().unwrap_or(end);
            frame.index
        };
        self.replacements.push((start, end, ""));
    }

    fn place(&mut self, special: Special<'t>) {
        let in_array = self.frames.last().is_none_or(|frame| frame.array);
        if !in_array && special == Special::Scalar(Scalar::Undefined) {
            self.drop_member();
            return;
        }
        self.keep_member();
        self.replacements.push((self.tokens.start(), self.tokens.end(), "null"));
        let spot = self.frames.last().map_or(Spot::Index(0), Frame::spot);
        let holder = self.holder();
        match special {
            Special::Scalar(scalar) => self.edits.push(Edit::Put { holder, spot, scalar }),
            special => self.placed.push(Placed { holder, spot, special }),
        }
    }

    /// Returns the number of the innermost container. Numbers it first, with those around it, if it has none.
    fn holder(&mut self) -> usize {
        if let Some(Frame { node: Some(node), .. }) = self.frames.last() {
            return *node as usize;
        }
        let known = self.frames.iter().rposition(|frame| frame.node.is_some());
        let mut parent = known.and_then(|at| self.frames[at].node).unwrap_or(0) as usize;
        let mut element = known.and_then(|_| self.nodes[parent].element);
        for at in known.map_or(0, |at| at + 1)..self.frames.len() {
            let spot = at.checked_sub(1).map_or(Spot::Index(0), |around| self.frames[around].spot());
            let frame = &mut self.frames[at];
            if frame.element {
                element = Some(self.nodes.len());
            }
            self.nodes.push(Node { parent, spot, element });
            parent = self.nodes.len() - 1;
            frame.node = Some(parent as u32);
        }
        parent
    }

    /// Reads a string that begins with `$` or an escape. Returns `None` if it is a plain string or the mark of an
    /// element.
    fn special(&mut self, raw: &'t str) -> Result<Option<Special<'t>>, Error> {
        let first = if raw.starts_with('$') { 1 } else { json::escape(raw).1 };
        let text = self.tokens.unescape(raw);
        let Some(rest) = text.strip_prefix('$') else { return Ok(None) };
        if rest.starts_with('$') {
            let start = self.tokens.start() + 1;
            self.replacements.push((start, start + first, ""));
            return Ok(None);
        }
        if rest.is_empty()
            && let Some(frame) = self.frames.last_mut().filter(|frame| frame.array && frame.index == 0)
        {
            frame.element = true;
            self.replacements.push((self.tokens.start(), self.tokens.end(), "null"));
            return Ok(None);
        }
        Special::read(text, self.limits.digits).map(Some).map_err(|what| self.error_here(&what))
    }

    /// Makes an error that names the current place.
    fn error_here(&self, what: &str) -> Error {
        let mut place = String::new();
        for (steps, frame) in self.frames.iter().enumerate() {
            if steps >= MAX_STEPS {
                place.push('…');
                break;
            }
            if frame.array {
                place.push_str(&format!("[{}]", frame.index));
            } else {
                place.push('.');
                place.push_str(&json::unescape(frame.key));
            }
        }
        let at = if place.is_empty() { "" } else { " at " };
        Error::new(Kind::Decode, format!("row {:x}: {what}{at}{place}", self.row))
    }

    fn replaced_text(&self) -> Cow<'t, str> {
        if self.replacements.is_empty() {
            return Cow::Borrowed(self.text);
        }
        let bytes = self.text.as_bytes();
        // A replacement is longer than the replaced text by at most one byte.
        let mut out = Spliced { bytes: vec![0; bytes.len() + self.replacements.len() + 16], length: 0 };
        let mut from = 0;
        for (start, end, new) in &self.replacements {
            out.add(bytes, from, *start);
            out.add(new.as_bytes(), 0, new.len());
            from = *end;
        }
        out.add(bytes, from, bytes.len());
        out.bytes.truncate(out.length);
        // Replacements are next to quotes and commas, so no character is split.
        String::from_utf8(out.bytes).map_or(Cow::Borrowed(self.text), Cow::Owned)
    }
}

/// A text that is put together from many short pieces.
struct Spliced {
    bytes: Vec<u8>,
    length: usize,
}

impl Spliced {
    /// Appends `source[from..to]` sixteen bytes at a time, because a copy of constant length needs no call.
    fn add(&mut self, source: &[u8], mut from: usize, to: usize) {
        while from < to {
            let room = self.bytes.get_mut(self.length..).and_then(|rest| rest.first_chunk_mut::<16>());
            match (room, source.get(from..).and_then(|rest| rest.first_chunk::<16>())) {
                (Some(room), Some(piece)) => *room = *piece,
                (Some(room), None) => {
                    let rest = &source[from..to];
                    room[..rest.len()].copy_from_slice(rest);
                }
                (None, _) => return,
            }
            let count = (to - from).min(16);
            self.length += count;
            from += count;
        }
    }
}
