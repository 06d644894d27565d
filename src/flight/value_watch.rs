//! Follows an answer that another decoder reads, and reports when the action's own value has arrived.
//!
//! Makes no values. It needs the same rows as [`Decoder::action`](super::Decoder::action): row 0's `a`, the promises
//! that lead on from there, and every row they refer to, except for promises, lazy values and the rows that elements
//! wait for. Unlike the decoder, it does not follow a reference whose path leads through a lazy value; there it may
//! report too early. `pkg/lib/fetch/value_watch.js` does the same in JavaScript, and `tests/vectors/along.json` tests
//! both.

use super::Limits;
use super::hash::Table;
use super::model::{Model, Path, Special, Target};
use super::row::{Row, Rows, Tag};
use super::slice;

/// Reports when the value of an action has arrived, without decoding it.
///
/// ```
/// use actionlane::flight::{ValueWatch, Limits};
///
/// let mut watch = ValueWatch::new(Limits::DEFAULT);
/// assert!(!watch.push(b"0:{\"a\":\"$@1\",\"f\":\"$2\"}\n"), "the value is row 1, which is missing");
/// assert!(watch.push(b"1:{\"ok\":true}\n"), "row 2 belongs to the page, not to the value");
/// ```
pub struct ValueWatch {
    limits: Limits,
    rows: Rows,
    /// Index of each row's text in `texts`.
    arrived: Table<u32, usize>,
    /// The text of each model that has arrived, until the value needs it.
    texts: Vec<Option<String>>,
    /// The rows that the value needs and that have not arrived.
    missing: Table<u32, ()>,
    /// The parts of row 0 that the value needs; the first `parts_read` of them were read.
    parts: Vec<Path>,
    parts_read: usize,
    /// The row that is the value. If that row is a promise, the promised row takes over.
    root: u32,
    is_there: bool,
}

/// Most parts of row 0 that are read. Each is searched from the row's beginning; Next.js uses a handful.
const MAX_PARTS: usize = 256;

impl ValueWatch {
    /// Starts at the beginning of an answer to an action.
    pub fn new(limits: Limits) -> Self {
        Self::from(limits, Path::new(":a"))
    }

    /// Starts at this part of row 0.
    fn from(limits: Limits, path: Path) -> Self {
        let mut missing = Table::default();
        missing.insert(0, ());
        Self {
            limits,
            rows: Rows::new(limits),
            arrived: Table::default(),
            texts: Vec::new(),
            missing,
            parts: vec![path],
            parts_read: 0,
            root: 0,
            is_there: false,
        }
    }

