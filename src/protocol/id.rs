//! Reads the id of an action and the flags that Next.js put into it. Knows nothing of names: `manifest` finds
//! ids by name.

use std::fmt;
use std::rc::Rc;

use crate::text::digits;
use crate::{Error, Kind};

/// The id of a Server Action: 42 hexadecimal digits, which are an info byte and a SHA-1. In Next 14 it has 40
/// digits, without the info byte.
///
/// In the info byte, bit 7 is set for a `'use cache'` function. Bits 6 to 1 tell which of the first six
/// arguments the action uses; bit 6 is for the first one. Bit 0 tells if it uses any further ones.
///
/// ```
/// use actionlane::protocol::ActionId;
///
/// let id = ActionId::parse("60aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")?;
/// assert!(id.uses(0) && id.uses(1), "0x60 has the bits of the first two arguments");
/// assert!(!id.uses(2));
/// assert!(!id.is_cached());
/// assert_eq!(id.as_str(), id.to_string());
///
/// let cached = ActionId::parse("c0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")?;
/// assert!(cached.is_cached());
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ActionId(Rc<str>);

impl ActionId {
    /// Reads an id; letters may be of either case and are left as they are.
    ///
    /// Fails with [`Kind::InvalidOption`] for anything but 40 or 42 hexadecimal digits.
    pub fn parse(id: &str) -> Result<Self, Error> {
        if !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Error::new(Kind::InvalidOption, "an action's id has hexadecimal digits only"));
        }
        if !matches!(id.len(), 40 | 42) {
            let message = ["an action's id has 40 or 42 hexadecimal digits, not ", &digits(id.len() as u64)].concat();
            return Err(Error::new(Kind::InvalidOption, message));
        }
        Ok(Self(id.into()))
    }

    /// Returns the digits, as given to [`parse`](Self::parse).
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns true if the action uses the argument at `index` (from 0). An argument that the action ignores need
    /// not be sent. Always true for ids of Next 14, which do not tell.
    pub fn uses(&self, index: usize) -> bool {
        match self.info() {
            Some(info) if index < 6 => info & (0x40 >> index) != 0,
            Some(info) => info & 1 != 0,
            None => true,
        }
    }

    /// Returns true for a `'use cache'` function: it only reads, so it may be retried. Always false for ids of
    /// Next 14.
    pub fn is_cached(&self) -> bool {
        self.info().is_some_and(|info| info & 0x80 != 0)
    }

    fn info(&self) -> Option<u8> {
        let digits = self.0.get(..2).filter(|_| self.0.len() == 42)?;
        u8::from_str_radix(digits, 16).ok()
    }
}

impl fmt::Display for ActionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(info: &str) -> ActionId {
        ActionId::parse(&format!("{info}{}", "a".repeat(40))).unwrap()
    }

    fn used(info: &str, count: usize) -> Vec<usize> {
        (0..count).filter(|&index| id(info).uses(index)).collect()
    }

    #[test]
    fn takes_40_and_42_hexadecimal_digits_only() {
        for good in ["a".repeat(40), "0F".repeat(21)] {
            assert_eq!(ActionId::parse(&good).unwrap().as_str(), good);
        }
        for bad in ["", "abc", &"a".repeat(41), &"g".repeat(42), &"a".repeat(43), "toString", &"é".repeat(21)] {
            assert_eq!(ActionId::parse(bad).unwrap_err().kind(), Kind::InvalidOption, "{bad:?}");
        }
    }

    #[test]
    fn the_info_byte_says_which_arguments_are_used() {
        assert!(used("00", 8).is_empty());
        assert_eq!(used("40", 8), [0]);
        assert_eq!(used("60", 8), [0, 1]);
        assert_eq!(used("70", 8), [0, 1, 2]);
        assert_eq!(used("7f", 8), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(used("7e", 8), [0, 1, 2, 3, 4, 5]);
        assert_eq!(used("20", 8), [1]);
    }

    #[test]
    fn next_14_sends_every_argument() {
        let id = ActionId::parse(&"0".repeat(40)).unwrap();
        assert!((0..8).all(|index| id.uses(index)) && !id.is_cached());
    }

    #[test]
    fn the_first_bit_marks_use_cache() {
        assert!(id("c0").is_cached() && id("ff").is_cached());
        assert!(!id("40").is_cached());
    }
}
