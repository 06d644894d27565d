//! Reads versions of Next.js, and knows which form of arguments each version reads. Writes no arguments:
//! `flight` does.

use std::fmt;

use crate::{Error, Kind};

/// A version of Next.js, such as `16.4.6`. Versions compare by their numbers.
///
/// ```
/// use actionlane::protocol::NextVersion;
///
/// let version = NextVersion::parse("15.5")?;
/// assert!(version < NextVersion { major: 15, minor: 5, patch: 8 });
/// assert_eq!(version.to_string(), "15.5.0");
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NextVersion {
    /// First number: `16` of `16.4.6`.
    pub major: u32,
    /// Second number: `4` of `16.4.6`.
    pub minor: u32,
    /// Third number: `6` of `16.4.6`.
    pub patch: u32,
}

impl NextVersion {
    /// Reads a version with one to three numbers. Missing numbers are 0. A leading `v` and the part from the
    /// first `-` or `+` on (`-canary.3`, `+build`) are ignored.
    ///
    /// Fails with [`Kind::InvalidOption`] for anything else.
    ///
    /// ```
    /// use actionlane::protocol::NextVersion;
    ///
    /// let version = NextVersion::parse("16.4.6-canary.3")?;
    /// assert_eq!(version, NextVersion { major: 16, minor: 4, patch: 6 });
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, Error> {
        let wrong = || Error::new(Kind::InvalidOption, "nextVersion is not a version of Next.js as \"16.4.6\"");
        let numbers = text.strip_prefix('v').unwrap_or(text).split(['-', '+']).next().unwrap_or_default();
        let mut version = [0; 3];
        for (at, number) in numbers.split('.').enumerate() {
            if !number.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(wrong());
            }
            *version.get_mut(at).ok_or_else(wrong)? = number.parse().map_err(|_| wrong())?;
        }
        let [major, minor, patch] = version;
        Ok(Self { major, minor, patch })
    }
}

impl fmt::Display for NextVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Returns the form of arguments for a server of this version, as given in the option `nextVersion`: today's
/// form for `None`, a form that servers of all versions read for `"any"`.
///
/// Fails with [`Kind::InvalidOption`] for a text that is no version.
///
/// ```
/// use actionlane::protocol::{WireForm, wire_form};
///
/// assert_eq!(wire_form(None)?, WireForm::default());
/// assert_eq!(wire_form(Some("any"))?, WireForm::any());
/// assert!(wire_form(Some("14.2.30"))?.is_14());
/// assert!(wire_form(Some("latest")).is_err());
/// # Ok::<(), actionlane::Error>(())
/// ```
pub fn wire_form(next_version: Option<&str>) -> Result<WireForm, Error> {
    match next_version {
        None => Ok(WireForm::default()),
        Some("any") => Ok(WireForm::any()),
        Some(version) => Ok(WireForm::of(NextVersion::parse(version)?)),
    }
}

