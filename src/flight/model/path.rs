//! Own keys, one after the other, that lead into a row.

use std::fmt;
use std::rc::Rc;

/// A path, as it is written in a reference: each step after a `:`. A part of it shares its text.
#[derive(Clone, Default)]
pub(in crate::flight) struct Path {
    /// `None` is the empty text.
    text: Option<Rc<str>>,
    from: usize,
}

impl Path {
    /// Of a text that is empty or begins with `:`.
    pub(in crate::flight) fn new(text: &str) -> Self {
        Self { text: (!text.is_empty()).then(|| text.into()), from: 0 }
    }

    /// As it is written.
    pub(in crate::flight) fn text(&self) -> &str {
        self.text.as_deref().and_then(|text| text.get(self.from..)).unwrap_or_default()
    }

    pub(in crate::flight) fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// Its steps, each with the number that [`after`](Self::after) takes for those that follow it.
    pub(in crate::flight) fn steps(&self) -> impl Iterator<Item = (&str, usize)> {
        let mut at = 0;
        self.text().split(':').skip(1).map(move |step| {
            at += step.len() + 1;
            (step, at)
        })
    }

    /// What is left of it after so many bytes of its text, as [`steps`](Self::steps) counts them.
    pub(in crate::flight) fn after(&self, bytes: usize) -> Self {
        Self { text: self.text.clone(), from: self.from + bytes }
    }

    /// This path, and from there on along `rest`.
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
    fn parts_of_a_path() {
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
