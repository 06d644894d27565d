//! Looks at many bytes at once, for line ends, ends of strings, and anything special in a JSON text.
//!
//! Must give the same results with and without SIMD. Reads no values.

/// Returns the place of the next `byte`, from `from` on.
pub(super) fn find(bytes: &[u8], from: usize, byte: u8) -> Option<usize> {
    let mut at = from;
    while let Some(some) = sixteen(bytes, at) {
        let found = Lanes::load(some).equal(byte).bits();
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize);
        }
        at += 16;
    }
    Some(at + bytes.get(at..)?.iter().position(|other| *other == byte)?)
}

/// Returns the place of the next quote, backslash or control character, or a place before it with none in between.
#[inline]
pub(super) fn plain_run(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(some) = sixteen(bytes, at) {
        let lanes = Lanes::load(some);
        let found = lanes.equal(b'"').or(lanes.equal(b'\\')).or(lanes.below(0x20)).bits();
        if found != 0 {
            return at + found.trailing_zeros() as usize;
        }
        at += 16;
    }
    at
}

/// Kinds of text that contain nothing special except, perhaps, elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plain {
    /// The text is one array or object from the first byte to the last, if it is JSON at all.
    Container,
    /// The same, and some of its arrays begin with `"$"`. No other string begins with `$`.
    Elements,
    /// Any other text.
    Other,
}

/// Classifies a text. Returns `None` if it may contain a special value, a forbidden key, or more nested containers
/// than `limit`. Otherwise any JSON parser may read it as it is.
pub(super) fn plain(text: &[u8], limit: usize) -> Option<Plain> {
    let mut state =
        Structure { depth: 0, in_string: 0, escaped: 0, opened: 0, elements: false, whole: matches!(text.first(), Some(b'[' | b'{')) };
    let (blocks, rest) = text.as_chunks::<64>();
    for (at, block) in blocks.iter().enumerate() {
        state.take(text, at * 64, block, limit)?;
    }
    if !rest.is_empty() {
        let mut block = [b' '; 64];
        block[..rest.len()].copy_from_slice(rest);
        state.take(text, blocks.len() * 64, &block, limit)?;
    }
    let container = state.whole && state.depth == 0 && state.in_string == 0;
    match (container, state.elements) {
        (true, true) => Some(Plain::Elements),
        (true, false) => Some(Plain::Container),
        (false, true) => None,
        (false, false) => Some(Plain::Other),
    }
}

/// State of the scan between two blocks of 64 bytes. A word has one bit for each byte of a block.
struct Structure {
    depth: usize,
    /// All ones inside a string.
    in_string: u64,
    /// 1 if the next byte follows a backslash.
    escaped: u64,
    /// 1 if the next byte is the first of a string.
    opened: u64,
    /// True if an array began with `"$"`.
    elements: bool,
    /// True if the text began with a container that is still open, or that the last byte closed.
    whole: bool,
}

impl Structure {
    #[inline]
    fn take(&mut self, text: &[u8], from: usize, block: &[u8; 64], limit: usize) -> Option<()> {
        let mut bits = Bits::of(block);
        if bits.backslashes | self.escaped != 0 {
            let others = !self.escapes(text, from, bits.backslashes)?;
            (bits.quotes, bits.opens, bits.closes) = (bits.quotes & others, bits.opens & others, bits.closes & others);
        }
        let inside = prefix_xor(bits.quotes) ^ self.in_string;
        self.in_string = if inside >> 63 == 0 { 0 } else { u64::MAX };
        let starts = bits.quotes & inside;
        let mut special = (starts << 1 | self.opened) & bits.marks;
        self.opened = starts >> 63;
        while special != 0 {
            let at = from + special.trailing_zeros() as usize;
            let first = &text[at..];
            if first.starts_with(b"$\"") && at > 1 && text[at - 2] == b'[' {
                self.elements = true;
            } else if first[0] == b'$' || first.starts_with(b"__proto__\"") {
                return None;
            }
            special &= special - 1;
        }
        let (opens, closes) = (bits.opens & !inside, bits.closes & !inside);
        let (opening, closing) = (opens.count_ones() as usize, closes.count_ones() as usize);
        if self.depth > closing && self.depth + opening <= limit {
            self.depth = self.depth + opening - closing;
            return Some(());
        }
        let mut brackets = opens | closes;
        while brackets != 0 {
            let at = from + brackets.trailing_zeros() as usize;
            if opens & brackets & brackets.wrapping_neg() != 0 {
                self.depth += 1;
                if self.depth > limit {
                    return None;
                }
            } else {
                self.depth = self.depth.checked_sub(1)?;
                self.whole &= self.depth > 0 || at + 1 == text.len();
            }
            brackets &= brackets - 1;
        }
        Some(())
    }

