//! Rows to values: which rows a value needs, and when it is there.
//!
//! A row waits as text until a value needs it. Then it becomes a *cell*: the JSON of the row made into a value, and the references in it, which
//! are put in once every row the value needs, directly or not, is there; so rows may come in any order and refer to each other in circles.

mod cell;
mod link;

use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;
use std::task::Poll;

use self::cell::{Cell, Located, Root};
use self::link::Found;
use super::model::Target;
use super::row::{Row, Rows, Tag};
use super::{Build, Limits, Made, Rejection, Scalar};
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
    host: B,
    limits: Limits,
    goal: Goal,
    rows: Rows,
    /// What has arrived. A row that was made into a cell leaves its text.
    arrived: HashMap<u32, Arrived>,
    cells: Vec<Result<Cell<B::Value>, Rejection>>,
    /// The cells of whole rows.
    whole: HashMap<u32, usize>,
    /// For an action's answer: the cells of parts of row 0, which is never made whole.
    parts: Vec<(Vec<String>, usize)>,
    made: HashMap<(Made, u32), B::Value>,
    promises: HashMap<u32, Promised<B>>,
    /// Wants by the row they wait for.
    waiting: HashMap<u32, Vec<Want>>,
    /// Wants to look at, because something they waited for has arrived.
    ready: VecDeque<Want>,
    /// Promises that are not settled.
    unsettled: usize,
    answer: Poll<Result<B::Value, Rejection>>,
    /// Why no more bytes are taken.
    closed: Option<Error>,
}

/// A row that has arrived.
#[derive(Clone)]
enum Arrived {
    Model(Rc<str>),
    Text(Rc<str>),
    Thrown(Rc<str>),
    Bytes,
    Module,
    /// A stream or async iterable. What arrives for it later is not kept.
    Stream(&'static str),
    /// The row's cell is made.
    Taken,
}

struct Promised<B: Build> {
    value: B::Value,
    /// What settles it, until it is settled.
    open: Option<B::Promise>,
    /// The promise it was settled with.
    leads_to: Option<u32>,
}

/// Who wants a row's value.
#[derive(Clone, Copy, PartialEq)]
enum Who {
    Answer,
    Promise(u32),
}

/// A value somebody wants, and how far the search for the rows it needs has come.
struct Want {
    who: Who,
    target: Target,
    /// Promises followed so far.
    hops: usize,
    todo: Vec<(u32, Rc<[String]>)>,
    /// The cells it needs that were not complete when they were met.
    seen: HashSet<usize>,
}

impl Want {
    fn new(who: Who, target: Target, hops: usize) -> Self {
        let todo = vec![(target.id, target.path.clone())];
        Self { who, target, hops, todo, seen: HashSet::new() }
    }
}

impl<B: Build> Decoder<B> {
    /// For any stream: the value is row 0's.
    pub fn new(host: B) -> Self {
        Self::with_goal(host, Goal::Root)
    }

    /// For the answer to an action: the value is what the action returned, which is member `a` of row 0 (element 0 where row 0 is an
    /// array, as in Next 14). Where that is a promise, the value is what it settles with. Nothing else of row 0 is read.
    pub fn action(host: B) -> Self {
        Self::with_goal(host, Goal::Action)
    }

