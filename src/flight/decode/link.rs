//! References between rows: followed, and put where they stand.

use std::rc::Rc;

use super::cell::{Branch, Cell, Located, Mark, Root, key};
use super::{Decoder, MAX_HOPS, Want, broken};
use crate::flight::model::Target;
use crate::flight::{Build, Made, Rejection, Scalar};

/// Where a reference leads.
pub(super) enum Found<V> {
    Value(V),
    Promise(u32),
    /// Round and round.
    Loop,
}

impl<B: Build> Decoder<B> {
    pub(super) fn complete(&mut self, want: &Want) -> Result<Found<B::Value>, Rejection> {
        let mut fills = Vec::new();
        let outcome = self.patch(want, &mut fills);
        if outcome.is_err() {
            for (kind, id, _) in fills {
                self.made.remove(&(kind, id));
            }
        }
        outcome
    }

    pub(super) fn patch(&mut self, want: &Want, fills: &mut Vec<(Made, u32, B::Value)>) -> Result<Found<B::Value>, Rejection> {
        for &index in &want.seen {
            let Ok(cell) = &self.cells[index] else { continue };
            for at in 0..cell.links.len() {
                let Ok(Cell { row, links, .. }) = &self.cells[index] else { break };
                let (row, link) = (*row, &links[at]);
                let (holder, spot, target) = (link.holder.clone(), link.spot.clone(), link.target.clone());
                let value = match self.resolve(row, &target, fills)? {
                    Found::Value(value) => value,
                    Found::Promise(id) => self.promise(id)?,
                    Found::Loop => self.scalar(row, &Scalar::Null)?,
                };
                if !self.host.put(&holder, key(&spot), value) {
                    return Err(broken(row, "a key that comes twice"));
                }
            }
        }
        let found = self.resolve(want.target.id, &want.target, fills)?;
        let mut filled = 0;
        while let Some((kind, id, made)) = fills.get(filled).cloned() {
            let target = Target { id, path: Rc::from([]), made: None };
            let from = match self.resolve(id, &target, fills)? {
                Found::Value(from) if self.host.fill(kind, &made, &from) => from,
                _ => return Err(broken(id, &format!("cannot be made into {}", kind.name()))),
            };
            drop(from);
            filled += 1;
        }
        for &index in &want.seen {
            if let Ok(cell) = &mut self.cells[index] {
                cell.done = true;
            }
        }
        Ok(found)
    }

    /// Follows a reference from row `from` to its value. All the rows it needs are there.
    pub(super) fn resolve(
        &mut self,
        from: u32,
        target: &Target,
        fills: &mut Vec<(Made, u32, B::Value)>,
    ) -> Result<Found<B::Value>, Rejection> {
        let mut target = target.clone();
        let mut visited: Vec<Target> = Vec::new();
        'hop: loop {
            if visited.contains(&target) {
                return Ok(Found::Loop);
            }
            if visited.len() >= MAX_HOPS {
                return Err(broken(from, &format!("more than {MAX_HOPS} references one after the other")));
            }
            if let Some(kind) = target.made {
                if !target.path.is_empty() {
                    return Err(no_member(from, target.id));
                }
                return self.container(kind, target.id, fills).map(Found::Value);
            }
            let Located::Cell(index, taken) = self.locate(target.id, &target.path)? else { return Err(broken(from, "a row is missing")) };
            let cell = self.cells[index].as_mut().map_err(|rejection| rejection.clone())?;
            let rest = &target.path[taken..];
            let mut value = match &cell.root {
                Root::Value(value) => value.clone(),
                Root::Opaque(value) if rest.is_empty() => return Ok(Found::Value(value.clone())),
                Root::Promise(id) if rest.is_empty() => return Ok(Found::Promise(*id)),
                Root::Opaque(_) | Root::Promise(_) => return Err(no_member(from, target.id)),
                Root::Link(link) => {
                    let next = link.then(rest);
                    visited.push(std::mem::replace(&mut target, next));
                    continue;
                }
            };
            let mut node = cell.root_node();
            for (at, step) in rest.iter().enumerate() {
                let last = at + 1 == rest.len();
                match node.and_then(|node| cell.branch(node, step)) {
                    Some(Branch::Mark(Mark::Link(link))) => {
                        let next = cell.links[link].target.then(&rest[at + 1..]);
                        visited.push(std::mem::replace(&mut target, next));
                        continue 'hop;
                    }
                    Some(Branch::Mark(Mark::Promise(id))) if last => return Ok(Found::Promise(id)),
                    Some(Branch::Mark(Mark::Opaque)) if last => node = None,
                    Some(Branch::Mark(_)) => return Err(no_member(from, target.id)),
                    Some(Branch::Node(inner)) => node = Some(inner),
                    None => node = None,
                }
                value = self.host.step(&value, step).ok_or_else(|| no_member(from, target.id))?;
            }
            return Ok(Found::Value(value));
        }
    }

    /// The Map, Set, … of row `id`: one, however often it is referred to.
    pub(super) fn container(&mut self, kind: Made, id: u32, fills: &mut Vec<(Made, u32, B::Value)>) -> Result<B::Value, Rejection> {
        if let Some(made) = self.made.get(&(kind, id)) {
            return Ok(made.clone());
        }
        let made = self.host.make(kind).ok_or_else(|| broken(id, &format!("cannot be made into {}", kind.name())))?;
        self.made.insert((kind, id), made.clone());
        fills.push((kind, id, made.clone()));
        Ok(made)
    }
}

impl Target {
    /// This reference, and from there on along `rest`.
    pub(super) fn then(&self, rest: &[String]) -> Self {
        Self { id: self.id, path: [&self.path, rest].concat().into(), made: self.made }
    }
}

pub(super) fn no_member(from: u32, id: u32) -> Rejection {
    broken(from, &format!("refers to something row {id:x} does not have"))
}
