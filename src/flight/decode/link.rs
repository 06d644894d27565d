//! Follows the references between rows, and puts the values they lead to in place.
//!
//! Must only be called once every row that a want needs has arrived; `waiting.rs` finds that out.

use super::cell::{Branch, Cell, Deferred, Located, Mark, Root};
use super::waiting::{Receiver, Searched, Want};
use super::{Decoder, MAX_HOPS, broken};
use crate::flight::model::{Path, Target};
use crate::flight::{Build, Made, Put, Rejection, Scalar};

/// Rows that an element may need and still be delivered in one piece with its row. Beyond that, it becomes a lazy
/// value.
const ELEMENT_ROWS: usize = 64;

/// Rows that elements delivered in one piece may be nested in. Beyond that, they become lazy values.
const ELEMENT_DEPTH: usize = 16;

/// The end of a reference.
pub(super) enum Found<V> {
    Value(V),
    /// A value in `from`, which belongs to row `id`, along `path`. `cell` is the number of the cell whose value `from`
    /// is, if it is the value of a cell.
    Inside {
        from: V,
        id: u32,
        path: Path,
        cell: Option<usize>,
    },
    Promise(u32),
    Lazy(u32),
    /// The references form a circle.
    Loop,
}

/// Values that were made empty and must be filled: the kind, the row to fill them from, and the value.
type Fills<V> = Vec<(Made, u32, V)>;

impl<B: Build> Decoder<B> {
    /// Puts every reference that `want` needs in place, and returns its value. On failure, forgets the values that
    /// were made and not filled.
    pub(super) fn complete(&mut self, want: &Want, depth: usize) -> Result<Found<B::Value>, Rejection> {
        let mut fills = Vec::new();
        let outcome = self.patch(want, depth, &mut fills);
        if outcome.is_err() {
            for (kind, id, _) in fills {
                self.made.remove(&(kind, id));
            }
        }
        outcome
    }

    fn patch(&mut self, want: &Want, depth: usize, fills: &mut Fills<B::Value>) -> Result<Found<B::Value>, Rejection> {
        for &index in &want.seen {
            let Ok(cell) = &mut self.cells[index] else { continue };
            for element in std::mem::take(&mut cell.elements) {
                self.deliver_element(index, &element, depth)?;
            }
        }
        for &index in &want.seen {
            let Ok(Cell { row, links, holders: Some(holders), .. }) = &mut self.cells[index] else { continue };
            let (row, links, holders) = (*row, std::mem::take(links), holders.clone());
            let put = self.put_all(row, &links, &holders, fills);
            if put.is_err() {
                if let Ok(cell) = &mut self.cells[index] {
                    cell.links = links;
                }
                put?;
            }
        }
        let found = self.find(want.target.id, &want.target, fills)?;
        let mut filled = 0;
        while let Some((kind, id, made)) = fills.get(filled).cloned() {
            match self.find(id, &Target::row(id), fills)? {
                Found::Value(from) if self.builder.fill(kind, &made, &from) => {}
                _ => return Err(self.unmade(kind, id)),
            }
            filled += 1;
        }
        for &index in &want.seen {
            if let Ok(cell) = &mut self.cells[index] {
                cell.done = true;
            }
        }
        Ok(found)
    }

    fn put_all(
        &mut self,
        row: u32,
        links: &[super::cell::Link],
        holders: &B::Holders,
        fills: &mut Fills<B::Value>,
    ) -> Result<(), Rejection> {
        self.make_collections(links);
        let mut found = Vec::with_capacity(links.len());
        for (at, link) in links.iter().enumerate() {
            found.push(match self.resolve(row, &link.target, fills)? {
                Found::Value(value) => (value, None, usize::MAX - at),
                Found::Inside { from, id, path, cell } => (from, Some((id, path)), cell.unwrap_or(usize::MAX - at)),
                Found::Promise(id) => (self.promise(id)?, None, usize::MAX - at),
                Found::Lazy(id) => (self.lazy(id)?, None, usize::MAX - at),
                Found::Loop => (self.scalar(row, &Scalar::Null)?, None, usize::MAX - at),
            });
        }
        let puts: Vec<_> = std::iter::zip(links, &found)
            .map(|(link, (from, along, source))| {
                let path = along.as_ref().map_or("", |(_, path)| path.text());
                Put { holder: link.holder, key: link.spot.key(), from, path, source: *source }
            })
            .collect();
        self.builder.put_all(holders, &puts).map_err(|at| match found.get(at) {
            Some((_, Some((id, _)), _)) => no_member(row, self.origin(*id)),
            _ => broken(row, "a key that comes twice"),
        })
    }

