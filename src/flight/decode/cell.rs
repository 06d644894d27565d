//! Rows that were asked for, made into values.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Arrived, Decoder, Goal, broken};
use crate::flight::model::{Model, Special, Spot, Target};
use crate::flight::{Build, Key, Rejection, Scalar, Thrown, part};

/// How many parts of an action's row 0 may be referred to: each is looked for from its beginning.
const MAX_PARTS: usize = 1024;

/// A row, or a part of row 0, made into a value that may still lack other rows.
pub(super) struct Cell<V> {
    pub(super) row: u32,
    pub(super) root: Root<V>,
    pub(super) links: Vec<Link<V>>,
    pub(super) nodes: Vec<(usize, String)>,
    pub(super) marks: Vec<(usize, String, Mark)>,
    pub(super) tree: Option<Vec<HashMap<String, Branch>>>,
    /// Everything is in place.
    pub(super) done: bool,
}

pub(super) enum Root<V> {
    Value(V),
    /// A value that is not ours to step into.
    Opaque(V),
    Promise(u32),
    Link(Target),
}

pub(super) struct Link<V> {
    pub(super) holder: V,
    pub(super) spot: Spot<'static>,
    pub(super) target: Target,
}

/// What stands at a place that a reference must not simply read through.
#[derive(Clone, Copy)]
pub(super) enum Mark {
    Link(usize),
    Promise(u32),
    Opaque,
}

#[derive(Clone, Copy)]
pub(super) enum Branch {
    Node(usize),
    Mark(Mark),
}

pub(super) enum Located {
    Cell(usize, usize),
    Missing(u32),
}

impl<B: Build> Decoder<B> {
    /// The cell that `path` in row `id` begins in, made if need be, and how many steps lead to that cell.
    pub(super) fn locate(&mut self, id: u32, path: &[String]) -> Result<Located, Rejection> {
        if self.goal == Goal::Action && id == 0 && !path.is_empty() {
            return self.locate_part(path);
        }
        if let Some(index) = self.whole.get(&id) {
            return Ok(Located::Cell(*index, 0));
        }
        let Some(arrived) = self.arrived.get_mut(&id) else { return Ok(Located::Missing(id)) };
        let shared = self.goal == Goal::Action && id == 0;
        let arrived = if shared { arrived.clone() } else { std::mem::replace(arrived, Arrived::Taken) };
        let cell = match arrived {
            Arrived::Model(text) => self.cell(id, &text),
            Arrived::Text(text) => Ok(Cell::new(id, Root::Value(self.host.string(&text)))),
            Arrived::Thrown(text) => Err(self.thrown(id, &text)),
            Arrived::Bytes => Err(broken(id, "unsupported binary data")),
            Arrived::Module => Err(broken(id, "unsupported client module")),
            Arrived::Stream(kind) => Err(broken(id, &format!("unsupported {kind}"))),
            Arrived::Taken => Err(broken(id, "read twice")),
        };
        self.cells.push(cell);
        self.whole.insert(id, self.cells.len() - 1);
        Ok(Located::Cell(self.cells.len() - 1, 0))
    }

    pub(super) fn locate_part(&mut self, path: &[String]) -> Result<Located, Rejection> {
        let known = self.parts.iter().filter(|(prefix, _)| path.starts_with(prefix)).max_by_key(|(prefix, _)| prefix.len());
        if let Some((prefix, index)) = known {
            return Ok(Located::Cell(*index, prefix.len()));
        }
        if self.parts.len() >= MAX_PARTS {
            return Err(broken(0, &format!("more than {MAX_PARTS} parts of it are referred to")));
        }
        let text = match self.arrived.get(&0) {
            None => return Ok(Located::Missing(0)),
            Some(Arrived::Model(text)) => text.clone(),
            Some(Arrived::Thrown(text)) => return Err(self.thrown(0, text)),
            Some(_) => return Err(broken(0, "not the answer to an action")),
        };
        let array = text.trim_start().starts_with('[') && path[0] == "a";
        let first = ["0".to_owned()];
        let found = part::project(0, &text, if array { &first } else { path }, &self.limits).map_err(Rejection::Broken)?;
        let Some((part, steps)) = found else {
            return Err(broken(0, &format!("no member .{}", path.join("."))));
        };
        if steps == 0 {
            return Err(broken(0, "not the answer to an action"));
        }
        let cell = self.cell(0, part);
        self.cells.push(cell);
        self.parts.push((path[..steps].to_vec(), self.cells.len() - 1));
        Ok(Located::Cell(self.cells.len() - 1, steps))
    }

