//! Makes rows into cells: values that may still lack the values of other rows.
//!
//! Must not make a row that no value needs, except as `batch.rs` allows.

use std::borrow::Cow;
use std::hash::{BuildHasher, BuildHasherDefault};
use std::rc::Rc;

use super::link::Found;
use super::waiting::{Receiver, Searched, Want};
use super::{Arrived, Decoder, Goal, broken};
use crate::flight::hash::{Mixer, Table};
use crate::flight::model::{Model, Node, Path, Placed, Special, Spot, Target};
use crate::flight::rejection::{Causes, unescape_causes};
use crate::flight::value::parse_index;
use crate::flight::{Binary, Build, Key, Made, Rejection, Scalar, Thrown, slice};

/// Parts of an action's row 0 that are made alone. Each is searched from the row's beginning; Next.js uses a handful.
/// Beyond that, the whole member of row 0 that holds the part is made, for as many parts again.
const MAX_SEPARATE_PARTS: usize = 1024;

/// Rows that may be made inside each other because one refers to the next. Beyond that, references are put in later.
const MAX_NESTING: usize = 8;

/// A row, or a part of row 0, made into a value that may still lack other rows.
pub(super) struct Cell<B: Build> {
    /// The row, for messages.
    pub(super) row: u32,
    pub(super) root: Root<B::Value>,
    /// The numbered containers of the value, if references must be put into them.
    pub(super) holders: Option<B::Holders>,
    /// References that are not in place.
    pub(super) links: Vec<Link>,
    /// Elements with references of their own. When the row is delivered, some become lazy values.
    pub(super) elements: Vec<Deferred>,
    /// The root's id, if the root is such an element.
    pub(super) root_element: Option<u32>,
    /// The lazy value that such a root has become.
    pub(super) stand_in: Option<B::Value>,
    /// For each numbered container: the number of the one around it, the step to it, and its id if it is such an
    /// element.
    nodes: Vec<(usize, Place, Option<u32>)>,
    /// Values that a path must not simply read through: container, step and value.
    marks: Vec<(usize, Place, Mark)>,
    /// Index of `nodes` and `marks`, once a path has led into the row.
    branches: Option<Branches>,
    /// True if a path into the row may lead through lazy values.
    pub(super) leads_through_lazy: bool,
    /// True if every reference is in place.
    pub(super) done: bool,
}

/// The value of a cell, or the reference that it is.
pub(super) enum Root<V> {
    Value(V),
    /// A value that paths must not step into.
    Opaque(V),
    Promise(u32),
    Lazy(u32),
    Link(Target),
}

/// A reference, and the place for its value.
pub(super) struct Link {
    pub(super) holder: usize,
    pub(super) spot: Place,
    pub(super) target: Target,
}

/// Place of a value once tuples have become elements, whose parts have names.
#[derive(Clone)]
pub(super) enum Place {
    Index(usize),
    Name(Rc<str>),
}

/// An element with references of its own: the id of its cell, and its place. The root has no place.
pub(super) struct Deferred {
    pub(super) id: u32,
    pub(super) place: Option<(usize, Place)>,
}

/// A value that a path must not simply read through.
#[derive(Clone)]
pub(super) enum Mark {
    Link(Target),
    Promise(u32),
    Lazy(u32),
    Opaque,
}

/// The end of one step of a path.
#[derive(Clone)]
pub(super) enum Branch {
    Node(usize),
    /// An element that may have become a lazy value: the id of its cell, and its number as a container.
    Element(u32, usize),
    Mark(Mark),
}

/// The result of looking for a cell.
pub(super) enum Located {
    /// Index of the cell, and the bytes of the path that lead to it.
    Cell(usize, usize),
    /// The row that has not arrived.
    Missing(u32),
}

