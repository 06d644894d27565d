//! Texts taken apart and put together, with less code than `format!` and the searchers of `str` bring into a wasm module.

/// Splits at the last place where this part is; none where it is not there.
pub(crate) fn rsplit_once<'t>(text: &'t str, part: &str) -> Option<(&'t str, &'t str)> {
    let at = text.as_bytes().windows(part.len()).rposition(|window| window == part.as_bytes())?;
    Some((text.get(..at)?, text.get(at + part.len()..)?))
}

/// Tells whether this part is there.
pub(crate) fn contains(text: &str, part: &str) -> bool {
    rsplit_once(text, part).is_some()
}

/// So many characters of the beginning.
pub(crate) fn start(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// The digits of a number.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn does_what_the_searchers_of_str_do() {
        for text in ["", "]", "],", "a],b", "],],", "a],b],c", "],]", "é],é", "]é,"] {
            assert_eq!(rsplit_once(text, "],"), text.rsplit_once("],"), "{text}");
            assert_eq!(contains(text, "],"), text.contains("],"), "{text}");
        }
    }

    #[test]
    fn numbers_have_their_digits() {
        for number in [0, 7, 10, 1_048_576, u64::MAX] {
            assert_eq!(digits(number), number.to_string());
        }
    }

    #[test]
    fn the_beginning_is_whole_characters() {
        for (text, beginning) in [("", ""), ("ab", "ab"), ("abc", "abc"), ("abcd", "abc"), ("äöüß", "äöü")] {
            assert_eq!(start(text, 3), beginning);
        }
    }
}