    /// Makes a model into a value, all but its references to other rows.
    pub(super) fn cell(&mut self, row: u32, text: &str) -> Result<Cell<B::Value>, Rejection> {
        let (text, nodes, placed) = match Model::read(row, text, &self.limits).map_err(Rejection::Broken)? {
            Model::Tree { text, nodes, placed } => (text, nodes, placed),
            Model::Special(special) => {
                let root = match special {
                    Special::Scalar(scalar) => Root::Value(self.scalar(row, &scalar)?),
                    Special::Temporary(path) => Root::Opaque(self.temporary(row, &path)?),
                    Special::Promise(id) => Root::Promise(id),
                    Special::Link(target) => Root::Link(target),
                };
                return Ok(Cell::new(row, root));
            }
        };
        let value = self.host.parse(&text).ok_or_else(|| broken(row, "not JSON"))?;
        let mut holders: Vec<B::Value> = Vec::with_capacity(nodes.len());
        for node in &nodes {
            let holder = match holders.get(node.parent) {
                None => value.clone(),
                Some(parent) => self.host.step(parent, &name(&node.spot)).ok_or_else(|| broken(row, "a key that comes twice"))?,
            };
            holders.push(holder);
        }
        let mut cell = Cell::new(row, Root::Value(value));
        for place in placed {
            let Some(holder) = holders.get(place.holder) else { continue };
            let (value, mark) = match place.special {
                Special::Scalar(scalar) => (Some(self.scalar(row, &scalar)?), None),
                Special::Temporary(path) => (Some(self.temporary(row, &path)?), Some(Mark::Opaque)),
                Special::Promise(id) => (Some(self.promise(id)?), Some(Mark::Promise(id))),
                Special::Link(target) => {
                    let spot = owned(&place.spot);
                    cell.links.push(Link { holder: holder.clone(), spot, target });
                    (None, Some(Mark::Link(cell.links.len() - 1)))
                }
            };
            if let Some(value) = value
                && !self.host.put(holder, key(&place.spot), value)
            {
                return Err(broken(row, "a key that comes twice"));
            }
            if let Some(mark) = mark {
                cell.marks.push((place.holder, name(&place.spot).into_owned(), mark));
            }
        }
        if !cell.marks.is_empty() {
            cell.nodes = nodes.iter().map(|node| (node.parent, name(&node.spot).into_owned())).collect();
        }
        Ok(cell)
    }

    pub(super) fn scalar(&mut self, row: u32, scalar: &Scalar<'_>) -> Result<B::Value, Rejection> {
        self.host.scalar(scalar).ok_or_else(|| broken(row, "a value the host cannot make"))
    }

    pub(super) fn temporary(&mut self, row: u32, path: &str) -> Result<B::Value, Rejection> {
        self.host.temporary(path).ok_or_else(|| broken(row, "refers to an argument that was not sent"))
    }

    /// What an `E` row says was thrown. Development servers say more than a digest.
    pub(super) fn thrown(&self, row: u32, text: &str) -> Rejection {
        match Thrown::read(row, text, &self.limits) {
            Ok(thrown) => Rejection::Thrown(thrown),
            Err(error) => Rejection::Broken(error),
        }
    }
}

impl<V> Cell<V> {
    pub(super) fn new(row: u32, root: Root<V>) -> Self {
        Self { row, root, links: Vec::new(), nodes: Vec::new(), marks: Vec::new(), tree: None, done: false }
    }

    pub(super) fn root_node(&self) -> Option<usize> {
        (!self.marks.is_empty()).then_some(0)
    }

    /// What is known of the place `step` below a container. The table is made when the first reference steps into the row.
    pub(super) fn branch(&mut self, node: usize, step: &str) -> Option<Branch> {
        let tree = self.tree.get_or_insert_with(|| {
            let mut tree: Vec<HashMap<String, Branch>> = Vec::new();
            tree.resize_with(self.nodes.len(), HashMap::new);
            for (child, (parent, name)) in self.nodes.iter().enumerate().skip(1) {
                tree[*parent].insert(name.clone(), Branch::Node(child));
            }
            for (holder, name, mark) in &self.marks {
                tree[*holder].insert(name.clone(), Branch::Mark(*mark));
            }
            tree
        });
        tree.get(node)?.get(step).copied()
    }
}

pub(super) fn name<'s>(spot: &'s Spot<'_>) -> Cow<'s, str> {
    match spot {
        Spot::Index(index) => index.to_string().into(),
        Spot::Name(name) => name.as_ref().into(),
    }
}

pub(super) fn key<'s>(spot: &'s Spot<'_>) -> Key<'s> {
    match spot {
        Spot::Index(index) => Key::Index(*index),
        Spot::Name(name) => Key::Name(name),
    }
}

pub(super) fn owned(spot: &Spot<'_>) -> Spot<'static> {
    match spot {
        Spot::Index(index) => Spot::Index(*index),
        Spot::Name(name) => Spot::Name(name.clone().into_owned().into()),
    }
}
