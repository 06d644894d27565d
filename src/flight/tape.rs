//! Reads the JSON of a row into a flat list of nodes, in which members and elements are found without a search.
//!
//! Needs no recursion. Knows which strings stand for special values, and does not read them.

use std::borrow::Cow;
use std::ops::Range;

use super::json::{self, Fault, Token, Tokens};
use super::value::parse_index;
use crate::text::digits;

/// A row's text, read.
#[derive(Debug)]
pub(super) struct Tape {
    /// The row, and after it the member names of elements.
    text: String,
    /// Length of the row.
    length: usize,
    /// The values, in the order of the text. The first is the row's.
    nodes: Vec<Node>,
    /// The children of each container, in order. Those of a large object are here twice, the second time by name.
    children: Vec<u32>,
    /// The strings that stand for special values, by number of their nodes; and the innermost elements around them, by
    /// number and one. 0 is none.
    specials: Vec<(u32, u32)>,
}

/// Kinds of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Undefined,
    Null,
    True,
    False,
    Number,
    Text,
    /// A string that begins with `$` and is no text.
    Special,
    /// The mark of an element.
    Symbol,
    Array,
    Object,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    shape: Shape,
    /// Range of the key, in the text, without quotes.
    key: (u32, u32),
    /// Range of a string or a number in the text, or of a container in `children`.
    range: (u32, u32),
    /// Number of the last node inside.
    last: u32,
}

/// A container that is being read.
struct Open {
    node: usize,
    /// Number of children of the containers around it.
    before: usize,
    element: bool,
}

/// Key that no object may have.
const FORBIDDEN: &str = "__proto__";

/// Members up to which an object is searched one by one.
const FEW: usize = 8;

/// Parts of an element's tuple that are read: the mark, type, key and props. The rest is for development.
const ELEMENT: usize = 4;

/// Steps that a message names before it says `…`.
const MAX_STEPS: usize = 16;

/// The member names of elements, without spaces between them.
const NAMES: &str = "$$typeoftypekeyrefprops";

/// Places of the names in `NAMES`.
const NAME: [(usize, usize); 5] = [(0, 8), (8, 12), (12, 15), (15, 18), (18, 23)];

impl Tape {
    /// Reads a text, in which at most `depth` containers may be open at once.
    pub(super) fn read(text: String, depth: usize) -> Result<Self, Fault> {
        let mut tape = Self { length: text.len(), text: String::new(), nodes: Vec::new(), children: Vec::new(), specials: Vec::new() };
        let mut tokens = Tokens::new(&text, depth);
        let (mut open, mut pending, mut elements, mut key) = (Vec::<Open>::new(), Vec::new(), Vec::new(), (0, 0));
        while let Some(token) = tokens.next()? {
            let (start, end) = (tokens.start() as u32, tokens.end() as u32);
            let around = open.last().map_or((false, 0, true), |open| {
                let array = tape.nodes[open.node].shape == Shape::Array;
                (open.element, pending.len() - open.before, array)
            });
            let (element, index, in_array) = around;
            if element && index >= ELEMENT && token != Token::Close {
                tokens.skip(token)?;
                continue;
            }
            let inside = |raw: &str| (start + 1, start + 1 + raw.len() as u32);
            let (shape, range) = match token {
                Token::Key(raw) => {
                    key = inside(raw);
                    if json::unescape(raw) == FORBIDDEN
                        && let Some(value) = tokens.next()?
                    {
                        tokens.skip(value)?;
                    }
                    continue;
                }
                Token::Close => {
                    let Some(Open { node, before, element }) = open.pop() else { continue };
                    if element {
                        elements.pop();
                    }
                    tape.close(node, &mut pending, before, element, &text);
                    continue;
                }
                Token::OpenArray => (Shape::Array, (0, 0)),
                Token::OpenObject => (Shape::Object, (0, 0)),
                Token::Number(_) => (Shape::Number, (start, end)),
                Token::Bool(true) => (Shape::True, (0, 0)),
                Token::Bool(false) => (Shape::False, (0, 0)),
                Token::Null => (Shape::Null, (0, 0)),
                Token::Text(raw) => {
                    let (from, to) = inside(raw);
                    let special = if raw.starts_with(['$', '\\']) { json::unescape(raw) } else { Cow::Borrowed("") };
                    let mut letters = special.chars();
                    match (letters.next(), letters.next()) {
                        (Some('$'), Some('$')) => {
                            let first = if raw.starts_with('$') { 1 } else { json::escape(raw).1 };
                            (Shape::Text, (from + first as u32, to))
                        }
                        (Some('$'), None) if !open.is_empty() && in_array && index == 0 => {
                            if let Some(tuple) = open.last_mut() {
                                tuple.element = true;
                                elements.push(tuple.node as u32 + 1);
                            }
                            (Shape::Symbol, (0, 0))
                        }
                        // Only the second letter counts, as in React's client.
                        (Some('$'), Some('u' | 'w' | 'H' | 'E' | 'P' | 'Y')) => {
                            if !in_array {
                                continue;
                            }
                            (Shape::Undefined, (0, 0))
                        }
                        (Some('$'), _) => {
                            tape.specials.push((tape.nodes.len() as u32, elements.last().copied().unwrap_or(0)));
                            (Shape::Special, (from, to))
                        }
                        _ => (Shape::Text, (from, to)),
                    }
                }
            };
            let node = tape.nodes.len();
            tape.nodes.push(Node { shape, key, range, last: node as u32 });
            pending.push(node as u32);
            if let Shape::Array | Shape::Object = shape {
                open.push(Open { node, before: pending.len(), element: false });
            }
        }
        tape.text = text;
        tape.text.push_str(NAMES);
        Ok(tape)
    }

