//! Tracks *wants*: the values that the answer, promises, lazy values and streams wait for. Finds the rows they need,
//! and delivers them.
//!
//! Puts no references in place; `link.rs` does.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;
use std::task::Poll;

use super::cell::{Branch, Located, Mark, Place, Root};
use super::link::Found;
use super::{Decoder, Goal, MAX_HOPS, broken};
use crate::flight::hash::{Mixer, Table};
use crate::flight::model::{Path, Target};
use crate::flight::{Build, Rejection, Scalar};

/// A promise of the answer.
pub(super) struct RowPromise<B: Build> {
    pub(super) value: B::Value,
    /// The handle that settles it, until it is settled.
    open: Option<B::Promise>,
    /// The row of the promise that it was settled with.
    leads_to: Option<u32>,
}

/// The state that all lazy values of one row share.
pub(super) struct RowLazy<B: Build> {
    handle: B::Lazy,
    open: bool,
    /// The row of the lazy value that it was settled with.
    leads_to: Option<u32>,
}

/// The receiver of a row's value.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Receiver {
    /// The caller of the decoder.
    Answer,
    /// The promise of a row.
    Promise(u32),
    /// The lazy values of a row, or of an element.
    Lazy(u32),
    /// A stream, and the number of the value in it.
    Flow(u32, usize),
}

/// A value that its receiver waits for, and the state of the search for the rows it needs.
pub(super) struct Want {
    pub(super) receiver: Receiver,
    pub(super) target: Target,
    /// Promises followed so far.
    hops: usize,
    /// Rows that the search must still look at.
    todo: Vec<Step>,
    /// Cells that the value needs and that were not complete when the search met them.
    pub(super) seen: HashSet<usize, BuildHasherDefault<Mixer>>,
}

/// A row to look at, the path into it, and the number of references that led there.
type Step = (u32, Path, usize);

/// The result of a search.
pub(super) enum Searched {
    /// Every row has arrived.
    Complete,
    /// This row has not arrived.
    Missing(u32),
    /// The search met the excluded cell, or too many cells.
    Stopped,
}

impl Want {
    pub(super) fn new(receiver: Receiver, target: Target) -> Self {
        let todo = vec![(target.id, target.path.clone(), 0)];
        Self { receiver, target, hops: 0, todo, seen: HashSet::default() }
    }

    /// Wants the value of a whole row.
    pub(super) fn of_row(receiver: Receiver, id: u32) -> Self {
        Self::new(receiver, Target::row(id))
    }
}

impl<B: Build> Decoder<B> {
    /// Looks at every want in `ready`, and delivers those whose rows have arrived.
    pub(super) fn run(&mut self) {
        while let Some(mut want) = self.ready.pop_front() {
            if !self.is_wanted(&want) {
                continue;
            }
            match self.search(&mut want, None) {
                Ok(Searched::Missing(row)) => self.waiting.entry(row).or_default().push(want),
                Ok(_) => self.deliver(want),
                Err(rejection) => self.settle(want.receiver, Err(rejection)),
            }
        }
    }

    /// False if the stream that wants the value takes no more.
    fn is_wanted(&self, want: &Want) -> bool {
        match want.receiver {
            Receiver::Flow(id, _) => self.is_flowing(id),
            _ => true,
        }
    }

    /// Makes the cells of all rows that `want` needs. Stops at the first row that has not arrived; with `bounds`, also
    /// at that cell, and after that many cells.
    pub(super) fn search(&mut self, want: &mut Want, bounds: Option<(usize, usize)>) -> Result<Searched, Rejection> {
        while let Some((id, path, hops)) = want.todo.pop() {
            let (index, taken) = match self.locate(id, &path)? {
                Located::Cell(index, taken) => (index, taken),
                Located::Missing(row) => {
                    want.todo.push((id, path, hops));
                    return Ok(Searched::Missing(row));
                }
            };
            let rest = path.after(taken);
            if !rest.is_empty() && hops < MAX_HOPS {
                self.add_lazies_along(index, &rest, hops, &mut want.todo)?;
            }
            let cell = self.cells[index].as_ref().map_err(Clone::clone)?;
            if cell.done || !want.seen.insert(index) {
                continue;
            }
            if bounds.is_some_and(|(own, most)| index == own || want.seen.len() > most) {
                return Ok(Searched::Stopped);
            }
            if let [_, _, ..] = &*cell.links {
                let ids = cell.links.iter().map(|link| link.target.id).collect();
                self.make_linked(ids);
            }
            let cell = self.cells[index].as_ref().map_err(Clone::clone)?;
            let root = if let Root::Link(target) = &cell.root { Some(target) } else { None };
            want.todo.extend(cell.links.iter().map(|link| &link.target).chain(root).map(|target| (target.id, target.path.clone(), 0)));
        }
        Ok(Searched::Complete)
    }

