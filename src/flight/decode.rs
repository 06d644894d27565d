//! Decodes an answer: finds out which rows a value needs, and delivers the value once they have arrived.
//!
//! A row waits as text until a value needs it. Then it becomes a *cell*: the value of the row's JSON, and its
//! references to other rows. The references are put in once every row that the value needs, directly or not, has
//! arrived. So rows may come in any order, and may refer to each other in circles.
//!
//! Makes no values itself: the builder does ([`Build`]). Must not use recursion where the server decides how deep it
//! goes.

mod batch;
mod cell;
mod link;
mod stream;
mod waiting;

use std::collections::VecDeque;
use std::rc::Rc;
use std::task::Poll;

use self::cell::Cell;
use self::stream::RowFlow;
use self::waiting::{Receiver, RowLazy, RowPromise, Want};
use super::hash::Table;
use super::model::{Path, Target};
use super::row::{Row, Rows, Tag};
use super::{Build, Flow, Limits, Made, Rejection};
use crate::{Error, Kind};

/// References or promises that are followed one after the other before they count as a loop. React's servers write two
/// or three.
const MAX_HOPS: usize = 128;

/// The value of the answer that the caller wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    Root,
    Action,
}

/// Decodes one answer, as its bytes arrive.
///
/// Pass the bytes to [`push`](Self::push), and look at [`value`](Self::value) after each call. Promises inside the
/// value settle while the rest arrives. At [`end`](Self::end) or [`fail`](Self::fail), everything that is still open
/// is rejected; values that were delivered stay.
///
/// ```
/// use actionlane::flight::{Decoder, Native, Value};
/// use std::task::Poll;
///
/// let mut decoder = Decoder::action(Native::default());
/// decoder.push(b"0:{\"a\":\"$@1\",\"f\":\"\"}\n1:{\"ok\"")?;
/// assert!(decoder.value().is_pending());
/// decoder.push(b":true,\"next\":\"$@2\"}\n")?;
/// let Poll::Ready(Ok(Value::Object(object))) = decoder.value() else { panic!() };
/// assert!(matches!(object.borrow().get("ok"), Some(Value::Bool(true))));
///
/// assert_eq!(decoder.open(), 1, "the promise of row 2 is not settled");
/// decoder.end();
/// assert_eq!(decoder.open(), 0, "it was rejected");
/// assert_eq!(decoder.root_row(), Some("{\"a\":\"$@1\",\"f\":\"\"}"));
/// assert!(decoder.push(b"2:true\n").is_err(), "too late");
/// # Ok::<(), actionlane::Error>(())
/// ```
pub struct Decoder<B: Build> {
    builder: B,
    limits: Limits,
    goal: Goal,
    rows: Rows,
    /// Rows that have arrived. Making a row's cell takes its text out.
    arrived: Table<u32, Arrived>,
    cells: Vec<Result<Cell<B>, Rejection>>,
    /// Index of each row's cell. A cell that is not a whole row has an id from `OWN_IDS` on.
    cell_of: Table<u32, usize>,
    /// For each id from `OWN_IDS` on, the row that it is a part of, or another name for.
    origins: Vec<u32>,
    /// Values of rows that were made ahead of need, together with others.
    early: Vec<B::Value>,
    /// Index in `early` of each row's value, until the row's cell takes it.
    early_of: Table<u32, usize>,
    /// In an action's answer, the cells of parts of row 0, which is never made whole.
    parts: Vec<(Path, usize)>,
    made: Table<(Made, u32), B::Value>,
    /// Rows that become Errors: their `cause` and `errors` are escaped differently.
    error_rows: Table<u32, ()>,
    promises: Table<u32, RowPromise<B>>,
    lazies: Table<u32, RowLazy<B>>,
    flows: Table<u32, RowFlow<B>>,
    /// Bytes that wait in streams to which no value has referred yet.
    backlog: usize,
    /// Rows that are being made inside each other.
    nesting: usize,
    /// True while a function of the server, an iterator or a Blob is made: none is made of another.
    making: bool,
    /// Wants, by the row they wait for.
    waiting: Table<u32, Vec<Want>>,
    /// Wants to look at: new ones, and those for which a row has arrived.
    ready: VecDeque<Want>,
    /// Promises and lazy values that are not settled.
    unsettled: usize,
    answer: Poll<Result<B::Value, Rejection>>,
    /// The error for further bytes, once no more are taken.
    closed: Option<Error>,
}