    /// Stores the children of a container that is complete.
    fn close(&mut self, node: usize, pending: &mut Vec<u32>, before: usize, element: bool, text: &str) {
        if element {
            self.make_element(node, pending, before);
        }
        let from = self.children.len();
        self.children.extend(pending.drain(before..));
        let mut to = self.children.len();
        if self.nodes[node].shape == Shape::Object && !element {
            let members = self.order(from, text);
            if let Some((order, by_name)) = members {
                self.children.truncate(from);
                self.children.extend(order);
                to = self.children.len();
                if to - from > FEW {
                    self.children.extend(by_name);
                }
            }
        }
        let last = self.nodes.len() - 1;
        let closed = &mut self.nodes[node];
        (closed.range, closed.last) = ((from as u32, to as u32), last as u32);
    }

    /// Turns the tuple `["$",type,key,props]` into the object that React makes of it.
    fn make_element(&mut self, node: usize, pending: &mut Vec<u32>, before: usize) {
        let tuple = pending.split_off(before);
        for (name, (part, (from, to))) in [Some(0), Some(1), Some(2), None, Some(3)].into_iter().zip(NAME).enumerate() {
            let child = part.and_then(|at: usize| tuple.get(at).copied()).unwrap_or_else(|| {
                let shape = if name == 3 { Shape::Null } else { Shape::Undefined };
                let number = self.nodes.len() as u32;
                self.nodes.push(Node { shape, key: (0, 0), range: (0, 0), last: number });
                number
            });
            self.nodes[child as usize].key = ((self.length + from) as u32, (self.length + to) as u32);
            pending.push(child);
        }
        self.nodes[node].shape = Shape::Object;
    }

    /// Returns the members of an object in JavaScript's order, and by name: a key that comes again keeps its place and
    /// takes the last value, and keys that are array indices come first, ascending. Returns `None` if the members are
    /// few and as they shall be.
    fn order(&self, from: usize, text: &str) -> Option<(Vec<u32>, Vec<u32>)> {
        let members = &self.children[from..];
        let name = |node: u32| {
            let (from, to) = self.nodes[node as usize].key;
            json::unescape(text.get(from as usize..to as usize).unwrap_or_default())
        };
        let index = |name: &str| parse_index(name).filter(|index| *index < u32::MAX as usize);
        let few = members.len() <= FEW;
        if few
            && members
                .iter()
                .enumerate()
                .all(|(at, node)| index(&name(*node)).is_none() && members[..at].iter().all(|other| name(*other) != name(*node)))
        {
            return None;
        }
        let mut sorted = members.to_vec();
        sort(&mut sorted, &|a, b| match name(a).cmp(&name(b)) {
            std::cmp::Ordering::Equal => a < b,
            order => order.is_lt(),
        });
        // The place of each member, and its node.
        let mut places: Vec<(u64, u32)> = Vec::with_capacity(sorted.len());
        let mut by_name: Vec<u32> = Vec::with_capacity(sorted.len());
        for node in sorted {
            match by_name.last_mut() {
                Some(last) if name(*last) == name(node) => {
                    *last = node;
                    if let Some(place) = places.last_mut() {
                        place.1 = node;
                    }
                }
                _ => {
                    by_name.push(node);
                    places.push((index(&name(node)).map_or(u64::from(node) + (1 << 32), |index| index as u64), node));
                }
            }
        }
        let mut order: Vec<u32> = (0..places.len() as u32).collect();
        sort(&mut order, &|a, b| places[a as usize].0 < places[b as usize].0);
        for at in &mut order {
            *at = places[*at as usize].1;
        }
        Some((order, by_name))
    }