    fn with_goal(host: B, goal: Goal) -> Self {
        let path = if goal == Goal::Action { Rc::from(["a".to_owned()]) } else { Rc::from([]) };
        let want = Want::new(Who::Answer, Target { id: 0, path, made: None }, 0);
        Self {
            host,
            limits: Limits::DEFAULT,
            goal,
            rows: Rows::new(Limits::DEFAULT),
            arrived: HashMap::new(),
            cells: Vec::new(),
            whole: HashMap::new(),
            parts: Vec::new(),
            made: HashMap::new(),
            promises: HashMap::new(),
            waiting: HashMap::from([(0, vec![want])]),
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
        self.close(|row| {
            let message = match inside {
                Some(Some(id)) if id == row => format!("the answer ended inside row {row:x}"),
                _ => format!("the answer ended before row {row:x}"),
            };
            Error::new(Kind::Decode, message)
        });
    }

    /// The stream broke. Whatever is still open is rejected with `error`.
    pub fn fail(&mut self, error: Error) {
        self.close(|_| error.clone());
    }

    /// The value that is wanted, once it is there. The same answer however often it is asked.
    pub fn value(&self) -> Poll<Result<B::Value, Rejection>> {
        self.answer.clone()
    }

    /// How many values are not there yet: the answer itself, and promises inside it. Zero means the rest of the stream changes nothing.
    pub fn open(&self) -> usize {
        self.waiting.values().map(Vec::len).sum()
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.rows.push(bytes)?;
        while let Some(row) = self.rows.next()? {
            let id = row.id;
            if self.arrive(row)?
                && let Some(wants) = self.waiting.remove(&id)
            {
                self.ready.extend(wants);
                self.run();
            }
        }
        Ok(())
    }

    /// Files a row. False if it changes nothing.
    fn arrive(&mut self, row: Row) -> Result<bool, Error> {
        let known = self.arrived.get(&row.id);
        let arrived = match (row.tag, known) {
            (Tag::Aside | Tag::Close, _) | (_, Some(Arrived::Stream(_))) | (Tag::Stream(_), Some(_)) => return Ok(false),
            (_, Some(_)) => return Err(Error::new(Kind::Decode, format!("row {:x}: came twice", row.id))),
            (Tag::Model, None) => Arrived::Model(text(row.body)),
            (Tag::Text, None) => Arrived::Text(text(row.body)),
            (Tag::Error, None) => Arrived::Thrown(text(row.body)),
            (Tag::Bytes(_), None) => Arrived::Bytes,
            (Tag::Module, None) => Arrived::Module,
            (Tag::Stream(b'R' | b'r'), None) => Arrived::Stream("stream"),
            (Tag::Stream(_), None) => Arrived::Stream("async iterable"),
        };
        self.arrived.insert(row.id, arrived);
        Ok(true)
    }

    /// Looks at every want that may be there.
    fn run(&mut self) {
        while let Some(mut want) = self.ready.pop_front() {
            match self.search(&mut want) {
                Ok(None) => self.deliver(want),
                Ok(Some(row)) => self.waiting.entry(row).or_default().push(want),
                Err(rejection) => self.answer_with(&want, Err(rejection)),
            }
        }
    }

    /// Makes the cells of all rows that `want` needs; gives the first row that is not there.
    fn search(&mut self, want: &mut Want) -> Result<Option<u32>, Rejection> {
        while let Some((id, path)) = want.todo.pop() {
            let index = match self.locate(id, &path)? {
                Located::Cell(index, _) => index,
                Located::Missing(row) => {
                    want.todo.push((id, path));
                    return Ok(Some(row));
                }
            };
            let cell = self.cells[index].as_ref().map_err(Clone::clone)?;
            if cell.done || !want.seen.insert(index) {
                continue;
            }
            let root = if let Root::Link(target) = &cell.root { Some(target) } else { None };
            want.todo.extend(cell.links.iter().map(|link| &link.target).chain(root).map(|target| (target.id, target.path.clone())));
        }
        Ok(None)
    }

    /// The promise of row `id`; the first time, it begins to wait.
    fn promise(&mut self, id: u32) -> Result<B::Value, Rejection> {
        if let Some(promised) = self.promises.get(&id) {
            return Ok(promised.value.clone());
        }
        if self.unsettled >= self.limits.open_rows {
            return Err(broken(id, &format!("more than {} rows are open", self.limits.open_rows)));
        }
        self.unsettled += 1;
        let (value, open) = self.host.promise().ok_or_else(|| broken(id, "a promise the host cannot make"))?;
        self.promises.insert(id, Promised { value: value.clone(), open: Some(open), leads_to: None });
        self.ready.push_back(Want::new(Who::Promise(id), Target { id, path: Rc::from([]), made: None }, 0));
        Ok(value)
    }

    /// Every row `want` needs is there: puts references in, and hands the value over.
    fn deliver(&mut self, want: Want) {
        let outcome = self.complete(&want);
        match outcome {
            Ok(Found::Value(value)) => self.answer_with(&want, Ok(value)),
            Ok(Found::Loop) => match self.host.scalar(&Scalar::Null) {
                Some(null) => self.answer_with(&want, Ok(null)),
                None => self.answer_with(&want, Err(broken(want.target.id, "a reference to itself"))),
            },
            Ok(Found::Promise(id)) => self.follow(&want, id),
            Err(rejection) => {
                if let Ok(Located::Cell(index, _)) = self.locate(want.target.id, &want.target.path) {
                    self.cells[index] = Err(rejection.clone());
                }
                self.answer_with(&want, Err(rejection));
            }
        }
    }

    /// The wanted value is the promise of row `id`.
    fn follow(&mut self, want: &Want, id: u32) {
        match want.who {
            Who::Answer if self.goal == Goal::Action => {
                if want.hops >= MAX_HOPS {
                    self.answer_with(want, Err(broken(id, "a promise that resolves to itself")));
                } else {
                    self.ready.push_back(Want::new(Who::Answer, Target { id, path: Rc::from([]), made: None }, want.hops + 1));
                }
            }
            Who::Answer => {
                let promise = self.promise(id);
                self.answer_with(want, promise);
            }
            Who::Promise(own) => {
                let mut next = Some(id);
                let mut hops = 0;
                while let Some(at) = next.filter(|at| *at != own && hops < MAX_HOPS) {
                    next = self.promises.get(&at).and_then(|promised| promised.leads_to);
                    hops += 1;
                }
                let outcome = if next.is_some() { Err(broken(own, "a promise that resolves to itself")) } else { self.promise(id) };
                if let (Ok(_), Some(promised)) = (&outcome, self.promises.get_mut(&own)) {
                    promised.leads_to = Some(id);
                }
                self.answer_with(want, outcome);
            }
        }
    }

    fn answer_with(&mut self, want: &Want, outcome: Result<B::Value, Rejection>) {
        match want.who {
            Who::Answer => self.answer = Poll::Ready(outcome),
            Who::Promise(id) => {
                if let Some(open) = self.promises.get_mut(&id).and_then(|promised| promised.open.take()) {
                    self.unsettled -= 1;
                    self.host.settle(open, outcome);
                }
            }
        }
    }

    fn close(&mut self, why: impl Fn(u32) -> Error) {
        if self.closed.is_some() {
            return;
        }
        self.closed = Some(why(0));
        let mut waiting: Vec<_> = std::mem::take(&mut self.waiting).into_iter().collect();
        waiting.sort_unstable_by_key(|(row, _)| *row);
        for (row, wants) in waiting {
            for want in wants {
                self.answer_with(&want, Err(Rejection::Broken(why(row))));
            }
        }
    }
}

fn text(bytes: Vec<u8>) -> Rc<str> {
    match String::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into(),
    }
}

fn broken(row: u32, what: &str) -> Rejection {
    Rejection::Broken(Error::new(Kind::Decode, format!("row {row:x}: {what}")))
}

#[cfg(test)]
mod tests;