    /// Follows a reference to its value.
    fn find(&mut self, from: u32, target: &Target, fills: &mut Fills<B::Value>) -> Result<Found<B::Value>, Rejection> {
        Ok(match self.resolve(from, target, fills)? {
            Found::Inside { from: value, id, path, .. } => {
                let value = self.builder.walk(&value, path.text());
                Found::Value(value.ok_or_else(|| no_member(self.origin(from), self.origin(id)))?)
            }
            found => found,
        })
    }

    /// Delivers an element of cell `index` as it is, or replaces it by a lazy value, so that the rest of the row need
    /// not wait. It becomes a lazy value if a row it needs is missing or is an error, or needs the row that the
    /// element is in.
    fn deliver_element(&mut self, index: usize, element: &Deferred, depth: usize) -> Result<(), Rejection> {
        let mut want = Want::of_row(Receiver::Lazy(element.id), element.id);
        let whole = depth < ELEMENT_DEPTH
            && matches!(self.search(&mut want, Some((index, ELEMENT_ROWS))), Ok(Searched::Complete))
            && self.complete(&want, depth + 1).is_ok();
        if whole {
            return Ok(());
        }
        let lazy = self.lazy(element.id)?;
        let Ok(Cell { row, holders, stand_in, .. }) = &mut self.cells[index] else { return Ok(()) };
        match (&element.place, holders) {
            (Some((holder, spot)), Some(holders)) if !self.builder.put(holders, *holder, spot.key(), &lazy) => {
                Err(broken(*row, "a key that comes twice"))
            }
            (None, _) => {
                *stand_in = Some(lazy);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Follows a reference from row `from` to its value, or to a value that contains it.
    fn resolve(&mut self, from: u32, target: &Target, fills: &mut Fills<B::Value>) -> Result<Found<B::Value>, Rejection> {
        let mut target = target.clone();
        let mut visited: Vec<Target> = Vec::new();
        'hop: loop {
            if visited.contains(&target) {
                return Ok(Found::Loop);
            }
            let from = self.origin(from);
            if visited.len() >= MAX_HOPS {
                return Err(broken(from, &format!("more than {MAX_HOPS} references one after the other")));
            }
            if let Some(kind) = target.made {
                if !target.path.is_empty() {
                    return Err(no_member(from, self.origin(target.id)));
                }
                return self.container(kind, target.id, fills).map(Found::Value);
            }
            let about = self.origin(target.id);
            let Located::Cell(index, taken) = self.locate(target.id, &target.path)? else { return Err(broken(from, "a row is missing")) };
            let cell = self.cells[index].as_mut().map_err(|rejection| rejection.clone())?;
            let rest = target.path.after(taken);
            let mut value = match &cell.root {
                Root::Value(value) => match &cell.stand_in {
                    Some(stand_in) if rest.is_empty() => return Ok(Found::Value(stand_in.clone())),
                    _ => value.clone(),
                },
                Root::Opaque(value) if rest.is_empty() => return Ok(Found::Value(value.clone())),
                Root::Promise(id) if rest.is_empty() => return Ok(Found::Promise(*id)),
                Root::Lazy(id) if rest.is_empty() => return Ok(Found::Lazy(*id)),
                Root::Opaque(_) | Root::Promise(_) => return Err(no_member(from, about)),
                Root::Lazy(id) => {
                    let next = Target { id: *id, path: rest, made: None };
                    visited.push(std::mem::replace(&mut target, next));
                    continue;
                }
                Root::Link(link) => {
                    let next = link.then(&rest);
                    visited.push(std::mem::replace(&mut target, next));
                    continue;
                }
            };
            let mut node = cell.root_node();
            let mut walked = 0;
            for (step, after) in rest.steps() {
                let at = after;
                let after = rest.after(after);
                let Some(branch) = node.and_then(|node| cell.branch(node, step)) else { break };
                let next = match branch {
                    Branch::Mark(Mark::Link(link)) => link.then(&after),
                    Branch::Mark(Mark::Promise(id)) if after.is_empty() => return Ok(Found::Promise(id)),
                    Branch::Mark(Mark::Lazy(id)) if !after.is_empty() => Target { id, path: after, made: None },
                    Branch::Mark(Mark::Lazy(_) | Mark::Opaque) if after.is_empty() => break,
                    Branch::Mark(_) => return Err(no_member(from, about)),
                    Branch::Node(inner) => {
                        node = Some(inner);
                        continue;
                    }
                    Branch::Element(_, inner) => {
                        node = Some(inner);
                        if !after.is_empty()
                            && let Some(element) = cell.holders.as_ref().and_then(|holders| self.builder.holder(holders, inner))
                        {
                            (value, walked) = (element, at);
                        }
                        continue;
                    }
                };
                visited.push(std::mem::replace(&mut target, next));
                continue 'hop;
            }
            let path = rest.after(walked);
            // After a step through an element, `value` is no longer the cell's.
            let cell = (walked == 0).then_some(index);
            return Ok(if path.is_empty() { Found::Value(value) } else { Found::Inside { from: value, id: target.id, path, cell } });
        }
    }

    /// Returns the value made from row `id`. A Map, Set or the like is made once, however many references lead to it.
    /// A function of the server or an iterator is made for each place that refers to it: its id belongs to the place.
    fn container(&mut self, kind: Made, id: u32, fills: &mut Fills<B::Value>) -> Result<B::Value, Rejection> {
        if let Some(made) = self.made.get(&(kind, id)) {
            return Ok(made.clone());
        }
        if matches!(kind, Made::Server | Made::Blob | Made::Iterator) {
            if std::mem::replace(&mut self.making, true) {
                return Err(self.unmade(kind, id));
            }
            let made = match kind {
                Made::Server => self.server(id, fills),
                Made::Blob => self.blob(id, fills),
                _ => self.part(id, "", fills).map(|array| self.builder.iterator(&array)),
            };
            self.making = false;
            let made = made?.ok_or_else(|| self.unmade(kind, id))?;
            self.made.insert((kind, id), made.clone());
            return Ok(made);
        }
        if let Ok(Located::Cell(index, 0)) = self.locate(id, &Path::default())
            && let Ok(Cell { root: Root::Value(from), done: true, .. }) = &self.cells[index]
        {
            let made = self.builder.make_from(kind, from).ok_or_else(|| self.unmade(kind, id))?;
            self.made.insert((kind, id), made.clone());
            return Ok(made);
        }
        let made = self.builder.make_empty(kind).ok_or_else(|| self.unmade(kind, id))?;
        self.made.insert((kind, id), made.clone());
        fills.push((kind, id, made.clone()));
        Ok(made)
    }

    /// Makes a function of the server from the `id` and `bound` of its row.
    fn server(&mut self, id: u32, fills: &mut Fills<B::Value>) -> Result<Option<B::Value>, Rejection> {
        let null = self.scalar(id, &Scalar::Null)?;
        let name = self.part(id, ":id", fills).unwrap_or_else(|_| null.clone());
        let bound = self.part(id, ":bound", fills).unwrap_or(null);
        Ok(self.builder.server(&name, &bound))
    }

    fn blob(&mut self, id: u32, fills: &mut Fills<B::Value>) -> Result<Option<B::Value>, Rejection> {
        let row = self.part(id, "", fills)?;
        let Some(length) = self.builder.length(&row) else { return Ok(None) };
        let kind = self.part(id, ":0", fills)?;
        let parts: Result<Vec<_>, _> = (1..length).map(|at| self.part(id, &format!(":{at}"), fills)).collect();
        Ok(self.builder.blob(&kind, &parts?))
    }

    fn part(&mut self, id: u32, path: &str, fills: &mut Fills<B::Value>) -> Result<B::Value, Rejection> {
        match self.find(id, &Target { id, path: Path::new(path), made: None }, fills)? {
            Found::Value(value) | Found::Inside { from: value, .. } => Ok(value),
            Found::Promise(id) => self.promise(id),
            Found::Lazy(id) => self.lazy(id),
            Found::Loop => self.scalar(id, &Scalar::Null),
        }
    }

    pub(super) fn unmade(&self, kind: Made, id: u32) -> Rejection {
        broken(self.origin(id), &format!("cannot be made into {}", kind.name()))
    }
}

fn no_member(from: u32, id: u32) -> Rejection {
    broken(from, &format!("refers to something row {id:x} does not have"))
}