impl<B: Build> Decoder<B> {
    /// Finds the cell that `path` in row `id` leads into; makes it if needed.
    pub(super) fn locate(&mut self, id: u32, path: &Path) -> Result<Located, Rejection> {
        let id = self.row_of(id);
        if self.goal == Goal::Action && id == 0 && !path.is_empty() {
            return self.locate_part(path);
        }
        if let Some(index) = self.cell_of.get(&id) {
            return Ok(Located::Cell(*index, 0));
        }
        let Some(arrived) = self.arrived.get_mut(&id) else { return Ok(Located::Missing(id)) };
        let arrived = match arrived {
            Arrived::Halted => return Ok(Located::Missing(id)),
            shared if self.goal == Goal::Action && id == 0 => shared.clone(),
            taken => {
                let left = if matches!(taken, Arrived::Flow) { Arrived::Flow } else { Arrived::Taken };
                std::mem::replace(taken, left)
            }
        };
        let cell = match arrived {
            Arrived::Model(text, _) => match self.early_of.remove(&id).and_then(|at| self.early.get(at)) {
                Some(value) => Ok(Cell::new(id, Root::Value(value.clone()))),
                None if self.error_rows.contains_key(&id) => self.cell(id, &unescape_causes(&text, &self.limits.clone())),
                None => self.cell(id, &text),
            },
            Arrived::Text(text) => Ok(Cell::new(id, Root::Value(self.builder.string(&text)))),
            Arrived::Thrown(text) => Err(self.thrown(id, &text)),
            Arrived::Bytes(letter, bytes) => self.binary(id, letter, &bytes).map(|value| Cell::new(id, Root::Opaque(value))),
            Arrived::Module(text) => {
                let module = self.cell(id, &text);
                match &module {
                    Ok(Cell { root: Root::Value(from), done: true, .. }) => {
                        let made = self.builder.make_from(Made::Client, from).ok_or_else(|| self.unmade(Made::Client, id));
                        made.map(|module| Cell::new(id, Root::Opaque(module)))
                    }
                    _ => {
                        let id = self.add_cell(id, module);
                        Ok(Cell::new(id, Root::Link(Target { made: Some(Made::Client), ..Target::row(id) })))
                    }
                }
            }
            Arrived::Flow => self.flow(id).map(|value| Cell::new(id, Root::Opaque(value))),
            Arrived::Overflowed(rejection) => Err(rejection),
            Arrived::Taken | Arrived::Halted => Err(broken(id, "read twice")),
        };
        self.cells.push(cell);
        self.cell_of.insert(id, self.cells.len() - 1);
        Ok(Located::Cell(self.cells.len() - 1, 0))
    }

    pub(super) fn locate_part(&mut self, path: &Path) -> Result<Located, Rejection> {
        let leads = |prefix: &Path| path.text().strip_prefix(prefix.text()).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'));
        let known = self.parts.iter().filter(|(prefix, _)| leads(prefix)).max_by_key(|(prefix, _)| prefix.text().len());
        if let Some((prefix, index)) = known {
            return Ok(Located::Cell(*index, prefix.text().len()));
        }
        if self.parts.len() >= 2 * MAX_SEPARATE_PARTS {
            return Err(broken(0, &format!("more than {} parts of it are referred to", 2 * MAX_SEPARATE_PARTS)));
        }
        let text = match self.arrived.get(&0) {
            None => return Ok(Located::Missing(0)),
            Some(Arrived::Model(text, _)) => text.clone(),
            Some(Arrived::Thrown(text)) => {
                let text = text.clone();
                return Err(self.thrown(0, &text));
            }
            Some(_) => return Err(broken(0, "not the answer to an action")),
        };
        // Both paths have two bytes, so the caller may go on with `path`.
        let first = Path::new(":0");
        let array = text.trim_start().starts_with('[') && path.steps().next().is_some_and(|(step, _)| step == "a");
        let member = path.steps().next().and_then(|(_, end)| path.text().get(..end)).map(Path::new).unwrap_or_default();
        let wanted = if array {
            &first
        } else if self.parts.len() >= MAX_SEPARATE_PARTS {
            &member
        } else {
            path
        };
        let found = slice::cut(0, &text, wanted, &self.limits).map_err(Rejection::Broken)?;
        let Some((part, taken)) = found else {
            return Err(broken(0, &format!("no member {}", path.text().replace(':', "."))));
        };
        if taken == 0 {
            return Err(broken(0, "not the answer to an action"));
        }
        let cell = self.cell(0, part);
        self.cells.push(cell);
        self.parts.push((Path::new(path.text().get(..taken).unwrap_or_default()), self.cells.len() - 1));
        Ok(Located::Cell(self.cells.len() - 1, taken))
    }