/// The form in which a server reads arguments. It changed in three places, each in patch releases of several
/// lines of Next.js.
///
/// The default is the form of today's servers.
///
/// ```
/// use actionlane::protocol::{ActionId, NextVersion, WireForm};
///
/// let today = WireForm::default();
/// assert_eq!(today, WireForm::of(NextVersion::parse("16.4.6")?));
/// assert!(today.omits_unused(false), "arguments that the action ignores are not sent");
///
/// let old = WireForm::of(NextVersion::parse("14.2.30")?);
/// assert!(old.is_14() && !old.omits_unused(false));
///
/// assert!(!WireForm::any().omits_unused(true), "some servers need them all");
///
/// // The lowest bits tell which arguments are sent: this action uses the first one only.
/// let action = ActionId::parse("40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")?;
/// assert_eq!(today.bits(&action) & 0b111_1111, 0b000_0001);
/// assert_eq!(old.bits(&action) & 0b111_1111, 0b111_1111);
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WireForm {
    /// Letter of a server function in the arguments: `$h`, before that `$F`.
    references: Form,
    /// Names of the entries of a FormData: `_<h>_key`, before that `<h>_key`.
    forms: Form,
    /// Names of the values of a stream: `S<d>`, before that `<d>`.
    streams: Form,
    /// True for a server of Next 14. It reads no binary data, streams, iterators, references to a value written
    /// before, or temporary references; it reads symbols by their names.
    is_14: bool,
    /// Calls that send the arguments which the id's info byte marks as unused.
    unused: Unused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Unused {
    /// All calls. The byte may be wrong (15.0 does not count what a closure has bound) or absent.
    Sent,
    /// Calls of actions. Those of `'use cache'` functions leave the arguments out. From 15.1 on.
    SentByActions,
    /// No calls. From 16.2 on.
    LeftOut,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Form {
    New,
    Old,
    /// Both forms at once, which takes more bytes. Every server finds the one it knows.
    Both,
}

/// The versions that read the new form. A version below `from` whose line is not in `lines` never reads it.
struct Change {
    lines: &'static [(u32, u32, u32)],
    /// First line (major, minor) of which all versions read the new form.
    from: (u32, u32),
}

/// Changed in React on 2025-12-11.
const REFERENCES: Change =
    Change { lines: &[(14, 2, 34), (15, 0, 6), (15, 1, 10), (15, 2, 7), (15, 3, 7), (15, 4, 9), (15, 5, 8), (16, 0, 9)], from: (16, 1) };

/// Changed in React on 2026-05-06. Never in 14.x, 15.0 to 15.4, 16.0 and 16.1.
const FORMS: Change = Change { lines: &[(15, 5, 16), (16, 2, 5)], from: (16, 3) };

/// Changed in React on 2026-10-14. Never in the other lines below 16.5.
const STREAMS: Change = Change { lines: &[(15, 5, 28), (16, 4, 1)], from: (16, 5) };

impl Change {
    fn form(&self, version: NextVersion) -> Form {
        let line = (version.major, version.minor);
        let first = self.lines.iter().find(|(major, minor, _)| (*major, *minor) == line);
        let new = line >= self.from || first.is_some_and(|(.., patch)| version.patch >= *patch);
        if new { Form::New } else { Form::Old }
    }
}

impl WireForm {
    /// Returns the form that servers of this version read.
    pub fn of(version: NextVersion) -> Self {
        let unused = match (version.major, version.minor) {
            (..15, _) | (15, 0) => Unused::Sent,
            (15, _) | (16, 0 | 1) => Unused::SentByActions,
            _ => Unused::LeftOut,
        };
        Self {
            references: REFERENCES.form(version),
            forms: FORMS.form(version),
            streams: STREAMS.form(version),
            is_14: version.major <= 14,
            unused,
        }
    }

    /// Returns a form that servers of all versions read. It takes more bytes: entries of forms and values of
    /// streams are sent under both names. A server function cannot be sent twice: it is sent in today's form.
    pub fn any() -> Self {
        Self { references: Form::New, forms: Form::Both, streams: Form::Both, is_14: false, unused: Unused::Sent }
    }

    /// Returns true if the arguments that an id's info byte marks as unused are left out, as the client of that
    /// version does. `cached`: the action is a `'use cache'` function.
    pub fn omits_unused(self, cached: bool) -> bool {
        match self.unused {
            Unused::Sent => false,
            Unused::SentByActions => cached,
            Unused::LeftOut => true,
        }
    }

    /// Returns true for a server of Next 14, which reads fewer types of values than later ones.
    pub fn is_14(self) -> bool {
        self.is_14
    }

    /// Returns how to write the arguments of this action, as bits for the JavaScript side
    /// (`pkg/lib/boundary/codes.js`):
    ///
    /// - Bits 0 to 5: which of the first six arguments are sent.
    /// - Bit 6: any further ones are sent.
    /// - Bit 7: plain arguments are written in the same way as for all versions but 14.
    /// - Bit 8: entries of forms are sent under today's names.
    /// - Bit 9: entries of forms are sent under the old names.
    pub fn bits(self, action: &super::ActionId) -> u32 {
        use crate::codes::wire;
        let arguments = if self.omits_unused(action.is_cached()) {
            let first = (0..wire::FIRST).filter(|&index| action.uses(index as usize)).map(|index| 1 << index).sum::<u32>();
            first | if action.uses(wire::FIRST as usize) { wire::REST } else { 0 }
        } else {
            wire::ALL_ARGUMENTS
        };
        let forms = match self.forms {
            Form::New => wire::FORMS,
            Form::Old => wire::OLD_FORMS,
            Form::Both => wire::FORMS | wire::OLD_FORMS,
        };
        arguments | if self.is_14 { 0 } else { wire::PLAIN | forms }
    }

    /// Returns the letter of a server function.
    pub(crate) fn reference(self) -> &'static str {
        if self.references == Form::Old { "F" } else { "h" }
    }

    /// Returns the prefixes of the names of a form's entries; each entry is sent once for each prefix.
    pub(crate) fn form_prefixes(self) -> &'static [&'static str] {
        match self.forms {
            Form::New => &["_"],
            Form::Old => &[""],
            Form::Both => &["_", ""],
        }
    }

    /// Returns the prefixes of the names of a stream's values; each value is sent once for each prefix.
    pub(crate) fn stream_prefixes(self) -> &'static [&'static str] {
        match self.streams {
            Form::New => &["S"],
            Form::Old => &[""],
            Form::Both => &["S", ""],
        }
    }
}