    /// Returns the bytes that follow a backslash. Returns `None` if an escape may stand for `$` or `_`: servers escape
    /// only control characters and lone surrogates, so any other escape is left to the slower reader.
    fn escapes(&mut self, text: &[u8], from: usize, backslashes: u64) -> Option<u64> {
        let mut escaped = self.escaped;
        let mut left = backslashes & !escaped;
        self.escaped = 0;
        while left != 0 {
            let bit = left.trailing_zeros() as usize;
            let after = &text[from + bit + 1..];
            if after.first() == Some(&b'u')
                && !matches!(after.get(1..4), Some(b"000" | b"001"))
                && !matches!(after.get(1), Some(b'd' | b'D'))
            {
                return None;
            }
            if bit == 63 {
                self.escaped = 1;
            } else {
                escaped |= 1 << (bit + 1);
            }
            left &= (left - 1) & !escaped;
        }
        Some(escaped)
    }
}

/// One word for each kind of byte in a block.
struct Bits {
    quotes: u64,
    backslashes: u64,
    /// `$` and `_`.
    marks: u64,
    opens: u64,
    closes: u64,
}

impl Bits {
    #[inline]
    fn of(block: &[u8; 64]) -> Self {
        let mut bits = Self { quotes: 0, backslashes: 0, marks: 0, opens: 0, closes: 0 };
        for (at, some) in block.as_chunks::<16>().0.iter().enumerate() {
            let lanes = Lanes::load(some);
            // This bit turns brackets into braces, and no other byte into a brace.
            let braces = lanes.with(0x20);
            let shift = at * 16;
            bits.quotes |= u64::from(lanes.equal(b'"').bits()) << shift;
            bits.backslashes |= u64::from(lanes.equal(b'\\').bits()) << shift;
            bits.marks |= u64::from(lanes.equal(b'$').or(lanes.equal(b'_')).bits()) << shift;
            bits.opens |= u64::from(braces.equal(b'{').bits()) << shift;
            bits.closes |= u64::from(braces.equal(b'}').bits()) << shift;
        }
        bits
    }
}

/// Sets each bit to the parity of the bits up to it: the run from each opening quote to before the closing one.
fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

#[inline]
fn sixteen(bytes: &[u8], at: usize) -> Option<&[u8; 16]> {
    bytes.get(at..)?.first_chunk()
}

#[cfg(not(target_feature = "simd128"))]
use self::portable::Lanes;
#[cfg(target_feature = "simd128")]
use self::simd::Lanes;

#[cfg(target_feature = "simd128")]
mod simd {
    use std::arch::wasm32::{i8x16_bitmask, i8x16_eq, i8x16_splat, u8x16_lt, u8x16_splat, u64x2, v128, v128_or};

    /// Sixteen bytes.
    #[derive(Clone, Copy)]
    pub(super) struct Lanes(v128);

    impl Lanes {
        #[inline(always)]
        pub(super) fn load(bytes: &[u8; 16]) -> Self {
            let number = u128::from_le_bytes(*bytes);
            Self(u64x2(number as u64, (number >> 64) as u64))
        }

        #[inline(always)]
        pub(super) fn equal(self, byte: u8) -> Self {
            Self(i8x16_eq(self.0, i8x16_splat(byte.cast_signed())))
        }

        #[inline(always)]
        pub(super) fn below(self, byte: u8) -> Self {
            Self(u8x16_lt(self.0, u8x16_splat(byte)))
        }

        #[inline(always)]
        pub(super) fn with(self, bits: u8) -> Self {
            Self(v128_or(self.0, u8x16_splat(bits)))
        }

        #[inline(always)]
        pub(super) fn or(self, other: Self) -> Self {
            Self(v128_or(self.0, other.0))
        }

        /// Collects the highest bit of each byte.
        #[inline(always)]
        pub(super) fn bits(self) -> u32 {
            u32::from(i8x16_bitmask(self.0))
        }
    }
}

#[cfg(not(target_feature = "simd128"))]
mod portable {
    /// Sixteen bytes.
    #[derive(Clone, Copy)]
    pub(super) struct Lanes([u8; 16]);

    impl Lanes {
        pub(super) fn load(bytes: &[u8; 16]) -> Self {
            Self(*bytes)
        }

        pub(super) fn equal(self, byte: u8) -> Self {
            Self(self.0.map(|own| if own == byte { 0xff } else { 0 }))
        }

        pub(super) fn below(self, byte: u8) -> Self {
            Self(self.0.map(|own| if own < byte { 0xff } else { 0 }))
        }

        pub(super) fn with(self, bits: u8) -> Self {
            Self(self.0.map(|own| own | bits))
        }

        pub(super) fn or(mut self, other: Self) -> Self {
            for (own, other) in self.0.iter_mut().zip(other.0) {
                *own |= other;
            }
            self
        }