    /// Makes a model into a cell. References to rows that are complete are put in at once, others are listed in the
    /// cell.
    pub(super) fn cell(&mut self, row: u32, text: &str) -> Result<Cell<B>, Rejection> {
        let (tree, placed) = match Model::read(row, text, &self.limits).map_err(Rejection::Broken)? {
            Model::Tree(tree, placed) => (tree, placed),
            Model::Special(special) => {
                let root = match special {
                    Special::Scalar(scalar) => Root::Value(self.scalar(row, &scalar)?),
                    Special::Temporary(path) => Root::Opaque(self.temporary(row, &path)?),
                    Special::Promise(id) => Root::Promise(id),
                    Special::Lazy(id) => Root::Lazy(id),
                    Special::Link(target) => Root::Link(self.with_own_id(target)),
                };
                return Ok(Cell::new(row, root));
            }
        };
        let what = || if tree.nodes.is_empty() { "not JSON" } else { "not JSON, or a key that comes twice" };
        let complete = self.complete_values(&placed);
        let ready: Vec<_> = std::iter::zip(&placed, &complete)
            .filter_map(|(placed, value)| Some((placed.holder, key(&tree.nodes, placed.holder, &placed.spot), value.clone()?)))
            .collect();
        let keep = ready.len() < placed.len();
        let (value, holders) = self.builder.tree(&tree, &ready, keep).ok_or_else(|| broken(row, what()))?;
        let mut cell = Cell::new(row, Root::Value(value));
        let mut elements: Table<usize, Vec<Link>> = Table::default();
        let mut lazies = Vec::new();
        let mut names = Names::default();
        for (Placed { holder, spot, special }, complete) in std::iter::zip(placed, complete) {
            let spot = names.place(&tree.nodes, holder, &spot);
            let (value, mark) = match special {
                Special::Scalar(scalar) => (Some(self.scalar(row, &scalar)?), None),
                Special::Temporary(path) => (Some(self.temporary(row, &path)?), Some(Mark::Opaque)),
                Special::Promise(id) => (Some(self.promise(id)?), Some(Mark::Promise(id))),
                Special::Lazy(id) => {
                    lazies.push((holder, spot.clone(), id));
                    (None, Some(Mark::Lazy(id)))
                }
                Special::Link(target) if complete.is_some() => (None, Some(Mark::Link(target))),
                Special::Link(target) => {
                    let target = self.with_own_id(target);
                    let link = Link { holder, spot: spot.clone(), target: target.clone() };
                    match tree.nodes[holder].element {
                        Some(element) => elements.entry(element).or_default().push(link),
                        None => cell.links.push(link),
                    }
                    (None, Some(Mark::Link(target)))
                }
            };
            if let (Some(value), Some(holders)) = (value, &holders)
                && !self.builder.put(holders, holder, spot.key(), &value)
            {
                return Err(broken(row, "a key that comes twice"));
            }
            if let Some(mark) = mark {
                cell.leads_through_lazy |= matches!(mark, Mark::Lazy(_));
                cell.marks.push((holder, spot, mark));
            }
        }
        if !cell.marks.is_empty() {
            cell.nodes = tree.nodes.iter().map(|node| (node.parent, names.place(&tree.nodes, node.parent, &node.spot), None)).collect();
        }
        if let Some(holders) = &holders {
            self.put_lazies(row, holders, &lazies)?;
            self.defer(&mut cell, holders, elements)?;
        }
        cell.done = cell.links.is_empty() && cell.elements.is_empty();
        cell.holders = holders;
        Ok(cell)
    }

    /// Returns the values of those references that lead to a whole and complete row.
    fn complete_values(&mut self, placed: &[Placed<'_>]) -> Vec<Option<B::Value>> {
        let rows = |placed: &Placed<'_>| match &placed.special {
            Special::Link(Target { id, path, made: None }) if path.is_empty() => Some(*id),
            _ => None,
        };
        let ids: Vec<u32> = placed.iter().filter_map(rows).collect();
        if ids.len() > 1 {
            self.make_linked(ids);
        }
        placed.iter().map(|placed| self.whole_row(rows(placed)?)).collect()
    }