/// A row that has arrived.
#[derive(Clone)]
enum Arrived {
    /// A model; true once it was looked at ahead of need.
    Model(Rc<String>, bool),
    Text(Rc<String>),
    Thrown(Rc<String>),
    Bytes(u8, Rc<[u8]>),
    Module(Rc<String>),
    /// A stream or async iterable. Later rows of the same id are stored in `flows`.
    Flow,
    /// An empty row: development servers send it for a row that will never come.
    Halted,
    /// A stream that exceeded a limit before any value referred to it.
    Overflowed(Rejection),
    /// A row whose cell is made.
    Taken,
}

impl<B: Build> Decoder<B> {
    /// Makes a decoder for any stream: the value is that of row 0.
    pub fn new(builder: B) -> Self {
        Self::with_goal(builder, Goal::Root)
    }

    /// Makes a decoder for the answer to an action: the value is what the action returned. That is member `a` of row
    /// 0, or element 0 if row 0 is an array, as in Next 14. If it is a promise, the value is what the promise settles
    /// with. Nothing else of row 0 is read, unless the value refers to it.
    pub fn action(builder: B) -> Self {
        Self::with_goal(builder, Goal::Action)
    }

    fn with_goal(builder: B, goal: Goal) -> Self {
        let path = if goal == Goal::Action { Path::new(":a") } else { Path::default() };
        let want = Want::new(Receiver::Answer, Target { id: 0, path, made: None });
        Self {
            builder,
            limits: Limits::DEFAULT,
            goal,
            rows: Rows::new(Limits::DEFAULT),
            arrived: Table::default(),
            cells: Vec::new(),
            cell_of: Table::default(),
            origins: Vec::new(),
            early: Vec::new(),
            early_of: Table::default(),
            parts: Vec::new(),
            made: Table::default(),
            error_rows: Table::default(),
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

    /// Returns the decoder with other limits. Must be called before the first [`push`](Self::push). [`Limits`] has an
    /// example.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self.rows = Rows::new(limits);
        self
    }

    /// Takes the next bytes, and settles what they complete.
    ///
    /// Fails with `DECODE` if the bytes are not rows or exceed a limit. Then everything open is rejected with that
    /// error, and later calls fail with it, too. Also fails after [`end`](Self::end) and [`fail`](Self::fail).
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

    /// Ends the answer: no more bytes will come. Everything open is rejected with a `DECODE` error that names the row
    /// it waited for.
    pub fn end(&mut self) {
        let unfinished = self.rows.unfinished_row();
        let halted: Vec<u32> = self.arrived.iter().filter(|(_, arrived)| matches!(arrived, Arrived::Halted)).map(|(id, _)| *id).collect();
        self.close(|row, begun| {
            let message = match unfinished {
                Some(Some(id)) if id == row => format!("the answer ended inside row {row:x}"),
                _ if begun => format!("the answer ended before the end of row {row:x}"),
                _ if halted.contains(&row) => format!("row {row:x}: halted by the server"),
                _ => format!("the answer ended before row {row:x}"),
            };
            Error::new(Kind::Decode, message)
        });
    }

    /// Ends the answer early, for example because the connection broke. Everything open is rejected with `error`.
    ///
    /// ```
    /// use actionlane::flight::{Decoder, Native};
    /// use actionlane::{Error, Kind};
    /// use std::task::Poll;
    ///
    /// let mut decoder = Decoder::new(Native::default());
    /// decoder.fail(Error::new(Kind::Network, "connection reset"));
    /// let Poll::Ready(Err(rejection)) = decoder.value() else { panic!() };
    /// assert_eq!(rejection.into_error().kind(), Kind::Network);
    /// ```
    pub fn fail(&mut self, error: Error) {
        self.close(|_, _| error.clone());
    }

    /// Returns the wanted value, once it has arrived. Every later call returns the same.
    pub fn value(&self) -> Poll<Result<B::Value, Rejection>> {
        self.answer.clone()
    }

    /// Returns the text of row 0, once it has arrived: for an action, the model around its value. Returns `None` if
    /// row 0 is no model, or was made into a value.
    pub fn root_row(&self) -> Option<&str> {
        match self.arrived.get(&0) {
            Some(Arrived::Model(text, _)) => Some(text),
            _ => None,
        }
    }

    /// Returns the number of values that are still missing: the answer itself, its promises and lazy values, and its
    /// streams that have neither ended nor been cancelled. At 0, the rest of the bytes changes nothing.
    pub fn open(&self) -> usize {
        self.waiting.values().flatten().filter(|want| !matches!(want.receiver, Receiver::Flow(..))).count() + self.open_flows()
    }

    /// True once the value has arrived and only cancelled streams could still change it. Then reading on is useless,
    /// and the request may be aborted. Never true if no stream was cancelled.
    ///
    /// ```
    /// use actionlane::flight::{Decoder, Native, Value};
    /// use std::task::Poll;
    ///
    /// let mut decoder = Decoder::new(Native::default());
    /// decoder.push(b"0:\"$1\"\n1:R\n1:\"first\"\n")?;
    /// let Poll::Ready(Ok(Value::Flow(stream))) = decoder.value() else { panic!() };
    /// assert!(!decoder.is_abandoned());
    /// stream.borrow_mut().cancel();
    /// assert!(decoder.is_abandoned());
    /// # Ok::<(), actionlane::Error>(())
    /// ```
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

    /// Stores a row. Returns true if wants may wait for it.
    fn arrive(&mut self, row: Row) -> Result<bool, Error> {
        let arrived = match (row.tag, self.arrived.get(&row.id)) {
            (Tag::Skipped, _) | (Tag::Stream(_), Some(_)) | (_, Some(Arrived::Overflowed(_))) => return Ok(false),
            (_, Some(Arrived::Flow)) => return self.add_flow_row(row).map(|()| false),
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
                self.flows.insert(row.id, RowFlow::new(kind));
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
                self.settle(want.receiver, Err(Rejection::Broken(why(row, false))));
            }
        }
        self.close_flows(|row| why(row, true));
    }

