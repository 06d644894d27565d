//! Reads what a compiled script says of the actions it calls.

use super::find::{behind, split};
use super::literal::{is_quote, literal, unescape};
use super::{Found, written_id};

/// Takes the actions out of a script's text: each call of `createServerReference` with an id and, as its fifth argument, a name.
///
/// ```text
/// (0,n.createServerReference)("40…",n.callServer,void 0,n.findSourceMapURL,"save")       webpack, Turbopack
/// (0, wrapper["createServerReference"])("40…", wrapper["callServer"], void 0, …, "save")  Turbopack, not minified
/// ```
///
/// Quotes may be any, spaces and comments stand anywhere, names may be escaped. Arguments are made of names, `.`, `[…]`, `(…)`, literals.
/// Whether the text is code, or a string or a comment in it, is not seen; nor is a call inside a string that is evaluated
/// (`next dev` with webpack), nor one through a renamed function (Next.js 14.2, minified, which has no names either).
pub fn scan_script(text: &str, found: &mut Found) {
    let mut rest = text;
    while let Some((_, arguments)) = split(rest, CALLEE) {
        let mut call = Cursor(arguments);
        if let Some((id, name)) = call.read() {
            found.0.push((name, id));
        }
        // Never back behind what was read: a text is gone through once, whatever is in it.
        rest = call.0;
    }
}

const CALLEE: &str = "createServerReference";

/// UTF-16 units of a name, at most.
const LONGEST_NAME: usize = 1024;

/// Where the name stands among the arguments, from 0.
const NAME: usize = 4;

/// What is left to read.
struct Cursor<'t>(&'t str);

impl<'t> Cursor<'t> {
    /// From behind the callee's name up to its own name.
    fn read(&mut self) -> Option<(super::ActionId, Box<str>)> {
        if self.peek().is_some_and(is_quote) {
            self.0 = self.0.get(1..)?;
            self.space();
            self.take(b']')?;
        }
        self.space();
        // Not there when the function is called by its plain name.
        self.take(b')');
        self.space();
        self.take(b'(')?;
        self.space();
        let id = self.id()?;
        for _ in 1..NAME {
            self.comma()?;
            self.expression()?;
        }
        self.comma()?;
        let name = self.literal()?;
        self.space();
        let ends = matches!(self.peek(), Some(b')' | b','));
        (ends && !name.is_empty() && name.encode_utf16().nth(LONGEST_NAME).is_none()).then(|| (id, unescape(name).into()))
    }

    /// An id between quotes. Looks at no more than an id has.
    fn id(&mut self) -> Option<super::ActionId> {
        let quote = self.peek().filter(|byte| is_quote(*byte))?;
        let length = [40, 42].into_iter().find(|length| self.0.as_bytes().get(length + 1) == Some(&quote))?;
        let id = written_id(self.0.get(1..=length)?)?;
        self.0 = self.0.get(length + 2..)?;
        Some(id)
    }

    /// Passes over an argument, up to the comma or bracket that ends it.
    fn expression(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            self.space();
            match self.peek()? {
                b',' | b')' | b']' if depth == 0 => return Some(()),
                b'(' | b'[' => depth += 1,
                b')' | b']' => depth -= 1,
                byte if is_quote(byte) => {
                    self.literal()?;
                    continue;
                }
                byte if byte.is_ascii_alphanumeric() || !byte.is_ascii() => {}
                b'_' | b'$' | b'.' | b'\\' | b'#' | b'!' | b'?' | b',' => {}
                _ => return None,
            }
            self.skip();
        }
    }

    fn comma(&mut self) -> Option<()> {
        self.space();
        self.take(b',')?;
        self.space();
        Some(())
    }

    fn literal(&mut self) -> Option<&'t str> {
        let (raw, rest) = literal(self.0);
        self.0 = rest;
        raw
    }

    /// Passes over spaces, line ends and comments.
    fn space(&mut self) {
        loop {
            self.0 = self.0.trim_ascii_start();
            let end = match self.0.as_bytes() {
                [b'/', b'*', ..] => "*/",
                [b'/', b'/', ..] => "\n",
                _ => return,
            };
            self.0 = behind(&self.0[2..], end);
        }
    }

    fn peek(&self) -> Option<u8> {
        self.0.as_bytes().first().copied()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.skip())
    }

    /// One character.
    fn skip(&mut self) {
        let mut chars = self.0.chars();
        chars.next();
        self.0 = chars.as_str();
    }
}
