//! Reads along an answer that somebody else decodes: finds out when the action's own value is there, and makes nothing of it.
//!
//! It needs the rows that [`Decoder::action`](super::Decoder::action) would need: row 0's `a`, the promises that lead on from there, and all
//! that their rows refer to but promises, lazy values and what elements wait for. Unlike that it looks at no lazy value that a reference leads
//! through, so there it may be too early.

use super::Limits;
use super::hash::Table;
use super::model::{Model, Path, Special, Target};
use super::part;
use super::row::{Row, Rows, Tag};

pub struct Along {
    limits: Limits,
    rows: Rows,
    /// Where the text of a row is in `texts`.
    arrived: Table<u32, usize>,
    /// What has arrived: the text of a model that nothing has needed yet.
    texts: Vec<Option<String>>,
    /// The rows that the value needs.
    missing: Table<u32, ()>,
    /// The parts of row 0 that it needs, those that were looked at first.
    parts: Vec<Path>,
    looked_at: usize,
    /// The row that is the value: a promise in its place is followed.
    root: u32,
    is_there: bool,
}

/// How many parts of row 0 are looked at: each is looked for from its beginning. Next.js has a handful.
const MAX_PARTS: usize = 256;

impl Along {
    pub fn new(limits: Limits) -> Self {
        Self::from(limits, Path::new(":a"))
    }

