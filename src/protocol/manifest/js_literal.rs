//! Reads string literals of JavaScript, which include those of JSON. Knows no other syntax of the two.

use std::borrow::Cow;

use super::text_search::{number, split};

/// Splits the literal at the beginning of `text` into the characters between the quotes, as written, and the
/// rest. The first part is `None` if `text` does not begin with a quote, the literal does not end, or a
/// template contains `${`. The rest is then the part that was not read.
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

/// Splits the JSON string at the beginning of `text` into its decoded characters and the rest, like
/// [`literal`]. The first part is `None` for other literals and for invalid JSON.
pub(super) fn string(text: &str) -> (Option<Cow<'_, str>>, &str) {
    if !text.starts_with('"') {
        return (None, text);
    }
    let (raw, rest) = literal(text);
    (raw.filter(|raw| is_json(raw)).map(unescape), rest)
}

/// Returns true if JSON allows the characters between the quotes.
fn is_json(raw: &str) -> bool {
    let mut rest = raw;
    loop {
        let (plain, escape) = split(rest, "\\").map_or((rest, None), |(plain, escape)| (plain, Some(escape)));
        if plain.bytes().any(|byte| byte < b' ') {
            return false;
        }
        let Some(escape) = escape else { return true };
        let length = match escape.as_bytes() {
            [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 1,
            [b'u', digits @ ..] if digits.len() >= 4 && digits[..4].iter().all(u8::is_ascii_hexdigit) => 5,
            _ => return false,
        };
        rest = &escape[length..];
    }
}

/// Decodes the escapes of a literal. Half a surrogate pair and invalid escapes become U+FFFD.
pub(super) fn unescape(raw: &str) -> Cow<'_, str> {
    let Some((plain, mut rest)) = split(raw, "\\") else { return Cow::Borrowed(raw) };
    let mut units: Vec<u16> = plain.encode_utf16().collect();
    loop {
        let (code, behind) = escape(rest);
        if code.is_some_and(|code| !append(&mut units, code)) {
            append(&mut units, LOST);
        }
        let Some((plain, next)) = split(behind, "\\") else {
            units.extend(behind.encode_utf16());
            return Cow::Owned(String::from_utf16_lossy(&units));
        };
        units.extend(plain.encode_utf16());
        rest = next;
    }
}

/// Appends a character by its code point, or half a surrogate pair. Returns false for any other number.
pub(super) fn append(units: &mut Vec<u16>, code: u32) -> bool {
    match (char::from_u32(code), u16::try_from(code)) {
        (Some(char), _) => units.extend_from_slice(char.encode_utf16(&mut [0; 2])),
        (None, Ok(half)) => units.push(half),
        (None, Err(_)) => return false,
    }
    true
}

/// Reads an escape; returns its code point and the rest. `text` begins after the backslash. No code point: the
/// escape stands for nothing.
fn escape(text: &str) -> (Option<u32>, &str) {
    let mut chars = text.chars();
    let code = match chars.next() {
        Some('b') => 8,
        Some('f') => 0xc,
        Some('n') => 0xa,
        Some('r') => 0xd,
        Some('t') => 9,
        Some('v') => 0xb,
        Some('0') => 0,
        // A line that continues in the next one.
        Some('\n' | '\r' | '\u{2028}' | '\u{2029}') => return (None, chars.as_str()),
        Some('x') => return some(hex(chars.as_str(), 2)).unwrap_or((Some(LOST), chars.as_str())),
        Some('u') => return some(unicode(chars.as_str())).unwrap_or((Some(LOST), chars.as_str())),
        Some(other) => u32::from(other),
        None => LOST,
    };
    (Some(code), chars.as_str())
}

/// Reads `XXXX` or `{X…}`, up to eight digits.
fn unicode(text: &str) -> Option<(u32, &str)> {
    let Some(braced) = text.strip_prefix('{') else { return hex(text, 4) };
    let (digits, rest) = braced.split_at_checked(braced.bytes().take(9).position(|byte| byte == b'}')?)?;
    hex(digits, digits.len()).map(|(value, _)| (value, &rest[1..]))
}

fn some(read: Option<(u32, &str)>) -> Option<(Option<u32>, &str)> {
    read.map(|(code, rest)| (Some(code), rest))
}

fn hex(text: &str, digits: usize) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(digits)?;
    Some((number(digits.as_bytes(), 16)?, rest))
}

/// Character in place of one that cannot be decoded: U+FFFD.
const LOST: u32 = 0xfffd;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_ends_at_its_own_quote() {
        assert_eq!(literal(r#""a'b`c" d"#), (Some("a'b`c"), " d"));
        assert_eq!(literal(r"'a\'b\\'c"), (Some(r"a\'b\\"), "c"));
        assert_eq!(literal("`a\nb$c`"), (Some("a\nb$c"), ""));
        assert_eq!(literal("\"é\""), (Some("é"), ""));
    }

    #[test]
    fn the_rest_begins_after_the_part_that_was_read() {
        for (bad, rest) in [("", ""), ("a\"", "a\""), ("'a\nb'", "\nb'"), ("`a${b}`", "${b}`")] {
            assert_eq!(literal(bad), (None, rest), "{bad}");
        }
        for bad in ["\"", "\"a", "\"a\\", "\"a\\\"", "\"\\é"] {
            assert_eq!(literal(bad), (None, ""), "{bad}");
        }
    }

    #[test]
    fn escapes_are_decoded() {
        assert!(matches!(unescape("plain é"), Cow::Borrowed("plain é")));
        assert_eq!(unescape(r"gr\xf6\xdfe"), "größe");
        assert_eq!(unescape(r#"\u00f6\u{1F600}\ud83d\ude00\"\'\`\\\/\n\t\q\0"#), "ö😀😀\"'`\\/\n\tq\0");
        assert_eq!(unescape("a\\\nb"), "ab");
    }

    #[test]
    fn a_string_is_json() {
        assert_eq!(string(r#""\u00f6\ud83d\ude00\"\\\/\n" x"#), (Some("ö😀\"\\/\n".into()), " x"));
        assert_eq!(string("\"é\""), (Some("é".into()), ""));
        for (bad, rest) in [("'a'", "'a'"), ("`a`", "`a`"), ("\"a", ""), ("", "")] {
            assert_eq!(string(bad), (None, rest), "{bad}");
        }
        for bad in [r#""\x41""#, r#""\'""#, r#""\0""#, r#""\u{41}""#, r#""\u004""#, "\"\t\"", "\"\\é\""] {
            assert_eq!(string(bad), (None, ""), "{bad}");
        }
    }

    #[test]
    fn halves_of_a_surrogate_pair_join_in_any_spelling() {
        assert_eq!(unescape("\\ud83d\\u{de00}\\u{d83d}\\\n\\ude00"), "😀😀");
        assert_eq!(unescape(r"\ude00\ud83d"), "\u{fffd}\u{fffd}");
    }

    #[test]
    fn invalid_escapes_become_the_replacement_character() {
        for bad in [r"\ud83d", r"\ude00", r"\u{110000}"] {
            assert_eq!(unescape(bad), "\u{fffd}", "{bad}");
        }
        assert_eq!(unescape(r"\ud83dx\xg1\u12"), "\u{fffd}x\u{fffd}g1\u{fffd}12");
        assert_eq!(unescape("\\u{\\u{123456789}\\xé\\"), "\u{fffd}{\u{fffd}{123456789}\u{fffd}é\u{fffd}");
    }
}