    /// Takes the next bytes. Returns true once the value has arrived (be it a thrown error), or can no longer arrive
    /// because the bytes are not rows or exceed a limit. Stays true from then on.
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        self.is_there = self.is_there || self.rows.push(bytes).is_err();
        while !self.is_there {
            match self.rows.next() {
                Ok(Some(row)) => self.is_there = self.arrive(row).is_none() || self.missing.is_empty(),
                Ok(None) => break,
                Err(_) => self.is_there = true,
            }
        }
        self.is_there
    }

    /// Files a row. Returns `None` if the value cannot be found.
    fn arrive(&mut self, row: Row) -> Option<()> {
        let halted = row.tag == Tag::Model && row.body.is_empty();
        if halted || matches!(row.tag, Tag::Skipped | Tag::Close) || self.arrived.contains_key(&row.id) {
            return Some(());
        }
        let text = if row.tag == Tag::Model { String::from_utf8(row.body).ok() } else { None };
        self.arrived.insert(row.id, self.texts.len());
        self.texts.push(text);
        match self.missing.remove(&row.id) {
            Some(()) => self.find_needs(row.id),
            None => Some(()),
        }
    }

    /// Finds the rows that row `id` needs, and the rows those need.
    fn find_needs(&mut self, id: u32) -> Option<()> {
        let mut needs = vec![id];
        while let Some(id) = needs.pop() {
            let Some(text) = self.arrived.get(&id).and_then(|at| self.texts.get_mut(*at)) else {
                self.missing.insert(id, ());
                continue;
            };
            // A row that was read already, unless it is row 0, which has parts.
            let Some(text) = text.take() else { continue };
            if id != 0 {
                self.read(id, &text, &mut needs)?;
                continue;
            }
            while let Some(part) = self.parts.get(self.parts_read).cloned() {
                self.parts_read += 1;
                let first = Path::new(":0");
                let path = if self.parts_read == 1 && text.trim_start().starts_with('[') { &first } else { &part };
                let (part, _) = slice::cut(0, &text, path, &self.limits).ok()??;
                self.read(0, part, &mut needs)?;
            }
            *self.texts.get_mut(*self.arrived.get(&0)?)? = Some(text);
        }
        Some(())
    }

    fn read(&mut self, id: u32, text: &str, needs: &mut Vec<u32>) -> Option<()> {
        match Model::read(id, text, &self.limits).ok()? {
            Model::Special(Special::Link(target)) => {
                if id == self.root {
                    self.root = target.id;
                }
                self.need(target, needs)
            }
            Model::Special(Special::Promise(promised)) if id == self.root => {
                self.root = promised;
                self.need(Target::row(promised), needs)
            }
            Model::Special(_) => Some(()),
            Model::Tree(tree, placed) => placed.into_iter().try_for_each(|one| match one.special {
                // Only the element itself waits for a row it needs.
                Special::Link(target) if tree.nodes.get(one.holder).is_none_or(|node| node.element.is_none()) => self.need(target, needs),
                _ => Some(()),
            }),
        }
    }

    fn need(&mut self, target: Target, needs: &mut Vec<u32>) -> Option<()> {
        if target.id == 0 {
            if self.parts.contains(&target.path) {
                return Some(());
            }
            if self.parts.len() == MAX_PARTS {
                return None;
            }
            self.parts.push(target.path);
        }
        needs.push(target.id);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flight::{Decoder, Native};

    /// Returns after how many bytes the value has arrived, or `None` if it never does. Feeds the answer byte by byte
    /// to the decoder as well, which must agree.
    fn arrives_after(answer: &[u8], limits: Limits) -> Option<usize> {
        let (mut watch, mut decoder) = (ValueWatch::new(limits), Decoder::action(Native::default()).limits(limits));
        let mut at = None;
        for (count, byte) in answer.iter().enumerate() {
            let decoded = decoder.push(&[*byte]).is_err() || decoder.value().is_ready();
            let seen = watch.push(&[*byte]);
            assert_eq!(seen, decoded, "after byte {count} of {}", answer.escape_ascii());
            at = at.or(seen.then_some(count + 1));
        }
        // The answer as one piece gives the same result.
        assert_eq!(ValueWatch::new(limits).push(answer), at.is_some(), "{}", answer.escape_ascii());
        at
    }

    /// Shares its list with `pkg/lib/fetch/value_watch.js`. The value arrives with the byte after the `|`, which is
    /// cut out first.
    #[test]
    fn the_value_arrives_when_the_decoder_has_it() {
        let vectors: serde_json::Value = serde_json::from_str(include_str!("../../tests/vectors/along.json")).unwrap();
        for vector in vectors.as_array().unwrap() {
            let (answer, given) = (vector["answer"].as_str().unwrap(), &vector["limits"]);
            let or = |name: &str, usual: usize| given[name].as_u64().map_or(usual, |limit| limit as usize);
            let limits = Limits {
                total_bytes: or("maxBytes", Limits::DEFAULT.total_bytes),
                row_bytes: or("maxRowBytes", Limits::DEFAULT.row_bytes),
                depth: or("maxDepth", Limits::DEFAULT.depth),
                digits: or("maxDigits", Limits::DEFAULT.digits),
                ..Limits::DEFAULT
            };
            let at = answer.find('|').map(|at| at + 1);
            assert_eq!(arrives_after(answer.replacen('|', "", 1).as_bytes(), limits), at, "{vector}");
        }
    }

    /// Reads React's own streams as plain streams: the value is row 0.
    #[test]
    fn the_value_arrives_when_the_decoder_has_it_in_the_vectors_of_react() {
        let mut seen = 0;
        for folder in ["decode", "stream"] {
            let folder = format!("{}/tests/vectors/{folder}", env!("CARGO_MANIFEST_DIR"));
            for file in
                std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).filter(|path| path.extension().unwrap() == "bin")
            {
                // The decoder alone notices a row that arrives twice; the other file has a path through a lazy value
                // (see the module).
                let name = file.file_name().unwrap().to_string_lossy();
                if name.contains("duplicate") || name.starts_with("path-through-lazy-late") {
                    continue;
                }
                let answer = std::fs::read(&file).unwrap();
                let mut watch = ValueWatch::from(Limits::DEFAULT, Path::default());
                watch.root = u32::MAX; // a promise is a value here
                let mut decoder = Decoder::new(Native::default());
                for (count, byte) in answer.iter().enumerate().take(100_000) {
                    let decoded = decoder.push(&[*byte]).is_err() || decoder.value().is_ready();
                    assert_eq!(watch.push(&[*byte]), decoded, "after byte {count} of {name}");
                }
                seen += 1;
            }
        }
        assert!(seen > 100);
    }
}
