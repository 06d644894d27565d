//! Searches in a text; knows neither HTML nor JavaScript. Each use of `str::find` is compiled separately, so these
//! functions save bytes of wasm.

/// Splits at the first `mark`, which must be ASCII and not empty. `None` if it does not occur.
#[inline(never)]
pub(super) fn split<'t>(text: &'t str, mark: &str) -> Option<(&'t str, &'t str)> {
    let (bytes, mark) = (text.as_bytes(), mark.as_bytes());
    let first = *mark.first()?;
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == first)?;
        if bytes[at..].starts_with(mark) {
            return Some((text.get(..at)?, text.get(at + mark.len()..)?));
        }
        at += 1;
    }
}

/// Splits before the first byte that is in `set` (if `is_in`) or not in it (otherwise). `set` must be ASCII.
#[inline(never)]
pub(super) fn until<'t>(text: &'t str, set: &[u8], is_in: bool) -> Option<(&'t str, &'t str)> {
    text.split_at_checked(text.bytes().position(|byte| set.contains(&byte) == is_in)?)
}

/// Returns the text after the first `mark`; an empty text if it does not occur.
pub(super) fn behind<'t>(text: &'t str, mark: &str) -> &'t str {
    split(text, mark).map_or("", |(_, rest)| rest)
}

/// Reads a number of digits only, at least one. `None` if it exceeds 32 bits.
#[inline(never)]
pub(super) fn number(digits: &[u8], radix: u32) -> Option<u32> {
    let append = |value: u32, digit: &u8| value.checked_mul(radix)?.checked_add(char::from(*digit).to_digit(radix)?);
    (!digits.is_empty()).then(|| digits.iter().try_fold(0, append)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_finds_the_first_mark() {
        assert_eq!(split("aaab ab", "ab"), Some(("aa", " ab")));
        assert_eq!(split("é</é", "</"), Some(("é", "é")));
        for missing in ["", "a", "aa", "ba"] {
            assert_eq!(split(missing, "ab"), None);
            assert_eq!(behind(missing, "ab"), "");
        }
    }

    #[test]
    fn until_splits_before_a_byte_in_or_outside_a_set() {
        assert_eq!(until("é =", b" =", true), Some(("é", " =")));
        assert_eq!(until(" =é", b" =", false), Some((" =", "é")));
        assert_eq!((until("é", b" ", true), until("  ", b" ", false)), (None, None));
    }

    #[test]
    fn numbers_have_digits_only() {
        assert_eq!((number(b"0027", 16), number(b"fFffFFff", 16), number(b"39", 10)), (Some(39), Some(u32::MAX), Some(39)));
        for bad in ["", "+1", "1 ", "g", "100000000"] {
            assert_eq!(number(bad.as_bytes(), 16), None, "{bad}");
        }
    }
}
