//! Rows to values: which rows a value needs, and when it is there.
//!
//! A row waits as text until a value needs it. Then it becomes a *cell*: the JSON of the row made into a value, and the references in it, which
//! are put in once every row the value needs, directly or not, is there; so rows may come in any order and refer to each other in circles.

mod ahead;
mod cell;
mod flow;
mod link;
mod want;

use std::collections::VecDeque;
use std::rc::Rc;
use std::task::Poll;

use self::cell::Cell;
use self::flow::Flowing;
use self::want::{Lazied, Promised, Want, Who};
use super::hash::Table;
use super::model::{Path, Target};
use super::row::{Row, Rows, Tag};
use super::{Build, Flow, Limits, Made, Rejection};
use crate::{Error, Kind};

/// How many references or promises are followed one after the other before it counts as a loop. React's servers write two or three.
const MAX_HOPS: usize = 128;

/// Which value of the answer is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    Root,
    Action,
}

/// Decodes one answer, as its bytes arrive.
///
/// Give it bytes with [`push`](Self::push) and look for the value with [`value`](Self::value) after each. Promises inside the value settle
/// while the rest arrives. What is still open at [`end`](Self::end) or [`fail`](Self::fail) is rejected; what was delivered stays.
///
/// ```
/// use actionlane::flight::{Decoder, Native, Value};
/// use std::task::Poll;
///
/// let mut decoder = Decoder::action(Native::default());
/// decoder.push(b"0:{\"a\":\"$@1\",\"f\":\"\"}\n1:{\"ok\"").unwrap();
/// assert!(decoder.value().is_pending());
/// decoder.push(b":true}\n").unwrap();
/// let Poll::Ready(Ok(Value::Object(object))) = decoder.value() else { panic!() };
/// assert!(matches!(object.borrow().get("ok"), Some(Value::Bool(true))));
/// ```
pub struct Decoder<B: Build> {
    builder: B,
    limits: Limits,
    goal: Goal,
    rows: Rows,
    /// What has arrived. A row that was made into a cell leaves its text.
    arrived: Table<u32, Arrived>,
    cells: Vec<Result<Cell<B>, Rejection>>,
    /// The cells of whole rows, and of what is no row of its own but has been given an id above all rows.
    whole: Table<u32, usize>,
    /// Which rows the ids above all rows belong to, or stand for.
    origins: Vec<u32>,
    /// Values of rows that were made together with others, before their turn.
    early: Vec<B::Value>,
    /// Where they are, until they are taken.
    early_ids: Table<u32, usize>,
    /// For an action's answer: the cells of parts of row 0, which is never made whole.
    parts: Vec<(Path, usize)>,
    made: Table<(Made, u32), B::Value>,
    /// Rows that are looked at as what is told of an Error.
    faults: Table<u32, ()>,
    promises: Table<u32, Promised<B>>,
    lazies: Table<u32, Lazied<B>>,
    flows: Table<u32, Flowing<B>>,
    /// Bytes of streams that nobody has asked for yet.
    backlog: usize,
    /// How many rows are being made inside each other.
    nesting: usize,
    /// A function of the server or a Blob is being made.
    making: bool,
    /// Wants by the row they wait for.
    waiting: Table<u32, Vec<Want>>,
    /// Wants to look at, because something they waited for has arrived.
    ready: VecDeque<Want>,
    /// Promises and lazy values that are not settled.
    unsettled: usize,
    answer: Poll<Result<B::Value, Rejection>>,
    /// Why no more bytes are taken.
    closed: Option<Error>,
}

/// A row that has arrived.
#[derive(Clone)]
enum Arrived {
    /// With whether it was looked at ahead of its turn.
    Model(Rc<String>, bool),
    Text(Rc<String>),
    Thrown(Rc<String>),
    Bytes(u8, Rc<[u8]>),
    Module(Rc<String>),
    /// A stream or async iterable. What arrives for it later is kept there.
    Flow,
    /// Development servers say that this row will never come.
    Halted,
    /// A stream of which too much has arrived before anybody asked for it.
    Lost(Rejection),
    /// The row's cell is made.
    Taken,
}