        /// Collects the highest bit of each byte.
        pub(super) fn bits(self) -> u32 {
            self.0.iter().enumerate().map(|(at, byte)| u32::from(byte >> 7) << at).sum()
        }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_feature = "simd128")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    /// Makes texts of meaningful pieces, of many lengths; the same ones each time.
    fn texts() -> impl Iterator<Item = Vec<u8>> {
        const PIECES: [&str; 22] = [
            "[",
            "[\"$\",",
            "[\"$\"]",
            "]",
            "{",
            "}",
            "\"",
            "\"",
            "\\",
            "\\\\",
            "\\\"",
            "$",
            "_",
            "__proto__",
            "\\u001f",
            "\\ud800",
            "\\u0024",
            ",",
            ":",
            "a\"b",
            "é",
            "0123456789abcdef",
        ];
        let mut state = 1_u32;
        let mut random = move |below: usize| {
            state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            (state >> 8) as usize % below
        };
        (0..20_000).map(move |_| {
            let (count, kinds) = (random(60), 4 + random(19));
            (0..count).flat_map(|_| PIECES[random(kinds)].bytes()).collect()
        })
    }

    /// Does the work of `plain` one byte after the other.
    fn slowly(text: &[u8], limit: usize) -> Option<Plain> {
        let (mut depth, mut at, mut whole) = (0_usize, 0, matches!(text.first(), Some(b'[' | b'{')));
        let (mut open, mut elements) = (false, false);
        while let Some(&byte) = text.get(at) {
            at += 1;
            match byte {
                b'[' | b'{' if !open => depth += 1,
                b']' | b'}' if !open => {
                    depth = depth.checked_sub(1)?;
                    whole &= depth > 0 || at == text.len();
                }
                b'"' => open = !open,
                b'\\' => {
                    let spelt = text.get(at) == Some(&b'u');
                    let usual = matches!(text.get(at + 1..at + 4), Some(b"000" | b"001")) || matches!(text.get(at + 1), Some(b'd' | b'D'));
                    if spelt && !usual {
                        return None;
                    }
                    at += 1;
                }
                _ => {}
            }
            let begins = byte == b'"' && open;
            let element = begins && text[..at].ends_with(b"[\"") && text[at..].starts_with(b"$\"");
            elements |= element;
            if depth > limit || begins && !element && (text.get(at) == Some(&b'$') || text[at..].starts_with(b"__proto__\"")) {
                return None;
            }
        }
        let whole = whole && depth == 0 && !open;
        match elements {
            true => whole.then_some(Plain::Elements),
            false => Some(if whole { Plain::Container } else { Plain::Other }),
        }
    }

    #[test]
    fn a_scan_of_many_bytes_at_once_agrees_with_one_by_one() {
        for text in texts() {
            for limit in [2, 1000] {
                assert_eq!(plain(&text, limit), slowly(&text, limit), "{}", text.escape_ascii());
            }
            for from in [0, text.len() / 3, text.len() / 2, text.len()] {
                let next = text[from..].iter().position(|byte| *byte == b'$').map(|at| at + from);
                assert_eq!(find(&text, from, b'$'), next, "{}", text.escape_ascii());
                let run = plain_run(&text, from);
                assert!(text[from..run].iter().all(|byte| !matches!(byte, b'"' | b'\\' | ..0x20)), "{}", text.escape_ascii());
                assert!(run + 16 > text.len() || matches!(text[run], b'"' | b'\\' | ..0x20), "{}", text.escape_ascii());
            }
        }
    }

    #[test]
    fn runs_end_at_quotes_backslashes_and_controls() {
        for byte in 0..=255_u8 {
            for place in 0..20 {
                let mut bytes = [b'a'; 32];
                bytes[place] = byte;
                let special = byte < 0x20 || byte == b'"' || byte == b'\\';
                let expected = if special { place } else { 32 };
                assert_eq!(plain_run(&bytes, 0), expected, "{byte} at {place}");
            }
        }
    }

    #[test]
    fn a_text_is_classified() {
        for (text, expected) in [
            ("[1]", Some(Plain::Container)),
            ("{\"a\":[\"]\"]}", Some(Plain::Container)),
            ("[1],[2]", Some(Plain::Other)),
            ("[1] ", Some(Plain::Other)),
            ("1,2", Some(Plain::Other)),
            ("[1", Some(Plain::Other)),
            ("[\"]", Some(Plain::Other)),
            ("1]", None),
            ("[\"$1\"]", None),
            ("[\"$\"]", Some(Plain::Elements)),
            ("{\"a\":[\"$\",\"b\",null,{\"c\":[\"$\"]}]}", Some(Plain::Elements)),
            ("[\"$\"],[1]", None),
            ("[\"$\",\"$1\"]", None),
            ("[1,\"$\"]", None),
            ("[ \"$\"]", None),
            ("{\"$\":1}", None),
            ("", Some(Plain::Other)),
        ] {
            assert_eq!(plain(text.as_bytes(), 8), expected, "{text}");
        }
    }
}
