//! Writes containers and edits of a model as numbers, so that one call passes them all to JavaScript. `builder.js`
//! reads them. Must not make values.

use wasm_bindgen::JsValue;

use super::NO_DETAILS;
use crate::codes::edit;
use crate::flight::hash::Table;
use crate::flight::{Edit, Key, Put, Ready, Scalar, Spot, Tree, json};

/// Buffers, used again for each row.
#[derive(Default)]
pub(super) struct Instructions {
    /// A JSON array of texts: keys, names of symbols, long bigints.
    pub(super) names: String,
    /// The instructions for `builder.js`. For each model:
    ///
    /// - the numbers of its containers, edits and ready values (0 containers and 1 edit: it has only elements);
    /// - for each container 2 numbers: its parent and its place in it;
    /// - for each edit 3 numbers: its kind, the container, the place;
    /// - for each ready value 3 numbers: its index, the container, the place.
    ///
    /// Instead of models, [`puts`](Self::puts) and [`lazies`](Self::lazies) write their own numbers.
    pub(super) orders: Vec<u32>,
    /// Numbers and dates; short bigints by their 64 bits.
    pub(super) numbers: Vec<f64>,
}

impl Instructions {
    /// Writes `trees`, and values that are `ready`, of which only a single tree may have any. Returns their texts
    /// in one JSON array, with the names as its last item; joined without an array, they could not be told apart.
    pub(super) fn trees<'t>(&mut self, trees: &'t [Tree<'_>], ready: &[Ready<'t, JsValue>]) -> Vec<u8> {
        let Self { names, orders, numbers } = self;
        orders.clear();
        numbers.clear();
        let mut known = Names::default();
        names.clear();
        names.push('[');
        for tree in trees {
            let start = orders.len();
            orders.extend([tree.nodes.len() as u32, tree.edits.len().max(tree.elements.into()) as u32, ready.len() as u32]);
            for node in &tree.nodes {
                let place = place_number(&node.spot, names, &mut known);
                orders.extend([node.parent as u32, place]);
            }
            for edit in &tree.edits {
                let (kind, holder, spot) = match edit {
                    Edit::Element { node } => (edit::ELEMENT, *node, orders[start + 2 * node + 4]),
                    Edit::Put { holder, spot, scalar } => {
                        let (kind, argument) = match scalar {
                            Scalar::Undefined => (edit::UNDEFINED, 0),
                            Scalar::Null => (edit::NULL, 0),
                            Scalar::Number(number) => (edit::NUMBER, push_number(numbers, *number)),
                            Scalar::Date(ms) => (edit::DATE, push_number(numbers, *ms)),
                            Scalar::BigInt(digits) => match parse_short(digits) {
                                Some(number) => (edit::BIGINT, push_number(numbers, f64::from_bits(i64::cast_unsigned(number)))),
                                None => (edit::DIGITS, name_number(digits, names, &mut known)),
                            },
                            Scalar::Symbol(symbol) => (edit::SYMBOL, name_number(symbol, names, &mut known)),
                            Scalar::Error => (edit::ERROR, name_number(NO_DETAILS, names, &mut known)),
                        };
                        debug_assert!(kind <= edit::MASK);
                        (argument << edit::BITS | kind, *holder, place_number(spot, names, &mut known))
                    }
                };
                orders.extend([kind, holder as u32, spot]);
            }
        }
        for (at, (holder, place, _)) in ready.iter().enumerate() {
            let place = key_number(*place, names, &mut known);
            orders.extend([at as u32, *holder as u32, place]);
        }
        names.push(']');
        let mut text = Vec::with_capacity(trees.iter().map(|tree| tree.text.len() + 1).sum::<usize>() + names.len() + 2);
        for tree in trees {
            text.push(if text.is_empty() { b'[' } else { b',' });
            text.extend_from_slice(tree.text.as_bytes());
        }
        text.push(b',');
        text.extend_from_slice(names.as_bytes());
        text.push(b']');
        text
    }

    /// Writes `puts`: for each the container, the place, the index of the source, the length of the path, and its
    /// steps. Returns the sources.
    pub(super) fn puts(&mut self, puts: &[Put<'_, JsValue>]) -> Vec<JsValue> {
        let Self { names, orders, .. } = self;
        names.clear();
        orders.clear();
        let mut known = Names::default();
        let mut values = Vec::new();
        let mut source = None;
        names.push('[');
        for put in puts {
            if source.replace(put.source) != Some(put.source) {
                values.push(put.from.clone());
            }
            let place = key_number(put.key, names, &mut known);
            orders.extend([put.holder as u32, place, values.len() as u32 - 1, 0]);
            let start = orders.len();
            orders.extend(put.path.split(':').skip(1).map(|step| name_number(step, names, &mut known)));
            orders[start - 1] = (orders.len() - start) as u32;
        }
        names.push(']');
        values
    }

    /// Writes the places of lazy values: for each the container, the place, and the index of the lazy value.
    pub(super) fn lazies(&mut self, puts: &[(usize, Key<'_>, usize)]) {
        let Self { names, orders, .. } = self;
        names.clear();
        orders.clear();
        let mut known = Names::default();
        names.push('[');
        for (holder, place, which) in puts {
            let place = key_number(*place, names, &mut known);
            orders.extend([*holder as u32, place, *which as u32]);
        }
        names.push(']');
    }
}

/// Reads an integer of at most 18 digits; `None` for a longer one.
fn parse_short(digits: &str) -> Option<i64> {
    let (sign, digits) = digits.strip_prefix('-').map_or((1, digits), |digits| (-1, digits));
    (digits.len() <= 18).then(|| sign * digits.bytes().fold(0, |number, digit| number * 10 + i64::from(digit & 15)))
}

/// Appends a number; returns its index.
fn push_number(list: &mut Vec<f64>, value: f64) -> u32 {
    list.push(value);
    list.len() as u32 - 1
}

/// Returns a place as a number: twice an index, or twice the number of a name plus 1.
fn place_number<'t>(spot: &'t Spot<'_>, names: &mut String, known: &mut Names<'t>) -> u32 {
    match spot {
        Spot::Index(index) => (*index as u32) << 1,
        Spot::Name(text) => name_number(text, names, known) << 1 | 1,
    }
}

/// Returns a key as a number, like [`place_number`].
fn key_number<'t>(key: Key<'t>, names: &mut String, known: &mut Names<'t>) -> u32 {
    match key {
        Key::Index(index) => (index as u32) << 1,
        Key::Name(text) => name_number(text, names, known) << 1 | 1,
    }
}

/// The texts that have a number. Predicts the next text by the one that followed last time, to skip the lookup.
#[derive(Default)]
struct Names<'t> {
    numbers: Table<&'t str, u32>,
    /// By number: the text, and the number of the text that followed last time.
    known: Vec<(&'t str, u32)>,
    last: u32,
}

/// Returns the number of a text; writes the text to `names` when it is new.
fn name_number<'t>(text: &'t str, names: &mut String, known: &mut Names<'t>) -> u32 {
    let next = known.known.get(known.last as usize).map_or(0, |last| last.1);
    if known.known.get(next as usize).is_some_and(|guess| guess.0 == text) {
        known.last = next;
        return next;
    }
    let next = known.known.len() as u32;
    let number = *known.numbers.entry(text).or_insert_with(|| {
        if next > 0 {
            names.push(',');
        }
        json::quote(names, text);
        known.known.push((text, 0));
        next
    });
    if let Some(last) = known.known.get_mut(known.last as usize) {
        last.1 = number;
    }
    known.last = number;
    number
}
