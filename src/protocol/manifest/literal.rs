//! String literals of JavaScript; those of JSON are among them.

use std::borrow::Cow;

use super::find::{number, split};

/// Splits the literal that `text` begins with: what is between the quotes, as written, and what follows. Nothing is between the quotes
/// when `text` begins with none, when the literal does not end, and for templates with something to insert; what follows is then what
/// was not looked at.
pub(super) fn literal(text: &str) -> (Option<&str>, &str) {
    let bytes = text.as_bytes();
    let Some(quote) = bytes.first().copied().filter(|byte| is_quote(*byte)) else { return (None, text) };
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            byte if *byte == quote => return (text.get(1..at), &text[at + 1..]),
            b'\\' => at += 2,
            b'\n' | b'\r' if quote != b'`' => return (None, &text[at..]),
            b'$' if quote == b'`' && bytes.get(at + 1) == Some(&b'{') => return (None, &text[at..]),
            _ => at += 1,
        }
    }
    (None, "")
}

pub(super) fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// The characters a literal stands for. Half a surrogate pair, and what is no escape, become U+FFFD.
pub(super) fn unescape(raw: &str) -> Cow<'_, str> {
    let Some((plain, mut rest)) = split(raw, "\\") else { return Cow::Borrowed(raw) };
    let mut out = String::with_capacity(raw.len());
    out.push_str(plain);
    loop {
        let (char, behind) = escape(rest);
        out.extend(char);
        let Some((plain, next)) = split(behind, "\\") else {
            out.push_str(behind);
            return Cow::Owned(out);
        };
        out.push_str(plain);
        rest = next;
    }
}

/// What an escape stands for, and what follows it. `text` begins behind the backslash.
fn escape(text: &str) -> (Option<char>, &str) {
    let mut chars = text.chars();
    let char = match chars.next() {
        Some('b') => '\u{8}',
        Some('f') => '\u{c}',
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some('v') => '\u{b}',
        Some('0') => '\0',
        // A line that goes on in the next one.
        Some('\n' | '\r' | '\u{2028}' | '\u{2029}') => return (None, chars.as_str()),
        Some('x') => return code(hex(chars.as_str(), 2)).unwrap_or((Some(LOST), chars.as_str())),
        Some('u') => return unicode(chars.as_str()).unwrap_or((Some(LOST), chars.as_str())),
        Some(other) => other,
        None => LOST,
    };
    (Some(char), chars.as_str())
}

/// `XXXX`, `XXXX\uXXXX` for a surrogate pair, `{X…}`.
fn unicode(text: &str) -> Option<(Option<char>, &str)> {
    if let Some(braced) = text.strip_prefix('{') {
        let (digits, rest) = braced.split_at_checked(braced.bytes().take(9).position(|byte| byte == b'}')?)?;
        return code(hex(digits, digits.len()).map(|(value, _)| (value, &rest[1..])));
    }
    let (high, rest) = hex(text, 4)?;
    if (0xd800..0xdc00).contains(&high)
        && let Some((low @ 0xdc00..0xe000, rest)) = rest.strip_prefix("\\u").and_then(|low| hex(low, 4))
    {
        return code(Some((0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), rest)));
    }
    code(Some((high, rest)))
}

fn code(read: Option<(u32, &str)>) -> Option<(Option<char>, &str)> {
    read.map(|(value, rest)| (Some(char::from_u32(value).unwrap_or(LOST)), rest))
}

fn hex(text: &str, digits: usize) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(digits)?;
    Some((number(digits.as_bytes(), 16)?, rest))
}

/// What stands where a character was lost.
const LOST: char = '\u{fffd}';

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_at_its_own_quote() {
        assert_eq!(literal(r#""a'b`c" d"#), (Some("a'b`c"), " d"));
        assert_eq!(literal(r"'a\'b\\'c"), (Some(r"a\'b\\"), "c"));
        assert_eq!(literal("`a\nb$c`"), (Some("a\nb$c"), ""));
        assert_eq!(literal("\"é\""), (Some("é"), ""));
    }

    #[test]
    fn what_was_looked_at_is_not_looked_at_again() {
        for (bad, rest) in [("", ""), ("a\"", "a\""), ("'a\nb'", "\nb'"), ("`a${b}`", "${b}`")] {
            assert_eq!(literal(bad), (None, rest), "{bad}");
        }
        for bad in ["\"", "\"a", "\"a\\", "\"a\\\"", "\"\\é"] {
            assert_eq!(literal(bad), (None, ""), "{bad}");
        }
    }

    #[test]
    fn says_what_escapes_stand_for() {
        assert!(matches!(unescape("plain é"), Cow::Borrowed("plain é")));
        assert_eq!(unescape(r"gr\xf6\xdfe"), "größe");
        assert_eq!(unescape(r#"\u00f6\u{1F600}\ud83d\ude00\"\'\`\\\/\n\t\q\0"#), "ö😀😀\"'`\\/\n\tq\0");
        assert_eq!(unescape("a\\\nb"), "ab");
    }

    #[test]
    fn what_is_no_character_is_lost() {
        for bad in [r"\ud83d", r"\ude00", r"\u{110000}"] {
            assert_eq!(unescape(bad), "\u{fffd}", "{bad}");
        }
        assert_eq!(unescape(r"\ud83dx\xg1\u12"), "\u{fffd}x\u{fffd}g1\u{fffd}12");
        assert_eq!(unescape("\\u{\\u{123456789}\\xé\\"), "\u{fffd}{\u{fffd}{123456789}\u{fffd}é\u{fffd}");
    }
}