    /// From this part of row 0 on.
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
            looked_at: 0,
            root: 0,
            is_there: false,
        }
    }

    /// Takes the next bytes. True once the value is there, be it what was thrown, or cannot be found any more: they are no rows, or beyond a bound.
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

    /// `None` where the value cannot be found.
    fn arrive(&mut self, row: Row) -> Option<()> {
        let halted = row.tag == Tag::Model && row.body.is_empty();
        if halted || matches!(row.tag, Tag::Aside | Tag::Close) || self.arrived.contains_key(&row.id) {
            return Some(());
        }
        let text = if row.tag == Tag::Model { String::from_utf8(row.body).ok() } else { None };
        self.arrived.insert(row.id, self.texts.len());
        self.texts.push(text);
        match self.missing.remove(&row.id) {
            Some(()) => self.look(row.id),
            None => Some(()),
        }
    }

    /// Finds what this row needs in turn.
    fn look(&mut self, id: u32) -> Option<()> {
        let mut needs = vec![id];
        while let Some(id) = needs.pop() {
            let Some(text) = self.arrived.get(&id).and_then(|at| self.texts.get_mut(*at)) else {
                self.missing.insert(id, ());
                continue;
            };
            // What is needed again has been looked at, but for the parts of row 0.
            let Some(text) = text.take() else { continue };
            if id != 0 {
                self.read(id, &text, &mut needs)?;
                continue;
            }
            while let Some(part) = self.parts.get(self.looked_at).cloned() {
                self.looked_at += 1;
                let first = Path::new(":0");
                let path = if self.looked_at == 1 && text.trim_start().starts_with('[') { &first } else { &part };
                let (part, _) = part::project(0, &text, path, &self.limits).ok()??;
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
                // What an element needs is waited for by that alone.
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

    /// After how many bytes the value is there; none where it never is. Given byte by byte, and to the decoder, too, which must say the same.
    fn there(answer: &str) -> Option<usize> {
        let (mut along, mut decoder) = (Along::new(Limits::DEFAULT), Decoder::action(Native::default()));
        let mut at = None;
        for (count, byte) in answer.bytes().enumerate() {
            let decoded = decoder.push(&[byte]).is_err() || decoder.value().is_ready();
            let seen = along.push(&[byte]);
            assert_eq!(seen, decoded, "after byte {count} of {answer}");
            at = at.or(seen.then_some(count + 1));
        }
        // Pieces of whatever size say the same.
        assert_eq!(Along::new(Limits::DEFAULT).push(answer.as_bytes()), at.is_some(), "{answer}");
        at
    }

    /// The value is there with the byte after the `|`, which is left out.
    fn with(answer: &str) {
        let at = answer.find('|').map(|at| at + 1);
        assert_eq!(there(&answer.replace('|', "")), at, "{answer}");
    }

    #[test]
    fn as_soon_as_the_decoder_has_it() {
        with("0:{\"a\":\"$@1\",\"f\":\"$2\"}\n1:{\"x\":1}|\n2:[\"page\"]\n");
        with("0:[\"$@1\",[\"dev\",\"$2\"]]\n1:7|\n2:[\"page\"]\n");
        with("0:{\"a\":5,\"f\":\"\"}|\n");
        with("1:{\"x\":1}\n0:{\"a\":\"$@1\"}|\n");
        with("0:{\"a\":\"$@1\"}\n1:E{\"digest\":\"7\"}|\n");
        with("0:E{\"digest\":\"7\"}|\n1:1\n");
        with("0:{\"a\":\"$@1\"}\n1:\"$@2\"\n2:\"$3\"\n3:\"$@4\"\n4:7|\n");
        with("0:{\"a\":\"$@1\"}\n1:{\"late\":\"$@2\",\"lazy\":\"$L3\"}|\n2:1\n");
        with("0:{\"a\":\"$@1\"}\n1:{\"map\":\"$Q2\",\"set\":\"$W3\",\"again\":\"$1\"}\n3:[1]\n2:[[\"$4\",1]]\n4:{}|\n5:1\n");
        with("0:{\"a\":\"$@1\"}\n1:{\"f\":\"$h2\"}\n2:{\"id\":\"x\",\"bound\":\"$@3\"}|\n");
        with("0:{\"a\":\"$@1\"}\n1:\"$2\"\n2:T3,a\n|x3:1\n");
        with("0:{\"a\":\"$@1\"}\n1:[\"$2\",\"$3\"]\n2:R\n3:A2,a|b2:1\n2:C\n");
        with("0:{\"a\":\"$@1\"}\n:HL[1]\n1:[\"$\",\"div\",null,{\"x\":\"$2\"}]|\n2:1\n");
        with("0:{\"a\":\"$@1\",\"f\":[{\"x\":\"$2\"},{\"y\":\"$9\"}]}\n1:{\"z\":\"$0:f:0:x\"}\n2:5|\n9:1\n");
    }

    /// React's own streams, read as any stream is: the value is row 0.
    #[test]
    fn as_soon_as_the_decoder_has_it_in_the_vectors() {
        let mut seen = 0;
        for folder in ["decode", "stream"] {
            let folder = format!("{}/tests/vectors/{folder}", env!("CARGO_MANIFEST_DIR"));
            for file in
                std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).filter(|path| path.extension().unwrap() == "bin")
            {
                // A row that comes twice is left to whoever decodes; the other is what is said above.
                let name = file.file_name().unwrap().to_string_lossy();
                if name.contains("duplicate") || name.starts_with("path-through-lazy-late") {
                    continue;
                }
                let answer = std::fs::read(&file).unwrap();
                let mut along = Along::from(Limits::DEFAULT, Path::default());
                along.root = u32::MAX; // a promise is a value here
                let mut decoder = Decoder::new(Native::default());
                for (count, byte) in answer.iter().enumerate().take(100_000) {
                    let decoded = decoder.push(&[*byte]).is_err() || decoder.value().is_ready();
                    assert_eq!(along.push(&[*byte]), decoded, "after byte {count} of {name}");
                }
                seen += 1;
            }
        }
        assert!(seen > 100);
    }

    #[test]
    fn not_where_it_is_not() {
        assert_eq!(there("0:{\"a\":\"$@1\"}\n2:1\n"), None);
        assert_eq!(there("0:{\"a\":\"$@1\"}\n1:{\"x\":\"$2\"}\n3:1\n"), None);
        assert_eq!(there("0:{\"a\":\"$@1\"}\n1:\n"), None, "halted");
        assert_eq!(there(""), None);
    }

    #[test]
    fn what_cannot_be_read_is_waited_for_no_longer() {
        with("0:{\"a\":\"$@1\"}\n1:{\"x\":\"$z1\"}|\n");
        with("0:{\"a\":\"$@1\"}\n|q1:1\n");
        with("0:{\"b\":\"$@1\"}|\n1:1\n");
        let bounds = Limits { total_bytes: 20, ..Limits::DEFAULT };
        let mut along = Along::new(bounds);
        assert!(!along.push(b"0:{\"a\":\"$@1\"}\n") && along.push(b"1:[1,2,3,4"));
        assert!(along.push(b"5"), "and that is the end of it");
        let mut along = Along::new(Limits { row_bytes: 16, ..Limits::DEFAULT });
        assert!(!along.push(b"0:{\"a\":\"$@1\"}\n") && along.push(b"1:[1,2,3,4,5,6,7,8"));
    }
}