impl<B: Build> Decoder<B> {
    /// For any stream: the value is row 0's.
    pub fn new(builder: B) -> Self {
        Self::with_goal(builder, Goal::Root)
    }

    /// For the answer to an action: the value is what the action returned, which is member `a` of row 0 (element 0 where row 0 is an
    /// array, as in Next 14). Where that is a promise, the value is what it settles with. Nothing else of row 0 is read.
    pub fn action(builder: B) -> Self {
        Self::with_goal(builder, Goal::Action)
    }

    fn with_goal(builder: B, goal: Goal) -> Self {
        let path = if goal == Goal::Action { Path::new(":a") } else { Path::default() };
        let want = Want::new(Who::Answer, Target { id: 0, path, made: None });
        Self {
            builder,
            limits: Limits::DEFAULT,
            goal,
            rows: Rows::new(Limits::DEFAULT),
            arrived: Table::default(),
            cells: Vec::new(),
            whole: Table::default(),
            origins: Vec::new(),
            early: Vec::new(),
            early_ids: Table::default(),
            parts: Vec::new(),
            made: Table::default(),
            faults: Table::default(),
            promises: Table::default(),
            lazies: Table::default(),
            flows: Table::default(),
            backlog: 0,
            nesting: 0,
            making: false,
            waiting: Table::from_iter([(0, vec![want])]),
            ready: VecDeque::new(),
            unsettled: 0,
            answer: Poll::Pending,
            closed: None,
        }
    }