    /// Adds the rows of lazy values that `path` leads through: they must have arrived, too.
    fn add_lazies_along(&mut self, index: usize, path: &Path, hops: usize, todo: &mut Vec<Step>) -> Result<(), Rejection> {
        let cell = self.cells[index].as_mut().map_err(|rejection| rejection.clone())?;
        match &cell.root {
            Root::Lazy(id) => todo.push((*id, path.clone(), hops + 1)),
            Root::Link(target) if hops > 0 => todo.push((target.id, target.path.then(path), hops + 1)),
            _ => {}
        }
        if !cell.leads_through_lazy {
            return Ok(());
        }
        if let Some(own) = cell.root_element {
            todo.push((own, Path::default(), hops));
        }
        let mut node = cell.root_node();
        for (step, after) in path.steps() {
            let rest = path.after(after);
            match node.and_then(|node| cell.branch(node, step)) {
                Some(Branch::Mark(Mark::Lazy(id))) if !rest.is_empty() => {
                    todo.push((id, rest, hops + 1));
                    return Ok(());
                }
                Some(Branch::Mark(Mark::Link(target))) => {
                    todo.push((target.id, target.path.then(&rest), hops + 1));
                    return Ok(());
                }
                Some(Branch::Element(own, inner)) => {
                    if !rest.is_empty() {
                        todo.push((own, Path::default(), hops));
                    }
                    node = Some(inner);
                }
                Some(Branch::Node(inner)) => node = Some(inner),
                Some(Branch::Mark(_)) | None => return Ok(()),
            }
        }
        Ok(())
    }

    /// Returns the promise of row `id`. The first time, makes it, and waits for the row.
    pub(super) fn promise(&mut self, id: u32) -> Result<B::Value, Rejection> {
        if let Some(promise) = self.promises.get(&id) {
            return Ok(promise.value.clone());
        }
        self.open_one(id)?;
        let (value, open) = self.builder.promise().ok_or_else(|| broken(id, "a promise that cannot be made here"))?;
        self.promises.insert(id, RowPromise { value: value.clone(), open: Some(open), leads_to: None });
        self.ready.push_back(Want::of_row(Receiver::Promise(id), id));
        Ok(value)
    }

    /// Returns a new lazy value of row `id`, or of the element with this id. The first time, waits for the row.
    pub(super) fn lazy(&mut self, id: u32) -> Result<B::Value, Rejection> {
        let row = self.origin(id);
        if !self.lazies.contains_key(&id) {
            self.open_one(row)?;
            let handle = self.builder.lazy().ok_or_else(|| broken(row, "a lazy value that cannot be made here"))?;
            self.lazies.insert(id, RowLazy { handle, open: true, leads_to: None });
            self.ready.push_back(Want::of_row(Receiver::Lazy(id), id));
        }
        let value = self.lazies.get(&id).and_then(|lazy| self.builder.lazy_value(&lazy.handle));
        value.ok_or_else(|| broken(row, "a lazy value that cannot be made here"))
    }

    /// Puts lazy values in their places in row `row`. Waits for the rows of those that are new.
    pub(super) fn put_lazies(&mut self, row: u32, holders: &B::Holders, list: &[(usize, Place, u32)]) -> Result<(), Rejection> {
        let mut numbers: Table<u32, usize> = Table::default();
        if let [_, _, ..] = list {
            self.make_linked(list.iter().map(|(.., id)| *id).collect());
        }
        let (mut ids, mut shared, mut puts, mut open) = (Vec::new(), Vec::new(), Vec::new(), self.unsettled);
        for (holder, spot, id) in list {
            let which = *numbers.entry(*id).or_insert(ids.len());
            if which == ids.len() {
                let known = self.lazies.get(id).map(|lazy| lazy.handle.clone());
                open += usize::from(known.is_none());
                if open > self.limits.open_rows {
                    return Err(self.too_many(*id));
                }
                ids.push(*id);
                shared.push(known);
            }
            puts.push((*holder, spot.key(), which));
        }
        if list.is_empty() {
            return Ok(());
        }
        let shared = self.builder.put_lazies(holders, shared, &puts).ok_or_else(|| broken(row, "a key that comes twice"))?;
        for (id, handle) in ids.into_iter().zip(shared) {
            if !self.lazies.contains_key(&id) {
                self.unsettled += 1;
                self.lazies.insert(id, RowLazy { handle, open: true, leads_to: None });
                self.ready.push_back(Want::of_row(Receiver::Lazy(id), id));
            }
        }
        Ok(())
    }

