//! Reads JSON token by token, and writes JSON strings.
//!
//! Needs no recursion: it keeps a stack of its own. Knows nothing of `$`.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::scan::plain_run;

/// One token. `Key` and `Text` hold the characters between the quotes, escapes included; `Number` holds the digits as
/// written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Token<'t> {
    OpenArray,
    OpenObject,
    Close,
    Key(&'t str),
    Text(&'t str),
    Number(&'t str),
    Bool(bool),
    Null,
}

/// Reasons why a text is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The text is not JSON from this byte on.
    Syntax(usize),
    /// More containers are nested than the limit allows.
    TooDeep,
}

/// The tokens that may come next.
#[derive(Clone, Copy, PartialEq)]
enum Expect {
    Value,
    ValueOrClose,
    Key,
    KeyOrClose,
    CommaOrClose,
    End,
}

/// Reads one JSON text, strictly.
pub(crate) struct Tokens<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    start: usize,
    /// One entry for each open container: true for an array.
    open: Vec<bool>,
    depth: usize,
    expect: Expect,
    /// True if the last text or key contains a backslash.
    escaped: bool,
}

impl<'t> Tokens<'t> {
    /// Starts reading `text`, in which at most `depth` containers may be open at once.
    pub(crate) fn new(text: &'t str, depth: usize) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0, start: 0, open: Vec::new(), depth, expect: Expect::Value, escaped: false }
    }

    /// Returns the byte at which the last token starts.
    pub(crate) fn start(&self) -> usize {
        self.start
    }

    /// Returns the byte after the last token.
    pub(crate) fn end(&self) -> usize {
        self.at
    }

    /// Returns the characters of the key or text that was read last. `raw` must be that token's content.
    pub(super) fn unescape(&self, raw: &'t str) -> Cow<'t, str> {
        if self.escaped { unescape(raw) } else { Cow::Borrowed(raw) }
    }

    /// Returns the byte after the comma that follows the last token, if a comma does.
    pub(super) fn comma_ahead(&self) -> Option<usize> {
        let rest = &self.bytes[self.at..];
        let space = rest.iter().take_while(|b| is_space(**b)).count();
        (rest.get(space) == Some(&b',')).then_some(self.at + space + 1)
    }

    /// True if the key or text that was read last contains a backslash.
    pub(super) fn escaped(&self) -> bool {
        self.escaped
    }

    /// Returns the next token, or `None` at the end of the text.
    pub(crate) fn next(&mut self) -> Result<Option<Token<'t>>, Fault> {
        self.advance()
    }

