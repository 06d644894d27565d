//! Defines the numbers by which Rust and JavaScript name things to each other: a word would create a string at each
//! crossing.
//!
//! `pkg/lib/boundary/codes.js` has the same numbers; a test compares them. Must hold constants only.

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident = $number:literal,)*) => {
        $($(#[$doc])* pub(crate) const $name: u32 = $number;)*

        #[cfg(test)]
        pub(super) const ALL: &[(&str, u32)] = &[$((stringify!($name), $name)),*];
    };
}

/// Kinds of values in the arguments of a call: `KIND_…` in JavaScript. `inspector.js` and `plain.js` find them.
pub(crate) mod kind {
    numbers! {
        /// Any other value: it needs the full check in Rust.
        OTHER = 0,
        /// `undefined`.
        UNDEFINED = 1,
        /// `null`.
        NULL = 2,
        /// `true`.
        TRUE = 3,
        /// `false`.
        FALSE = 4,
        /// An array.
        ARRAY = 5,
        /// A plain object that is not iterable.
        OBJECT = 6,
        /// A `Map` with the built-in iterator.
        MAP = 7,
        /// A `Set` with the built-in iterator.
        SET = 8,
    }
}

/// Bits that say how the arguments of one action are sent: `WIRE_…` in JavaScript. Bit `i` below [`FIRST`](wire::FIRST)
/// means that argument `i` is sent.
pub(crate) mod wire {
    numbers! {
        /// Number of arguments that have a bit of their own.
        FIRST = 6,
        /// Bit: the arguments after those are sent.
        REST = 64,
        /// Mask: all arguments are sent.
        ALL_ARGUMENTS = 127,
        /// Bit: JavaScript may write plain arguments by itself.
        PLAIN = 128,
        /// Bit: entries of a form are sent under the names of current React (prefix `_`).
        FORMS = 256,
        /// Bit: entries of a form are sent under the names of older React (no prefix).
        OLD_FORMS = 512,
    }
}

/// Outcomes that JavaScript reports to Rust, of a promise or of an answer's body: `OUTCOME_…` in JavaScript.
pub(crate) mod outcome {
    numbers! {
        /// A promise was fulfilled.
        FULFILLED = 0,
        /// A promise was rejected, or a body broke off.
        REJECTED = 1,
        /// Bytes arrived, without a value so far.
        BYTES = 2,
        /// Bytes arrived, and the value is complete.
        VALUE = 3,
        /// Bytes arrived, the value is complete, and the answer holds a rendered page.
        VALUE_AND_PAGE = 4,
        /// Bytes arrived, and they say that the action threw.
        THROWN = 5,
        /// The answer cannot be decoded.
        BROKEN = 6,
        /// The answer has ended.
        END = 7,
        /// The body yields something other than bytes.
        UNREADABLE = 8,
        /// The answer needs the codec, which is being loaded.
        WAITS = 9,
    }
}

/// Values that an edit of a decoded model puts into a container: `EDIT_…` in JavaScript. `builder.js` makes them.
///
/// The first number of an edit is its kind, plus its argument shifted left by [`BITS`](edit::BITS).
pub(crate) mod edit {
    numbers! {
        /// `undefined`.
        UNDEFINED = 0,
        /// `null`, where the JSON has another value.
        NULL = 1,
        /// The number at index `argument` of the list of numbers.
        NUMBER = 2,
        /// The date whose milliseconds are at index `argument` of the list of numbers.
        DATE = 3,
        /// The bigint at index `argument` of the list of 64-bit integers.
        BIGINT = 4,
        /// The bigint whose digits are the text at index `argument`.
        DIGITS = 5,
        /// The symbol whose name is the text at index `argument`.
        SYMBOL = 6,
        /// An error whose message is the text at index `argument`.
        ERROR = 7,
        /// A React element, which replaces the container itself.
        ELEMENT = 8,
        /// Number of bits below the argument.
        BITS = 4,
        /// Mask of those bits.
        MASK = 15,
    }
}

/// Objects that are made from a decoded row: `MADE_…` in JavaScript. `builder.js` makes them.
pub(crate) mod made {
    numbers! {
        /// A `Map`, from its entries.
        MAP = 0,
        /// A `Set`, from its values.
        SET = 1,
        /// A `FormData`, from its entries.
        FORM = 2,
        /// An error, from its properties.
        ERROR = 3,
        /// The inert description of a client module.
        CLIENT = 4,
    }
}

/// Reads the numbers of `codes.js`, by name.
#[cfg(test)]
pub(crate) fn of_javascript() -> std::collections::BTreeMap<String, u32> {
    let lines = include_str!("../pkg/lib/boundary/codes.js").lines().filter_map(|line| line.strip_prefix("export const "));
    let number = |line: &str| {
        let (name, number) = line.strip_suffix(';')?.split_once(" = ")?;
        Some((name.to_owned(), number.replace('_', "").parse().ok()?))
    };
    lines.map(|line| number(line).unwrap_or_else(|| panic!("not a number: {line}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn javascript_has_the_same_numbers() {
        let ours = [("KIND_", kind::ALL), ("WIRE_", wire::ALL), ("EDIT_", edit::ALL), ("MADE_", made::ALL), ("OUTCOME_", outcome::ALL)];
        let ours = ours.iter().flat_map(|(group, all)| all.iter().map(move |(name, number)| (format!("{group}{name}"), *number)));
        // Tests of `flight` compare the limits.
        let theirs = of_javascript().into_iter().filter(|(name, _)| !name.starts_with("MAX_"));
        assert_eq!(ours.collect::<std::collections::BTreeMap<_, _>>(), theirs.collect());
    }

    #[test]
    fn the_kind_of_an_edit_fits_below_its_argument() {
        assert_eq!(edit::MASK, (1 << edit::BITS) - 1);
        assert!(edit::ALL.iter().all(|(_, number)| *number <= edit::MASK));
    }
}