    /// Returns the value of a complete row; makes it if needed.
    fn whole_row(&mut self, id: u32) -> Option<B::Value> {
        let known = self.cell_of.contains_key(&id);
        let makes =
            || matches!(self.arrived.get(&id), Some(Arrived::Model(..) | Arrived::Text(_) | Arrived::Bytes(..) | Arrived::Module(_)));
        if !known && (self.nesting >= MAX_NESTING || self.goal == Goal::Action && id == 0 || !makes()) {
            return None;
        }
        self.nesting += 1;
        let located = self.locate(id, &Path::default());
        self.nesting -= 1;
        let Ok(Located::Cell(index, 0)) = located else { return None };
        match self.cells.get(index) {
            Some(Ok(Cell { root: Root::Value(value) | Root::Opaque(value), stand_in: None, done: true, .. })) => Some(value.clone()),
            _ => None,
        }
    }

    /// Gives each element that has references of its own a cell of its own.
    fn defer(&mut self, cell: &mut Cell<B>, holders: &B::Holders, elements: Table<usize, Vec<Link>>) -> Result<(), Rejection> {
        let mut elements: Vec<_> = elements.into_iter().collect();
        elements.sort_unstable_by_key(|(node, _)| *node);
        for (node, links) in elements {
            let value = self.builder.holder(holders, node).ok_or_else(|| broken(cell.row, "a key that comes twice"))?;
            let mut own = Cell::new(cell.row, Root::Value(value));
            (own.links, own.holders, own.done) = (links, Some(holders.clone()), false);
            let id = self.add_cell(cell.row, Ok(own));
            let place = cell.nodes.get(node).filter(|_| node != 0).map(|(parent, spot, _)| (*parent, spot.clone()));
            cell.root_element = cell.root_element.or((node == 0).then_some(id));
            cell.elements.push(Deferred { id, place });
            cell.leads_through_lazy = true;
            if let Some(known) = cell.nodes.get_mut(node) {
                known.2 = Some(id);
            }
        }
        Ok(())
    }

    /// Makes binary data, if its length suits its type.
    pub(super) fn binary(&mut self, row: u32, letter: u8, bytes: &[u8]) -> Result<B::Value, Rejection> {
        let kind = Binary::of(letter);
        if !bytes.len().is_multiple_of(kind.size()) {
            return Err(broken(row, &format!("{} bytes cannot be {}", bytes.len(), kind.name())));
        }
        self.builder.binary(kind, bytes).ok_or_else(|| broken(row, "binary data that cannot be made here"))
    }

    pub(super) fn scalar(&mut self, row: u32, scalar: &Scalar<'_>) -> Result<B::Value, Rejection> {
        self.builder.scalar(scalar).ok_or_else(|| broken(row, "a value that cannot be made here"))
    }

    pub(super) fn temporary(&mut self, row: u32, path: &str) -> Result<B::Value, Rejection> {
        self.builder.temporary(path).ok_or_else(|| broken(row, "refers to an argument that was not sent"))
    }

    /// Reads an `E` row into the rejection of its value.
    pub(super) fn thrown(&mut self, row: u32, text: &str) -> Rejection {
        match Thrown::read(row, text, &self.limits, true) {
            Ok((mut thrown, causes)) => {
                thrown.causes = causes.and_then(|model| self.causes(row, &model)).map(Causes::of).unwrap_or_default();
                Rejection::Thrown(thrown)
            }
            Err(error) => Rejection::Broken(error),
        }
    }

    /// Returns an object with the other members of an `E` row, if the builder wants them and their rows have arrived.
    /// Servers send those rows first.
    fn causes(&mut self, row: u32, model: &str) -> Option<B::Value> {
        if self.nesting >= MAX_NESTING || !self.builder.wants_causes() {
            return None;
        }
        self.nesting += 1;
        let cell = self.cell(row, model);
        // The want is only searched, and never waits.
        let mut want = Want::of_row(Receiver::Answer, self.add_cell(row, cell));
        let found = match self.search(&mut want, None) {
            Ok(Searched::Complete) => self.complete(&want, 0).ok(),
            _ => None,
        };
        self.nesting -= 1;
        match found {
            Some(Found::Value(value)) => Some(value),
            _ => None,
        }
    }
}

impl<B: Build> Cell<B> {
    pub(super) fn new(row: u32, root: Root<B::Value>) -> Self {
        let done = matches!(root, Root::Value(_) | Root::Opaque(_));
        Self {
            row,
            root,
            holders: None,
            links: Vec::new(),
            elements: Vec::new(),
            root_element: None,
            stand_in: None,
            nodes: Vec::new(),
            marks: Vec::new(),
            branches: None,
            leads_through_lazy: false,
            done,
        }
    }