    /// Does the same as [`next`](Self::next), but always inlined: for the loop that reads a long text.
    #[inline(always)]
    pub(super) fn advance(&mut self) -> Result<Option<Token<'t>>, Fault> {
        loop {
            while self.bytes.get(self.at).is_some_and(|b| is_space(*b)) {
                self.at += 1;
            }
            self.start = self.at;
            let Some(&byte) = self.bytes.get(self.at) else {
                return if self.expect == Expect::End { Ok(None) } else { Err(Fault::Syntax(self.at)) };
            };
            match (self.expect, byte) {
                (Expect::End, _) => return Err(Fault::Syntax(self.at)),
                (Expect::CommaOrClose, b',') => {
                    self.at += 1;
                    self.expect = if self.open.last() == Some(&true) { Expect::Value } else { Expect::Key };
                }
                (Expect::CommaOrClose | Expect::ValueOrClose | Expect::KeyOrClose, b']' | b'}') => {
                    if self.open.pop() != Some(byte == b']') {
                        return Err(Fault::Syntax(self.at));
                    }
                    self.at += 1;
                    self.after_value();
                    return Ok(Some(Token::Close));
                }
                (Expect::Key | Expect::KeyOrClose, b'"') => {
                    let key = self.string()?;
                    while self.bytes.get(self.at).is_some_and(|b| is_space(*b)) {
                        self.at += 1;
                    }
                    if self.bytes.get(self.at) != Some(&b':') {
                        return Err(Fault::Syntax(self.at));
                    }
                    self.at += 1;
                    self.expect = Expect::Value;
                    return Ok(Some(Token::Key(key)));
                }
                (Expect::Value | Expect::ValueOrClose, _) => return self.value(byte).map(Some),
                _ => return Err(Fault::Syntax(self.at)),
            }
        }
    }

    /// Skips the rest of the value whose first token `first` was just read.
    pub(crate) fn skip(&mut self, first: Token<'t>) -> Result<(), Fault> {
        if matches!(first, Token::OpenArray | Token::OpenObject) {
            let outside = self.open.len() - 1;
            while self.open.len() > outside {
                self.next()?;
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn value(&mut self, byte: u8) -> Result<Token<'t>, Fault> {
        let token = match byte {
            b'[' | b'{' => {
                if self.open.len() >= self.depth {
                    return Err(Fault::TooDeep);
                }
                let array = byte == b'[';
                self.open.push(array);
                self.at += 1;
                self.expect = if array { Expect::ValueOrClose } else { Expect::KeyOrClose };
                return Ok(if array { Token::OpenArray } else { Token::OpenObject });
            }
            b'"' => Token::Text(self.string()?),
            b't' => self.word("true", Token::Bool(true))?,
            b'f' => self.word("false", Token::Bool(false))?,
            b'n' => self.word("null", Token::Null)?,
            _ => self.number()?,
        };
        self.after_value();
        Ok(token)
    }

    fn after_value(&mut self) {
        self.expect = if self.open.is_empty() { Expect::End } else { Expect::CommaOrClose };
    }

    fn word(&mut self, word: &str, token: Token<'t>) -> Result<Token<'t>, Fault> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return Err(Fault::Syntax(self.at));
        }
        self.at += word.len();
        Ok(token)
    }

    /// Reads `-? (0 | [1-9] digit*) (. digit+)? ([eE] [+-]? digit+)?`
    fn number(&mut self) -> Result<Token<'t>, Fault> {
        let from = self.at;
        self.at += usize::from(self.bytes[self.at] == b'-');
        let leading_zero = self.bytes.get(self.at) == Some(&b'0');
        let whole = self.digits()?;
        if leading_zero && whole > 1 {
            return Err(Fault::Syntax(from));
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.bytes.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.bytes.get(self.at), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(Token::Number(&self.text[from..self.at]))
    }

    fn digits(&mut self) -> Result<usize, Fault> {
        let count = self.bytes[self.at..].iter().take_while(|b| b.is_ascii_digit()).count();
        self.at += count;
        if count == 0 { Err(Fault::Syntax(self.at)) } else { Ok(count) }
    }

    fn string(&mut self) -> Result<&'t str, Fault> {
        let from = self.at + 1;
        let mut at = from;
        self.escaped = false;
        loop {
            at = plain_run(self.bytes, at);
            match self.bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    self.escaped = true;
                    match self.bytes.get(at + 1) {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => at += 2,
                        Some(b'u') if self.bytes.get(at + 2..at + 6).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) => at += 6,
                        _ => return Err(Fault::Syntax(at)),
                    }
                }
                Some(byte) if *byte >= 0x20 => at += 1,
                _ => return Err(Fault::Syntax(at)),
            }
        }
        self.at = at + 1;
        Ok(&self.text[from..at])
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Returns the characters that a raw text stands for. A lone surrogate becomes U+FFFD, because Rust strings cannot
/// hold it.
pub(crate) fn unescape(raw: &str) -> Cow<'_, str> {
    let Some(first) = raw.find('\\') else { return Cow::Borrowed(raw) };
    let mut out = String::with_capacity(raw.len());
    out.push_str(&raw[..first]);
    let mut rest = &raw[first..];
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (char, length) = escape(&rest[at..]);
        out.push(char);
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Returns the character that the escape at the beginning of `text` stands for, and the length of the escape in bytes.
pub(super) fn escape(text: &str) -> (char, usize) {
    let bytes = text.as_bytes();
    let char = match bytes.get(1) {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => {
            let unit = hex_unit(bytes, 2).unwrap_or(0xfffd);
            if (0xd800..0xdc00).contains(&unit)
                && bytes.get(6..8) == Some(b"\\u")
                && let Some(low @ 0xdc00..0xe000) = hex_unit(bytes, 8)
            {
                let code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                return (char::from_u32(code).unwrap_or('\u{fffd}'), 12);
            }
            return (char::from_u32(unit).unwrap_or('\u{fffd}'), 6);
        }
        Some(other) => char::from(*other),
        None => return ('\u{fffd}', 1),
    };
    (char, 2)
}

fn hex_unit(bytes: &[u8], at: usize) -> Option<u32> {
    let hex = std::str::from_utf8(bytes.get(at..at + 4)?).ok()?;
    u32::from_str_radix(hex, 16).ok()
}

/// Appends `text` between quotes, byte for byte as `JSON.stringify` writes it.
pub(crate) fn quote(out: &mut String, text: &str) {
    out.push('"');
    escape_into(out, text);
    out.push('"');
}

/// Appends `text` escaped, without quotes.
pub(super) fn escape_into(out: &mut String, text: &str) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            0x08 => "\\b",
            0x0c => "\\f",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..0x20 => "",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        if short.is_empty() {
            let _ = write!(out, "\\u{byte:04x}");
        } else {
            out.push_str(short);
        }
        from = at + 1;
    }
    out.push_str(&text[from..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<usize, Fault> {
        let mut tokens = Tokens::new(text, 10);
        let mut count = 0;
        while tokens.next()?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    #[test]
    fn only_json_is_accepted() {
        for (text, count) in [("1", 1), (" [ ] ", 2), (r#"{"a":[1,{"b":"c\u00e9"}],"d":-0.5e+3}"#, 12), ("null", 1)] {
            assert_eq!(check(text), Ok(count), "{text}");
        }
        for text in [
            "",
            "[",
            "[1,]",
            "{,}",
            "{\"a\"}",
            "{\"a\":1,}",
            "01",
            "1.",
            "-",
            "[1 2]",
            "]",
            "[}",
            "\"\\x\"",
            "\"a",
            "nul",
            "1 1",
            "\"\n\"",
            "{1:1}",
        ] {
            assert!(matches!(check(text), Err(Fault::Syntax(_))), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        assert_eq!(check(&format!("{}{}", "[".repeat(10), "]".repeat(10))), Ok(20));
        assert_eq!(check(&"[".repeat(100_000)), Err(Fault::TooDeep));
    }

    #[test]
    fn escapes_are_read_and_written() {
        assert_eq!(unescape(r#"a\"\\\/\b\f\n\r\té😀\ud800x"#), "a\"\\/\u{8}\u{c}\n\r\té😀\u{fffd}x");
        let mut out = String::new();
        quote(&mut out, "\u{0}\u{1f}\u{8}\u{c}\n\r\t\"\\\u{7f}\u{2028}é");
        assert_eq!(out, "\"\\u0000\\u001f\\b\\f\\n\\r\\t\\\"\\\\\u{7f}\u{2028}é\"");
    }
}
