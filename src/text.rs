//! Splits and builds strings with less wasm code than `format!` and the searchers of `str` need.
//!
//! Must not use either of those.

/// Splits a text at the last occurrence of `part`. `None` if it does not occur.
pub(crate) fn rsplit_once<'t>(text: &'t str, part: &str) -> Option<(&'t str, &'t str)> {
    let at = text.as_bytes().windows(part.len()).rposition(|window| window == part.as_bytes())?;
    Some((text.get(..at)?, text.get(at + part.len()..)?))
}

/// True if `part` occurs in the text.
pub(crate) fn contains(text: &str, part: &str) -> bool {
    rsplit_once(text, part).is_some()
}

/// Returns the first `count` characters (Unicode scalar values), or the whole text if it is shorter.
pub(crate) fn first_characters(text: &str, count: usize) -> &str {
    text.char_indices().nth(count).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// Writes a number in decimal digits.
pub(crate) fn digits(mut number: u64) -> String {
    let mut digits = String::new();
    loop {
        digits.insert(0, char::from(b'0' + (number % 10) as u8));
        number /= 10;
        if number == 0 {
            return digits;
        }
    }
}

/// Writes a number in hexadecimal digits.
pub(crate) fn hex(number: u32) -> String {
    let places = (0..8).rev().skip_while(|place| *place > 0 && number >> (4 * place) == 0);
    places.filter_map(|place| char::from_digit(number >> (4 * place) & 15, 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_searches_agree_with_those_of_str() {
        for text in ["", "]", "],", "a],b", "],],", "a],b],c", "],]", "é],é", "]é,"] {
            assert_eq!(rsplit_once(text, "],"), text.rsplit_once("],"), "{text}");
            assert_eq!(contains(text, "],"), text.contains("],"), "{text}");
        }
    }

    #[test]
    fn digits_agree_with_to_string() {
        for number in [0, 7, 10, 1_048_576, u64::MAX] {
            assert_eq!(digits(number), number.to_string());
            assert_eq!(hex(number as u32), format!("{:x}", number as u32));
        }
    }

    #[test]
    fn the_start_ends_between_two_characters() {
        for (text, beginning) in [("", ""), ("ab", "ab"), ("abc", "abc"), ("abcd", "abc"), ("äöüß", "äöü")] {
            assert_eq!(first_characters(text, 3), beginning);
        }
    }
}