    /// The same decoder with other bounds. Before the first `push`.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self.rows = Rows::new(limits);
        self
    }

    /// Takes the next bytes, and settles what they complete.
    ///
    /// Fails when the bytes are not rows, or go beyond a bound; everything open is then rejected with the same error, and bytes that still
    /// come fail with it, too. After `end` or `fail`, too.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if let Some(error) = &self.closed {
            return Err(error.clone());
        }
        let outcome = self.take(bytes);
        if let Err(error) = &outcome {
            self.fail(error.clone());
        }
        outcome
    }

    /// The stream is complete. Whatever is still open is rejected with a `DECODE` error that names the row it waited for.
    pub fn end(&mut self) {
        let inside = self.rows.inside();
        let halted: Vec<u32> = self.arrived.iter().filter(|(_, arrived)| matches!(arrived, Arrived::Halted)).map(|(id, _)| *id).collect();
        self.close(|row, begun| {
            let message = match inside {
                Some(Some(id)) if id == row => format!("the answer ended inside row {row:x}"),
                _ if begun => format!("the answer ended before the end of row {row:x}"),
                _ if halted.contains(&row) => format!("row {row:x}: halted by the server"),
                _ => format!("the answer ended before row {row:x}"),
            };
            Error::new(Kind::Decode, message)
        });
    }

    /// The stream broke. Whatever is still open is rejected with `error`.
    pub fn fail(&mut self, error: Error) {
        self.close(|_, _| error.clone());
    }

    /// The value that is wanted, once it is there. The same answer however often it is asked.
    pub fn value(&self) -> Poll<Result<B::Value, Rejection>> {
        self.answer.clone()
    }

    /// The text of row 0, once it is there: the model around the value of an action. `None` if something else made a value of it.
    pub fn root_row(&self) -> Option<&str> {
        match self.arrived.get(&0) {
            Some(Arrived::Model(text, _)) => Some(text),
            _ => None,
        }
    }

    /// How many values are not there yet: the answer itself, promises and lazy values inside it, and streams that have not ended and are not
    /// cancelled. Zero means the rest of the stream changes nothing.
    pub fn open(&self) -> usize {
        self.waiting.values().flatten().filter(|want| !matches!(want.who, Who::Flow(..))).count() + self.open_flows()
    }

    /// True once the value is there, and all that could still arrive for it belongs to streams that have been cancelled: reading on is of no
    /// use, and the request may be aborted. Never true for a value in which no stream was cancelled.
    pub fn is_abandoned(&self) -> bool {
        self.answer.is_ready() && self.closed.is_none() && self.any_flow_cancelled() && self.open() == 0
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.rows.push(bytes)?;
        let mut rows = Vec::new();
        let framed = loop {
            match self.rows.next() {
                Ok(Some(row)) => rows.push(row),
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        self.look_ahead(&rows);
        for row in rows {
            let id = row.id;
            if self.arrive(row)?
                && let Some(wants) = self.waiting.remove(&id)
            {
                self.ready.extend(wants);
                self.run();
            }
        }
        framed
    }

    /// Files a row. False if it changes nothing.
    fn arrive(&mut self, row: Row) -> Result<bool, Error> {
        let arrived = match (row.tag, self.arrived.get(&row.id)) {
            (Tag::Aside, _) | (Tag::Stream(_), Some(_)) | (_, Some(Arrived::Lost(_))) => return Ok(false),
            (_, Some(Arrived::Flow)) => return self.flow_in(row).map(|()| false),
            (Tag::Close, _) => return Ok(false),
            (_, Some(_)) => return Err(Error::new(Kind::Decode, format!("row {:x}: came twice", row.id))),
            (Tag::Model, None) if row.body.is_empty() => Arrived::Halted,
            (Tag::Model, None) => Arrived::Model(text(row.body).into(), false),
            (Tag::Text, None) => Arrived::Text(text(row.body).into()),
            (Tag::Error, None) => Arrived::Thrown(text(row.body).into()),
            (Tag::Bytes(kind), None) => Arrived::Bytes(kind, row.body.into()),
            (Tag::Module, None) => Arrived::Module(text(row.body).into()),
            (Tag::Stream(kind), None) => {
                let kind = match kind {
                    b'R' => Flow::Stream,
                    b'r' => Flow::ByteStream,
                    b'X' => Flow::Iterable,
                    _ => Flow::Iterator,
                };
                self.flows.insert(row.id, Flowing::new(kind));
                Arrived::Flow
            }
        };
        self.arrived.insert(row.id, arrived);
        Ok(true)
    }

    fn close(&mut self, why: impl Fn(u32, bool) -> Error) {
        if self.closed.is_some() {
            return;
        }
        self.closed = Some(why(0, false));
        let mut waiting: Vec<_> = std::mem::take(&mut self.waiting).into_iter().collect();
        waiting.sort_unstable_by_key(|(row, _)| *row);
        for (row, wants) in waiting {
            for want in wants {
                self.answer_with(want.who, Err(Rejection::Broken(why(row, false))));
            }
        }
        self.close_flows(|row| why(row, true));
    }

    /// The row that an id belongs to, for messages.
    fn origin(&self, id: u32) -> u32 {
        id.checked_sub(OWN_IDS).and_then(|at| self.origins.get(at as usize)).copied().unwrap_or(id)
    }

    /// An id of its own for a cell that is no row.
    fn name(&mut self, row: u32, cell: Result<Cell<B>, Rejection>) -> u32 {
        let id = OWN_IDS.saturating_add(self.origins.len() as u32);
        self.origins.push(row);
        self.cells.push(cell);
        self.whole.insert(id, self.cells.len() - 1);
        id
    }

    /// The row that an id stands for, if it has no cell of its own.
    fn row_of(&self, id: u32) -> u32 {
        if id < OWN_IDS || self.whole.contains_key(&id) { id } else { self.origin(id) }
    }

    /// Where `target` is to be made anew for each place it stands at, as functions of the server and iterators are: the same with an id that
    /// only this place has. Whoever refers to the place gets what is there.
    /// Called for each reference before the row it refers to is read.
    fn alone(&mut self, mut target: Target) -> Target {
        if target.made == Some(Made::Error) {
            self.faults.insert(target.id, ());
        }
        if matches!(target.made, Some(Made::Server | Made::Iterator)) {
            let id = OWN_IDS.saturating_add(self.origins.len() as u32);
            self.origins.push(target.id);
            target.id = id;
        }
        target
    }
}

/// From here on ids are our own: no row has one.
const OWN_IDS: u32 = 1 << 31;

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn broken(row: u32, what: &str) -> Rejection {
    Rejection::Broken(Error::new(Kind::Decode, format!("row {row:x}: {what}")))
}

#[cfg(test)]
mod tests;