    pub(super) fn root_node(&self) -> Option<usize> {
        (!self.marks.is_empty()).then_some(0)
    }

    /// Returns the end of the step `step` from container `node`. The first call makes the index.
    pub(super) fn branch(&mut self, node: usize, step: &str) -> Option<Branch> {
        let names = self.nodes.iter().map(|(parent, name, _)| (*parent, name));
        let marked = self.marks.iter().map(|(holder, name, _)| (*holder, name));
        let branches = self.branches.get_or_insert_with(|| Branches::new(names.chain(marked)));
        let at = branches.find(node, step, |at| match self.nodes.get(at) {
            // The root has no place.
            Some((parent, name, _)) => at > 0 && *parent == node && name.is(step),
            None => self.marks.get(at - self.nodes.len()).is_some_and(|(holder, name, _)| *holder == node && name.is(step)),
        })?;
        Some(match self.nodes.get(at) {
            Some((.., Some(id))) => Branch::Element(*id, at),
            Some(_) => Branch::Node(at),
            None => Branch::Mark(self.marks.get(at - self.nodes.len())?.2.clone()),
        })
    }
}

/// Finds the places in a row's containers: the numbers of its nodes, and after them those of its marks.
struct Branches {
    /// The last number for each hash of container and step.
    last: Table<u32, usize>,
    /// For each number, the one before it with the same hash.
    before: Vec<Option<usize>>,
}

impl Branches {
    fn new<'n>(places: impl Iterator<Item = (usize, &'n Place)>) -> Self {
        let mut last = Table::with_capacity_and_hasher(places.size_hint().0, BuildHasherDefault::default());
        let before = places.enumerate().map(|(at, (node, step))| last.insert(Self::hash(node, step.key()), at)).collect();
        Self { last, before }
    }

    fn find(&self, node: usize, step: &str, is_it: impl Fn(usize) -> bool) -> Option<usize> {
        let mut at = self.last.get(&Self::hash(node, parse_index(step).map_or(Key::Name(step), Key::Index))).copied();
        while let Some(number) = at {
            if is_it(number) {
                break;
            }
            at = self.before.get(number).copied()?;
        }
        at
    }

    fn hash(node: usize, step: Key<'_>) -> u32 {
        let hasher = BuildHasherDefault::<Mixer>::default();
        let hash = match step {
            Key::Index(index) => hasher.hash_one((node, index)),
            Key::Name(name) => match parse_index(name) {
                Some(index) => hasher.hash_one((node, index)),
                None => hasher.hash_one((node, name)),
            },
        };
        hash as u32
    }
}

impl Place {
    pub(super) fn key(&self) -> Key<'_> {
        match self {
            Self::Index(index) => Key::Index(*index),
            Self::Name(name) => Key::Name(name),
        }
    }

    fn is(&self, step: &str) -> bool {
        match self {
            Self::Index(index) => parse_index(step) == Some(*index),
            Self::Name(name) => **name == *step,
        }
    }
}

/// The member names of one row, each stored once.
#[derive(Default)]
struct Names<'t>(Table<&'t str, Rc<str>>);

impl<'t> Names<'t> {
    fn place(&mut self, nodes: &[Node<'_>], holder: usize, spot: &Spot<'t>) -> Place {
        match (key(nodes, holder, spot), spot) {
            (Key::Index(index), _) => Place::Index(index),
            (Key::Name(_), Spot::Name(Cow::Borrowed(name))) => Place::Name(self.0.entry(name).or_insert_with(|| (*name).into()).clone()),
            (Key::Name(name), _) => Place::Name(name.into()),
        }
    }
}

/// Returns the place of a value once tuples have become elements.
fn key<'s>(nodes: &[Node<'_>], holder: usize, spot: &'s Spot<'_>) -> Key<'s> {
    match spot {
        Spot::Index(index @ 1..=3) if nodes.get(holder).is_some_and(|node| node.element == Some(holder)) => {
            Key::Name(["type", "key", "props"][index - 1])
        }
        Spot::Index(index) => Key::Index(*index),
        Spot::Name(name) => Key::Name(name),
    }
}
