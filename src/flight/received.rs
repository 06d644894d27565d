//! Receives an answer that serde reads: finds out which rows the value needs, and tells when they have arrived.
//!
//! Makes no values, unlike [`Decoder`](super::Decoder): serde reads them from the rows, and from nothing else that
//! the answer may have. So a program that only has Rust types needs neither values nor streams. The two agree; the
//! tests compare them.
//!
//! A row is *needed* if the value refers to it, directly or not. It is needed *now* if the value cannot do without it:
//! the others are in promises, lazy values and elements. Must not use recursion: the server decides how deep rows
//! refer to each other.

mod follow;
mod line;
mod place;

use std::cell::Cell;
use std::rc::Rc;
use std::task::Poll;

use self::follow::Stop;
use self::line::{Content, Line, Need};
use super::model::{Path, Special, Target, broken as not_json};
use super::row::{Row, Rows, Tag};
use super::tape::{Shape, Tape};
use super::{Limits, Rejection, Thrown};
use crate::text::{digits, hex};
use crate::{Error, Kind};

/// References or promises that are followed one after the other before they count as a loop. React's servers write two
/// or three.
const MAX_HOPS: usize = 128;

/// Parts of an action's row 0 that are looked at alone; Next.js uses a handful. Beyond that, the whole member of row 0
/// that holds the part is looked at, for as many parts again.
const MAX_SEPARATE_PARTS: usize = 1024;

/// The first id that no row has. The parts of the request have the ids from here on.
const SENT: u32 = 1 << 31;

/// The texts of a request, to which the answer may refer.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    /// Id and text of each part; the arguments are part 0.
    pub(crate) parts: Vec<(u32, Rc<str>)>,
}

/// An answer that is being received.
pub(crate) struct Received {
    /// True for the answer to an action: the value is a member of row 0.
    action: bool,
    framing: Rows,
    /// Rows that have arrived or are needed.
    lines: Vec<Line>,
    /// A tree that leads from the ids to the lines, by two bits at each node. A slot has the number of a line and one,
    /// or that of a node; 0 is an empty slot. Unlike a table, it is fast for any ids.
    places: Vec<[u32; 4]>,
    sent: Option<Rc<Sent>>,
    /// Needed rows that have arrived and were not looked at, and the node in which to look.
    todo: Vec<(u32, u32)>,
    /// Rows that had not arrived when they were first needed.
    waits: Vec<u32>,
    /// References that the value cannot do without, until they were followed: line and node.
    checks: Vec<(u32, u32)>,
    /// The nodes of an action's row 0 that are needed; true if now.
    parts: Vec<(u32, bool)>,
    /// For each special value of that row: how it is needed. Parts may contain each other.
    noted: Vec<Need>,
    /// Line and node of the value, once known.
    root: Option<(u32, u32)>,
    /// Promises followed so far.
    hops: usize,
    /// Steps taken and bytes of paths copied while references were followed.
    walked: Cell<usize>,
    /// Needed rows that have not arrived: those that are needed later, and now.
    missing: [usize; 2],
    /// Needed streams that have not ended.
    flows: usize,
    value: Poll<Result<(), Rejection>>,
    /// The error for further bytes, once no more are taken; `None` if the answer has ended.
    closed: Option<Option<Error>>,
}

impl Received {
    /// Receives any stream: the value is that of row 0.
    pub(super) fn stream() -> Self {
        Self::new(false, None)
    }

    /// Receives the answer to an action; the value is the one that [`Decoder::action`](super::Decoder::action) finds.
    /// `sent`: the request, if the answer may refer to it.
    pub(crate) fn action(sent: Option<Rc<Sent>>) -> Self {
        Self::new(true, sent)
    }

    fn new(action: bool, sent: Option<Rc<Sent>>) -> Self {
        let mut answer = Self {
            action,
            framing: Rows::new(Limits::DEFAULT),
            lines: Vec::new(),
            places: vec![[0; 4]],
            sent,
            todo: Vec::new(),
            waits: Vec::new(),
            checks: Vec::new(),
            parts: Vec::new(),
            noted: Vec::new(),
            root: None,
            hops: 0,
            walked: Cell::new(0),
            missing: [0; 2],
            flows: 0,
            value: Poll::Pending,
            closed: None,
        };
        answer.need(0, true);
        answer
    }

