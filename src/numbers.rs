//! Numbers that stand for things between Rust and JavaScript, as a word costs a text each time. `pkg/lib/numbers.js` has the same.

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident = $number:literal,)*) => {
        $($(#[$doc])* pub(crate) const $name: u32 = $number;)*

        #[cfg(test)]
        pub(super) const ALL: &[(&str, u32)] = &[$((stringify!($name), $name)),*];
    };
}

/// Kinds of the values that a call is made with: `KIND_…` in JavaScript. `plain.js` tells them.
pub(crate) mod kind {
    numbers! {
        /// It takes a longer look to say.
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
        /// An object of no class, which nothing iterates.
        OBJECT = 6,
        /// A `Map` that is iterated as all are.
        MAP = 7,
        /// A `Set` that is iterated as all are.
        SET = 8,
    }
}

/// How the arguments of one action are written, as bits: `WIRE_…` in JavaScript. The lowest say which of the first arguments are sent.
pub(crate) mod wire {
    numbers! {
        /// So many arguments have a bit of their own.
        FIRST = 6,
        /// Any further ones are sent.
        REST = 64,
        /// All of them are.
        ALL_ARGUMENTS = 127,
        /// Plain ones are written by JavaScript.
        PLAIN = 128,
        /// The entries of a form are sent under the names of today.
        FORMS = 256,
        /// They are sent under those before.
        OLD_FORMS = 512,
    }
}

/// Things that are told to who waits for them: `TOLD_…` in JavaScript.
pub(crate) mod told {
    numbers! {
        /// A promise was fulfilled.
        FULFILLED = 0,
        /// A promise was rejected; a body broke off.
        REJECTED = 1,
        /// Bytes of an answer came, and no more is known.
        BYTES = 2,
        /// Bytes came, and the value is there.
        VALUE = 3,
        /// The same, and the answer holds the page, rendered again.
        VALUE_AND_PAGE = 4,
        /// Bytes came, and the action has thrown.
        THROWN = 5,
        /// The answer cannot be read.
        BROKEN = 6,
        /// The answer has ended.
        END = 7,
        /// The body gives something other than bytes.
        UNREADABLE = 8,
        /// The answer takes the codec, which is loaded first.
        WAITS = 9,
    }
}

/// Things that an edit of a decoded model puts into a container: `PUT_…` in JavaScript. `build.js` follows them.
pub(crate) mod put {
    numbers! {
        /// `undefined`.
        UNDEFINED = 0,
        /// `null`, where JSON has something else.
        NULL = 1,
        /// The argument's number.
        NUMBER = 2,
        /// The date at the argument's number.
        DATE = 3,
        /// The bigint of the argument's 64 bits.
        BIGINT = 4,
        /// The bigint of the argument's text.
        DIGITS = 5,
        /// The symbol of the argument's text.
        SYMBOL = 6,
        /// An error with the argument's text.
        ERROR = 7,
        /// An element, in the place of the container itself.
        ELEMENT = 8,
        /// The bits below the argument in what an edit says.
        BITS = 4,
        /// Those bits.
        MASK = 15,
    }
}

/// Things that are made of a decoded row: `MADE_…` in JavaScript. `build.js` makes them.
pub(crate) mod made {
    numbers! {
        /// A `Map`, of its entries.
        MAP = 0,
        /// A `Set`, of its values.
        SET = 1,
        /// A `FormData`, of its entries.
        FORM = 2,
        /// An error, of its properties.
        ERROR = 3,
        /// The description of something of the client's.
        CLIENT = 4,
    }
}

/// The numbers of `numbers.js`, by their names.
#[cfg(test)]
pub(crate) fn of_javascript() -> std::collections::BTreeMap<String, u32> {
    let lines = include_str!("../pkg/lib/numbers.js").lines().filter_map(|line| line.strip_prefix("export const "));
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
    fn javascript_has_the_same() {
        let ours = [("KIND_", kind::ALL), ("WIRE_", wire::ALL), ("PUT_", put::ALL), ("MADE_", made::ALL), ("TOLD_", told::ALL)];
        let ours = ours.iter().flat_map(|(group, all)| all.iter().map(move |(name, number)| (format!("{group}{name}"), *number)));
        // `flight` has those.
        let theirs = of_javascript().into_iter().filter(|(name, _)| !name.starts_with("MAX_"));
        assert_eq!(ours.collect::<std::collections::BTreeMap<_, _>>(), theirs.collect());
    }

    #[test]
    fn what_an_edit_puts_fits_below_its_argument() {
        assert_eq!(put::MASK, (1 << put::BITS) - 1);
        assert!(put::ALL.iter().all(|(_, number)| *number <= put::MASK));
    }
}
