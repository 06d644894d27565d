//! Holds the path of a reference: the own keys that lead from a row's value to a value in it.
//!
//! Follows no path; knows only its text.

use std::fmt;
use std::rc::Rc;

/// A path as a reference writes it: each step after a `:`. A part of a path shares its text.
#[derive(Clone, Default)]
pub(in crate::flight) struct Path {
    /// The text; `None` if it is empty.
    text: Option<Rc<str>>,
    from: usize,
}

impl Path {
    /// Makes a path from a text that is empty or begins with `:`.
    pub(in crate::flight) fn new(text: &str) -> Self {
        Self { text: (!text.is_empty()).then(|| text.into()), from: 0 }
    }

    /// Returns the path's text.
    pub(in crate::flight) fn text(&self) -> &str {
        self.text.as_deref().and_then(|text| text.get(self.from..)).unwrap_or_default()
    }

    pub(in crate::flight) fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// Returns the steps. Each has a number of bytes: [`after`](Self::after) returns the path that follows the step.
    pub(in crate::flight) fn steps(&self) -> impl Iterator<Item = (&str, usize)> {
        let mut at = 0;
        self.text().split(':').skip(1).map(move |step| {
            at += step.len() + 1;
            (step, at)
        })
    }

    /// Returns the path without its first `bytes`, as [`steps`](Self::steps) counts them.
    pub(in crate::flight) fn after(&self, bytes: usize) -> Self {
        Self { text: self.text.clone(), from: self.from + bytes }
    }

    /// Returns this path, extended by `rest`.
    pub(in crate::flight) fn then(&self, rest: &Self) -> Self {
        match (self.text(), rest.text()) {
            (_, "") => self.clone(),
            ("", _) => rest.clone(),
            (own, rest) => Self::new(&[own, rest].concat()),
        }
    }
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Path {}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_cut_and_extended_at_its_steps() {
        let path = Path::new(":a::é");
        let steps: Vec<_> = path.steps().collect();
        assert_eq!(steps, [("a", 2), ("", 3), ("é", 6)]);
        assert_eq!(path.after(2), Path::new("::é"));
        assert_eq!(path.after(2).after(1).steps().collect::<Vec<_>>(), [("é", 3)]);
        assert!(path.after(6).is_empty() && Path::new("").steps().next().is_none());
        assert_eq!(path.after(3).then(&path), Path::new(":é:a::é"));
        assert_eq!((Path::default().then(&path), path.then(&Path::default())), (path.clone(), path));
    }
}