    /// Returns the row that an id belongs to, for messages.
    fn origin(&self, id: u32) -> u32 {
        id.checked_sub(OWN_IDS).and_then(|at| self.origins.get(at as usize)).copied().unwrap_or(id)
    }

    /// Gives a cell that is not a whole row an id of its own.
    fn add_cell(&mut self, row: u32, cell: Result<Cell<B>, Rejection>) -> u32 {
        let id = OWN_IDS.saturating_add(self.origins.len() as u32);
        self.origins.push(row);
        self.cells.push(cell);
        self.cell_of.insert(id, self.cells.len() - 1);
        id
    }

    /// Returns the row that an id is another name for; the id itself if it has a cell.
    fn row_of(&self, id: u32) -> u32 {
        if id < OWN_IDS || self.cell_of.contains_key(&id) { id } else { self.origin(id) }
    }

    /// Gives a reference to a function of the server or an iterator an id of its own, because each place that refers
    /// to one has its own. A path that leads to the place finds the same one. Must be called for each reference before
    /// its row is read: it also notes which rows become Errors.
    fn with_own_id(&mut self, mut target: Target) -> Target {
        if target.made == Some(Made::Error) {
            self.error_rows.insert(target.id, ());
        }
        if matches!(target.made, Some(Made::Server | Made::Iterator)) {
            let id = OWN_IDS.saturating_add(self.origins.len() as u32);
            self.origins.push(target.id);
            target.id = id;
        }
        target
    }
}

/// The first id that no row has.
const OWN_IDS: u32 = 1 << 31;

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn broken(row: u32, what: &str) -> Rejection {
    Rejection::Broken(Error::new(Kind::Decode, format!("row {row:x}: {what}")))
}

#[cfg(test)]
mod tests;
