//! Reads the actions that a compiled script calls. Does not parse or run the script: it searches for one
//! function's name.

use super::js_literal::{is_quote, literal, unescape};
use super::text_search::{behind, split};
use super::{NamedActions, written_id};

/// Adds the actions that a script's text mentions: each call of `createServerReference` with an id and, as its
/// fifth argument, a name.
///
/// ```text
/// (0,n.createServerReference)("40…",n.callServer,void 0,n.findSourceMapURL,"save")       webpack, Turbopack
/// (0, wrapper["createServerReference"])("40…", wrapper["callServer"], void 0, …, "save")  Turbopack, not minified
/// ```
///
/// Quotes may be of any kind, spaces and comments may stand anywhere, names may be escaped. Arguments consist
/// of names, `.`, `[…]`, `(…)` and literals. A call inside a string or a comment counts, too.
///
/// Not found: a call inside a string that is evaluated (`next dev` with webpack), and a call through a renamed
/// function (Next.js 14.2, minified, which has no names either).
///
/// ```
/// use actionlane::protocol::manifest::{NamedActions, scan_script};
///
/// let script = r#"(0,n.createServerReference)("40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",n.c,0,n.f,"gr\xf6\xdfe")"#;
/// let mut actions = NamedActions::default();
/// scan_script(script, &mut actions);
/// assert_eq!(actions.iter().next().map(|(name, _)| name), Some("größe"));
/// ```
pub fn scan_script(text: &str, actions: &mut NamedActions) {
    let mut rest = text;
    while let Some((_, arguments)) = split(rest, CALLEE) {
        let mut call = Cursor(arguments);
        if let Some((id, name)) = call.read() {
            actions.0.push((name, id));
        }
        // Goes on after the part that was read, never before: this keeps the time linear.
        rest = call.0;
    }
}

const CALLEE: &str = "createServerReference";

/// Longest name, in UTF-16 code units.
const LONGEST_NAME: usize = 1024;

/// Index of the name among the arguments, from 0.
const NAME: usize = 4;

/// The rest of the text, not read yet.
struct Cursor<'t>(&'t str);

impl<'t> Cursor<'t> {
    /// Reads from the text after the callee's name up to the action's name.
    fn read(&mut self) -> Option<(super::ActionId, Box<str>)> {
        if self.peek().is_some_and(is_quote) {
            self.0 = self.0.get(1..)?;
            self.space();
            self.take(b']')?;
        }
        self.space();
        // Absent when the function is called by its plain name.
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

    /// Reads an id between quotes. Looks no further than an id's length.
    fn id(&mut self) -> Option<super::ActionId> {
        let quote = self.peek().filter(|byte| is_quote(*byte))?;
        let length = [40, 42].into_iter().find(|length| self.0.as_bytes().get(length + 1) == Some(&quote))?;
        let id = written_id(self.0.get(1..=length)?)?;
        self.0 = self.0.get(length + 2..)?;
        Some(id)
    }

    /// Skips an argument, up to the comma or bracket that ends it.
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

    /// Skips spaces, line ends and comments.
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

    /// Skips one character.
    fn skip(&mut self) {
        let mut chars = self.0.chars();
        chars.next();
        self.0 = chars.as_str();
    }
}