    /// Takes the next bytes. Fails as [`Decoder::push`](super::Decoder::push) does.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if let Some(closed) = &self.closed {
            return Err(closed.clone().unwrap_or_else(|| self.lost(0)));
        }
        let outcome = self.take(bytes);
        if let Err(error) = &outcome {
            self.close(Some(error.clone()));
        }
        outcome
    }

    /// Ends the answer: no more bytes will come. What is missing now is an error.
    pub(crate) fn end(&mut self) {
        self.close(None);
    }

    /// Returns ready once the value can be read, except perhaps for its promises, or will never be there.
    pub(crate) fn value(&self) -> Poll<Result<(), Rejection>> {
        self.value.clone()
    }

    /// True once nothing that is still to come could change the value.
    pub(crate) fn is_whole(&self) -> bool {
        match &self.value {
            Poll::Ready(Ok(())) => self.closed.is_some() || self.missing == [0; 2] && self.flows == 0,
            Poll::Ready(Err(_)) => true,
            Poll::Pending => false,
        }
    }

    /// Returns the text of row 0, once it has arrived, if it is a model.
    pub(crate) fn root_row(&self) -> Option<&str> {
        match &self.lines.get(self.number(0)? as usize)?.content {
            Content::Raw(text) => Some(text),
            Content::Model(tape) => Some(tape.row()),
            _ => None,
        }
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.framing.push(bytes)?;
        while let Some(row) = self.framing.next()? {
            self.arrive(row)?;
        }
        Ok(())
    }

    fn close(&mut self, error: Option<Error>) {
        if self.closed.is_some() {
            return;
        }
        self.closed = Some(error);
        if self.value.is_pending() {
            let needed = |number: &&u32| {
                let line = &self.lines[**number as usize];
                line.need == Need::Now && matches!(line.content, Content::Missing | Content::Halted)
            };
            let missing = self.waits.iter().find(needed).map_or(0, |number| self.lines[*number as usize].id);
            self.value = Poll::Ready(Err(Rejection::Broken(self.lost(missing))));
        }
    }

    /// Returns the error for a row that has not arrived.
    fn lost(&self, id: u32) -> Error {
        if let Some(Some(error)) = &self.closed {
            return error.clone();
        }
        let halted = self.number(id).is_some_and(|number| matches!(self.lines[number as usize].content, Content::Halted));
        let parts = match self.framing.unfinished_row() {
            Some(Some(row)) if row == id => ["the answer ended inside row ", &hex(id), ""],
            _ if halted => ["row ", &hex(id), ": halted by the server"],
            _ => ["the answer ended before row ", &hex(id), ""],
        };
        Error::new(Kind::Decode, parts.concat())
    }

    /// Stores a row, and looks at it if it is needed.
    fn arrive(&mut self, row: Row) -> Result<(), Error> {
        let known = self.number(row.id);
        let there = known.map(|number| &mut self.lines[number as usize]).filter(|line| !matches!(line.content, Content::Missing));
        let again = |what: &str| Err(Error::new(Kind::Decode, ["row ", &hex(row.id), what].concat()));
        let content = match (row.tag, there) {
            (Tag::Skipped, _) | (Tag::Stream(_), Some(_)) => return Ok(()),
            (tag, Some(Line { content: Content::Flow { stream, ended }, need, .. })) => {
                let ends = matches!(tag, Tag::Close | Tag::Error);
                if tag == Tag::Module {
                    return again(": came twice");
                }
                if *ended && *stream && !ends {
                    return again(": came after the end of its stream");
                }
                if ends && !std::mem::replace(ended, true) && *need > Need::No {
                    self.flows -= 1;
                }
                return Ok(());
            }
            (Tag::Close, _) => return Ok(()),
            (_, Some(_)) => return again(": came twice"),
            (Tag::Model, None) if row.body.is_empty() => Content::Halted,
            (Tag::Model, None) => Content::Raw(text(row.body)),
            (Tag::Text, None) => Content::Text(text(row.body)),
            (Tag::Error, None) => Content::Thrown(text(row.body)),
            (Tag::Bytes(kind), None) => {
                let kind = super::Binary::of(kind);
                match row.body.len() % kind.size() {
                    0 => Content::Bytes,
                    _ => {
                        let what = [&*digits(row.body.len() as u64), " bytes cannot be ", kind.name()].concat();
                        Content::Failed(broken(row.id, &what))
                    }
                }
            }
            (Tag::Module, None) => Content::Module,
            (Tag::Stream(kind), None) => Content::Flow { stream: matches!(kind, b'R' | b'r'), ended: false },
        };
        let number = self.line(row.id);
        let line = &mut self.lines[number as usize];
        line.content = content;
        let (need, halted) = (line.need, matches!(line.content, Content::Halted));
        if need > Need::No && !halted {
            self.missing[usize::from(need == Need::Now)] -= 1;
            self.flows += usize::from(matches!(line.content, Content::Flow { .. }));
            self.todo.push((number, 0));
            self.advance();
        }
        Ok(())
    }

    /// Looks at the rows that have arrived and are needed, until the value is there or a row is missing.
    fn advance(&mut self) {
        loop {
            if let Poll::Ready(Err(_)) = self.value {
                return;
            }
            let step = if let Some((number, node)) = self.todo.pop() {
                self.scan(number, node)
            } else if self.value.is_ready() || self.missing[1] > 0 {
                return;
            } else if let Some((number, node)) = self.checks.pop() {
                self.check(number, node).inspect_err(|_| self.checks.push((number, node)))
            } else {
                self.find()
            };
            match step {
                Ok(()) => {}
                Err(Stop::Missing(id)) => self.want(id, &Path::default(), true),
                Err(Stop::Rejected(rejection)) => self.value = Poll::Ready(Err(rejection)),
            }
        }
    }

    /// Finds the value, of which all is there. If an action's is a promise, the value is the promised one.
    fn find(&mut self) -> Result<(), Stop> {
        let Some((number, node)) = self.root else { return Err(Stop::Rejected(broken(0, "not the answer to an action"))) };
        let spot = self.follow(number, node)?;
        match self.special(spot.number, spot.node) {
            Some(Ok(Special::Promise(id))) if self.action && spot.made.is_none() => {
                self.hops += 1;
                if self.hops > MAX_HOPS {
                    return Err(Stop::Rejected(broken(id, "a promise that resolves to itself")));
                }
                self.root = Some((self.line(id), 0));
                self.want(id, &Path::default(), true);
            }
            _ => self.value = Poll::Ready(Ok(())),
        }
        Ok(())
    }

    /// Looks at a needed row: notes the rows that it needs.
    fn scan(&mut self, number: u32, node: u32) -> Result<(), Stop> {
        let line = &mut self.lines[number as usize];
        let (id, now) = (line.id, line.need == Need::Now);
        match std::mem::replace(&mut line.content, Content::Missing) {
            Content::Raw(text) => {
                line.content = match Tape::read(text, Limits::DEFAULT.depth) {
                    Ok(tape) => Content::Model(tape),
                    Err(fault) => Content::Failed(Rejection::Broken(not_json(id, fault, &Limits::DEFAULT))),
                }
            }
            Content::Thrown(text) => {
                line.content = Content::Failed(match Thrown::read(id, &text, &Limits::DEFAULT, false) {
                    Ok((thrown, _)) => Rejection::Thrown(thrown),
                    Err(error) => Rejection::Broken(error),
                });
            }
            content => line.content = content,
        }
        let mut node = node;
        if self.root.is_none() {
            node = if self.action { self.root_node(number)? } else { 0 };
            self.root = Some((number, node));
            self.parts.push((node, true));
        }
        let tape = match &self.lines[number as usize].content {
            Content::Model(tape) => tape,
            Content::Failed(rejection) if now => return Err(Stop::Rejected(rejection.clone())),
            _ => return Ok(()),
        };
        // Of an action's row 0, only parts are needed.
        let in_parts = id == 0 && self.action;
        let now = if in_parts { self.parts.contains(&(node, true)) } else { now };
        let (mut wants, mut failed) = (Vec::new(), None);
        for (order, at, inside) in tape.specials(node) {
            let now = now && !inside;
            if in_parts {
                let need = if now { Need::Now } else { Need::Later };
                self.noted.resize(self.noted.len().max(order + 1), Need::No);
                if self.noted[order] >= need {
                    continue;
                }
                self.noted[order] = need;
            }
            match self.target(id, tape, at) {
                Ok(Some((target, later))) => {
                    if now && !later {
                        self.checks.push((number, at));
                    }
                    wants.push((target, now && !later));
                }
                Ok(None) => {}
                Err(rejection) => {
                    if now {
                        return Err(Stop::Rejected(rejection));
                    }
                    failed = Some(rejection);
                    break;
                }
            }
        }
        if let Some(rejection) = failed {
            self.lines[number as usize].content = Content::Failed(rejection);
            return Ok(());
        }
        for (Target { id, path, .. }, now) in wants {
            self.want(id, &path, now);
            if let Poll::Ready(Err(_)) = self.value {
                break;
            }
        }
        Ok(())
    }

    /// Returns the reference that a special value is. True if nothing waits for it: it is a promise or a lazy value.
    fn target(&self, row: u32, tape: &Tape, node: u32) -> Result<Option<(Target, bool)>, Rejection> {
        let special = Special::read(tape.text(node), Limits::DEFAULT.digits);
        let special = special.map_err(|what| {
            let place = tape.place(node);
            let at = if place.is_empty() { "" } else { " at " };
            broken(row, &[&*what, at, &place].concat())
        })?;
        Ok(match special {
            Special::Link(mut target) => {
                target.id |= row & SENT;
                Some((target, false))
            }
            Special::Promise(id) | Special::Lazy(id) => Some((Target::row(id), true)),
            Special::Temporary(path) => {
                let target = self.argument(&path).ok_or_else(|| broken(row, NOT_SENT))?;
                Some((target, false))
            }
            Special::Scalar(_) => None,
        })
    }

    /// Finds an argument by its path, `0:0:cart`.
    fn argument(&self, path: &str) -> Option<Target> {
        let (part, rest) = path.split_at(path.find(':').unwrap_or(path.len()));
        let part = u32::from_str_radix(part, 16).ok()?;
        self.sent.as_ref()?.parts.iter().find(|(id, _)| *id == part)?;
        Some(Target { id: part | SENT, path: Path::new(rest), made: None })
    }

    /// Returns the node of an action's value in row 0.
    fn root_node(&self, number: u32) -> Result<u32, Stop> {
        let refuse = |what| Err(Stop::Rejected(broken(0, what)));
        match &self.lines[number as usize].content {
            Content::Model(tape) => match tape.shape(0) {
                Shape::Array => tape.child(0, "0"),
                Shape::Object => tape.child(0, "a"),
                _ => return refuse("not the answer to an action"),
            }
            .map_or_else(|| refuse("no member .a"), Ok),
            Content::Failed(rejection) => Err(Stop::Rejected(rejection.clone())),
            _ => refuse("not the answer to an action"),
        }
    }

    /// Notes that the value needs a row, or a part of an action's row 0.
    fn want(&mut self, id: u32, path: &Path, now: bool) {
        if !(self.action && id == 0) {
            return self.need(id, now);
        }
        let number = self.line(0);
        let Content::Model(tape) = &self.lines[number as usize].content else { return };
        let (mut node, alone) = (0, self.parts.len() < MAX_SEPARATE_PARTS);
        for (step, _) in path.steps().take(if alone { usize::MAX } else { 1 }) {
            let Some(inner) = tape.child(node, step) else { break };
            node = inner;
        }
        if self.parts.iter().any(|known| *known == (node, now) || *known == (node, true)) {
            return;
        }
        if self.parts.len() >= 2 * MAX_SEPARATE_PARTS {
            let most = digits(2 * MAX_SEPARATE_PARTS as u64);
            self.value = Poll::Ready(Err(broken(0, &["more than ", &most, " parts of it are referred to"].concat())));
        }
        self.parts.push((node, now));
        self.todo.push((number, node));
    }

    fn need(&mut self, id: u32, now: bool) {
        let number = self.line(id);
        let line = &mut self.lines[number as usize];
        let need = if now { Need::Now } else { Need::Later };
        if line.need >= need {
            return;
        }
        let before = std::mem::replace(&mut line.need, need);
        match line.content {
            Content::Missing | Content::Halted => {
                if before == Need::No {
                    self.waits.push(number);
                } else {
                    self.missing[0] -= 1;
                }
                self.missing[usize::from(now)] += 1;
                if self.missing[0] + self.missing[1] > Limits::DEFAULT.open_rows {
                    let limit = digits(Limits::DEFAULT.open_rows as u64);
                    self.value = Poll::Ready(Err(broken(id, &["more than ", &limit, " rows are open"].concat())));
                }
            }
            Content::Flow { ended: false, .. } if before == Need::No => self.flows += 1,
            _ => self.todo.push((number, 0)),
        }
    }
}

/// Message about a reference to the request.
const NOT_SENT: &str = "refers to an argument that was not sent";

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn broken(row: u32, what: &str) -> Rejection {
    Rejection::Broken(Error::new(Kind::Decode, ["row ", &hex(row), ": ", what].concat()))
}

#[cfg(test)]
mod tests;