    /// Returns the text of the row.
    pub(super) fn row(&self) -> &str {
        self.text.get(..self.length).unwrap_or_default()
    }

    pub(super) fn shape(&self, node: u32) -> Shape {
        self.nodes[node as usize].shape
    }

    /// Returns the text of a string or a number.
    pub(super) fn text(&self, node: u32) -> Cow<'_, str> {
        self.cut(self.nodes[node as usize].range)
    }

    /// Returns the key of a member.
    pub(super) fn key(&self, node: u32) -> Cow<'_, str> {
        self.cut(self.nodes[node as usize].key)
    }

    fn cut(&self, (from, to): (u32, u32)) -> Cow<'_, str> {
        json::unescape(self.text.get(from as usize..to as usize).unwrap_or_default())
    }

    /// Returns the JSON of a value that is not special; of a string, its text.
    fn bounds(&self, node: u32) -> Range<usize> {
        let (from, to) = self.nodes[node as usize].range;
        from as usize..to as usize
    }

    /// Returns the children of a container, in order.
    pub(super) fn children(&self, node: u32) -> &[u32] {
        match self.shape(node) {
            Shape::Array | Shape::Object => self.children.get(self.bounds(node)).unwrap_or_default(),
            _ => &[],
        }
    }

    /// Returns the child of a container by its index or name.
    pub(super) fn child(&self, node: u32, step: &str) -> Option<u32> {
        let children = self.children(node);
        if self.shape(node) == Shape::Array {
            return children.get(parse_index(step)?).copied();
        }
        if children.len() <= FEW {
            return children.iter().copied().find(|child| self.key(*child) == step);
        }
        let by_name = self.bounds(node).end;
        let names = self.children.get(by_name..by_name + children.len())?;
        let at = names.binary_search_by(|child| (*self.key(*child)).cmp(step)).ok()?;
        names.get(at).copied()
    }

    /// Returns the special values inside a node, itself included: for each, the number of those before it in the row,
    /// its node, and true if it is inside an element inside the node.
    pub(super) fn specials(&self, node: u32) -> impl Iterator<Item = (usize, u32, bool)> {
        let last = self.nodes[node as usize].last;
        let from = self.specials.partition_point(|(at, _)| *at < node);
        let inside = self.specials.iter().enumerate().skip(from).take_while(move |(_, (at, _))| *at <= last);
        inside.map(move |(order, (at, element))| (order, *at, *element > node))
    }

    /// Returns the place of a node, as messages name it: `.items[3].price`.
    pub(super) fn place(&self, node: u32) -> String {
        let (mut place, mut at) = (String::new(), 0);
        for steps in 0.. {
            let mut children = self.children(at).iter().enumerate();
            let inside = children.find(|(_, child)| **child <= node && node <= self.nodes[**child as usize].last);
            let Some((index, child)) = inside.filter(|_| at != node) else { break };
            if steps >= MAX_STEPS {
                place.push('…');
                break;
            }
            if self.shape(at) == Shape::Array {
                place.extend(["[", &digits(index as u64), "]"]);
            } else {
                place.extend([".", &self.key(*child)]);
            }
            at = *child;
        }
        place
    }
}

/// Sorts without recursion and without more memory: the sorting of the standard library is ten times the code.
pub(super) fn sort(list: &mut [u32], less: &dyn Fn(u32, u32) -> bool) {
    let length = list.len();
    for round in (0..length + length / 2).rev() {
        // Makes a heap first, and then takes its greatest, one by one.
        let (mut at, end) = match round.checked_sub(length) {
            Some(at) => (at, length),
            None => {
                list.swap(0, round);
                (0, round)
            }
        };
        loop {
            let mut child = 2 * at + 1;
            if child >= end {
                break;
            }
            if child + 1 < end && less(list[child], list[child + 1]) {
                child += 1;
            }
            if !less(list[at], list[child]) {
                break;
            }
            list.swap(at, child);
            at = child;
        }
    }
}
