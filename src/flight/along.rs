//! Reads along an answer that somebody else decodes: finds out when the action's own value is there, and makes nothing of it.
//!
//! It needs the rows that [`Decoder::action`](super::Decoder::action) would need: row 0's `a`, the promises that lead on from there, and all
//! that their rows refer to but promises, lazy values and what elements wait for. Unlike that it looks at no lazy value that a reference leads
//! through, so there it may be too early.

use std::collections::HashSet;

use super::Limits;
use super::hash::Table;
use super::model::{Model, Path, Special, Target};
use super::part;
use super::row::{Rows, Tag};

pub struct Along {
    limits: Limits,
    rows: Rows,
    /// What has arrived: the text of a model that nothing has needed yet.
    arrived: Table<u32, Option<String>>,
    /// What the value needs, by the row it waits for.
    missing: Table<u32, Vec<Need>>,
    /// What was needed before, in row 0.
    parts: HashSet<String>,
    is_there: bool,
}

/// A part of a row. `root`: it is the value, so a promise in its place is followed.
struct Need {
    id: u32,
    path: Path,
    root: bool,
}

impl Along {
    pub fn new(limits: Limits) -> Self {
        let root = Need { id: 0, path: Path::new(":a"), root: true };
        let missing = Table::from_iter([(0, vec![root])]);
        Self { limits, rows: Rows::new(limits), arrived: Table::default(), missing, parts: HashSet::new(), is_there: false }
    }

    /// Takes the next bytes. True once the value is there, be it what was thrown, or cannot be found any more: they are no rows, or beyond a bound.
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        self.is_there = self.is_there || self.rows.push(bytes).is_err();
        while !self.is_there {
            let row = match self.rows.next() {
                Ok(Some(row)) => row,
                Ok(None) => break,
                Err(_) => return self.give_up(),
            };
            let halted = row.tag == Tag::Model && row.body.is_empty();
            if halted || matches!(row.tag, Tag::Aside | Tag::Close) || self.arrived.contains_key(&row.id) {
                continue;
            }
            let text = if row.tag == Tag::Model { String::from_utf8(row.body).ok() } else { None };
            self.arrived.insert(row.id, text);
            let needs = self.missing.remove(&row.id).unwrap_or_default();
            if self.look(needs).is_none() {
                return self.give_up();
            }
            self.is_there = self.missing.is_empty();
        }
        self.is_there
    }

    fn give_up(&mut self) -> bool {
        self.is_there = true;
        true
    }

    /// Finds what these need in turn. `None` for what is not to be read.
    fn look(&mut self, mut needs: Vec<Need>) -> Option<()> {
        while let Some(need) = needs.pop() {
            let Some(arrived) = self.arrived.get_mut(&need.id) else {
                self.missing.entry(need.id).or_default().push(need);
                continue;
            };
            let text = if need.id == 0 {
                // Of row 0 parts are needed, each once.
                let Some(text) = arrived else { continue };
                if !self.parts.insert(need.path.text().to_owned()) {
                    continue;
                }
                let first = Path::new(":0");
                let path = if need.root && text.trim_start().starts_with('[') { &first } else { &need.path };
                part::project(0, text, path, &self.limits).ok()??.0.to_owned()
            } else {
                let Some(text) = arrived.take() else { continue };
                text
            };
            let link = |target: Target, root| Need { id: target.id, path: target.path, root };
            match Model::read(need.id, &text, &self.limits).ok()? {
                Model::Special(Special::Link(target)) => needs.push(link(target, need.root)),
                Model::Special(Special::Promise(id)) if need.root => needs.push(link(Target::row(id), true)),
                Model::Special(_) => {}
                Model::Tree(tree, placed) => {
                    for one in placed {
                        let waits_alone = tree.nodes.get(one.holder).is_some_and(|node| node.element.is_some());
                        if let (Special::Link(target), false) = (one.special, waits_alone) {
                            needs.push(link(target, false));
                        }
                    }
                }
            }
        }
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
                let mut along = Along::new(Limits::DEFAULT);
                along.missing.insert(0, vec![Need { id: 0, path: Path::default(), root: false }]);
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