impl Default for WireForm {
    fn default() -> Self {
        Self { references: Form::New, forms: Form::New, streams: Form::New, is_14: false, unused: Unused::LeftOut }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ActionId;

    fn wire(version: &str) -> String {
        let wire = WireForm::of(NextVersion::parse(version).unwrap());
        format!("{} {} {}", wire.reference(), wire.form_prefixes().join(","), wire.stream_prefixes().join(","))
    }

    #[test]
    fn each_line_of_releases_has_its_own_first_version_of_the_new_form() {
        for (last_old, first_new) in [
            ("14.2.33", "14.2.34"),
            ("15.0.5", "15.0.6"),
            ("15.1.9", "15.1.10"),
            ("15.2.6", "15.2.7"),
            ("15.3.6", "15.3.7"),
            ("15.4.8", "15.4.9"),
            ("15.5.7", "15.5.8"),
            ("16.0.8", "16.0.9"),
        ] {
            assert_eq!((wire(last_old).as_str(), wire(first_new).as_str()), ("F  ", "h  "), "{first_new}");
        }
        for (version, form) in [
            ("14.0.0", "F  "),
            ("14.1.4", "F  "),
            ("14.2.99", "h  "),
            ("15.4.99", "h  "),
            ("15.5.15", "h  "),
            ("15.5.16", "h _ "),
            ("15.5.27", "h _ "),
            ("15.5.28", "h _ S"),
            ("16.0.99", "h  "),
            ("16.1.0", "h  "),
            ("16.1.99", "h  "),
            ("16.2.4", "h  "),
            ("16.2.5", "h _ "),
            ("16.2.99", "h _ "),
            ("16.3.0", "h _ "),
            ("16.3.8", "h _ "),
            ("16.4.0", "h _ "),
            ("16.4.1", "h _ S"),
            ("16.4.6", "h _ S"),
            ("16.5.0", "h _ S"),
            ("17.0.0", "h _ S"),
        ] {
            assert_eq!(wire(version), form, "{version}");
        }
        assert_eq!(WireForm::default(), WireForm::of(NextVersion { major: 16, minor: 4, patch: 6 }));
        assert_eq!(WireForm::any().form_prefixes(), ["_", ""]);
        assert_eq!(WireForm::any().stream_prefixes(), ["S", ""]);
    }

    #[test]
    fn versions_are_three_numbers() {
        for text in ["16.4.6", "v16.4.6", "16.4.6-canary.3", "16.4.6+a.b"] {
            assert_eq!(NextVersion::parse(text).unwrap().to_string(), "16.4.6", "{text}");
        }
        assert_eq!(NextVersion::parse("15.5").unwrap().to_string(), "15.5.0");
        for text in ["", "any", "16.x", "16..1", "1.2.3.4", "-1", "16.4.99999999999", "16,4"] {
            assert_eq!(NextVersion::parse(text).unwrap_err().kind(), Kind::InvalidOption, "{text}");
        }
    }

    #[test]
    fn the_bits_say_which_arguments_are_sent_and_who_writes_them() {
        let bits = |version: &str, info: &str| {
            let action = ActionId::parse(&format!("{info}{}", "a".repeat(40))).unwrap();
            WireForm::of(NextVersion::parse(version).unwrap()).bits(&action)
        };
        assert_eq!(bits("16.4", "40"), 0b1_1000_0001, "the first, and plain ones are written by JavaScript");
        assert_eq!(bits("16.4", "21"), 0b1_1100_0010, "the second, and those after the sixth");
        assert_eq!(bits("16.4", "7f"), 0b1_1111_1111);
        assert_eq!(bits("16.0", "40"), 0b10_1111_1111, "an action's are all sent, and a form is named as before");
        assert_eq!(bits("16.0", "c0"), 0b10_1000_0001, "those of a cached function are not");
        assert_eq!(bits("14.2", "40"), 0b0111_1111, "nothing is plain");
    }
}