    fn open_one(&mut self, row: u32) -> Result<(), Rejection> {
        if self.unsettled >= self.limits.open_rows {
            return Err(self.too_many(row));
        }
        self.unsettled += 1;
        Ok(())
    }

    fn too_many(&self, row: u32) -> Rejection {
        broken(row, &format!("more than {} rows are open", self.limits.open_rows))
    }

    /// Puts the references in place, and delivers the value. Every row that it needs has arrived.
    fn deliver(&mut self, want: Want) {
        let row = self.origin(want.target.id);
        match self.complete(&want, 0) {
            Ok(Found::Value(value) | Found::Inside { from: value, .. }) => self.settle(want.receiver, Ok(value)),
            Ok(Found::Loop) => {
                let null = self.builder.scalar(&Scalar::Null).ok_or_else(|| broken(row, "a reference to itself"));
                self.settle(want.receiver, null);
            }
            Ok(Found::Promise(id)) => self.follow_promise(&want, id),
            Ok(Found::Lazy(id)) => self.follow_lazy(&want, id),
            Err(rejection) => {
                if let Ok(Located::Cell(index, _)) = self.locate(want.target.id, &want.target.path) {
                    self.cells[index] = Err(rejection.clone());
                }
                self.settle(want.receiver, Err(rejection));
            }
        }
    }

    /// Handles a want whose value is the promise of row `id`. Only the value of an action waits for that promise.
    fn follow_promise(&mut self, want: &Want, id: u32) {
        match want.receiver {
            Receiver::Answer if self.goal == Goal::Action => {
                if want.hops >= MAX_HOPS {
                    self.settle(want.receiver, Err(broken(id, "a promise that resolves to itself")));
                } else {
                    let mut next = Want::of_row(Receiver::Answer, id);
                    next.hops = want.hops + 1;
                    self.ready.push_back(next);
                }
            }
            Receiver::Promise(own) => {
                let looped = leads_back(own, id, |at| self.promises.get(&at).and_then(|promise| promise.leads_to));
                let outcome = if looped { Err(broken(own, "a promise that resolves to itself")) } else { self.promise(id) };
                if let (Ok(_), Some(promise)) = (&outcome, self.promises.get_mut(&own)) {
                    promise.leads_to = Some(id);
                }
                self.settle(want.receiver, outcome);
            }
            _ => {
                let promise = self.promise(id);
                self.settle(want.receiver, promise);
            }
        }
    }

    /// Handles a want whose value is a lazy value of row `id`.
    fn follow_lazy(&mut self, want: &Want, id: u32) {
        let outcome = match want.receiver {
            Receiver::Lazy(own) if leads_back(own, id, |at| self.lazies.get(&at).and_then(|lazy| lazy.leads_to)) => {
                Err(broken(self.origin(own), "a lazy value of itself"))
            }
            Receiver::Lazy(own) => {
                if let Some(lazy) = self.lazies.get_mut(&own) {
                    lazy.leads_to = Some(id);
                }
                self.lazy(id)
            }
            _ => self.lazy(id),
        };
        self.settle(want.receiver, outcome);
    }

    pub(super) fn settle(&mut self, receiver: Receiver, outcome: Result<B::Value, Rejection>) {
        match receiver {
            Receiver::Answer => self.answer = Poll::Ready(outcome),
            Receiver::Promise(id) => {
                if let Some(open) = self.promises.get_mut(&id).and_then(|promise| promise.open.take()) {
                    self.unsettled -= 1;
                    self.builder.settle(open, outcome);
                }
            }
            Receiver::Lazy(id) => {
                if let Some(lazy) = self.lazies.get_mut(&id).filter(|lazy| lazy.open) {
                    lazy.open = false;
                    self.unsettled -= 1;
                    self.builder.settle_lazy(&lazy.handle, outcome);
                }
            }
            Receiver::Flow(id, number) => self.settle_slot(id, number, outcome),
        }
    }
}

/// True if `own` comes after `from` in the chain that `next` gives, or if the chain is longer than `MAX_HOPS`.
fn leads_back(own: u32, from: u32, next: impl Fn(u32) -> Option<u32>) -> bool {
    let mut at = Some(from);
    for _ in 0..MAX_HOPS {
        match at {
            Some(id) if id == own => return true,
            Some(id) => at = next(id),
            None => return false,
        }
    }
    true
}
