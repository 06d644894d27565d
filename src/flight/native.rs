//! Makes and reads values in Rust alone, for programs and tests without JavaScript.
//!
//! Must not touch JavaScript; [`Value`] stands for its values.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::task::Poll;

use super::special_values::{Blob, Bytes, Client, Flowing, Lazy, Server};
use super::value::{ErrorValue, PromiseState, Shared, parse_index};
use super::{
    Binary, Build, Class, Classified, Container, Contents, Edit, Flow, Inspect, Key, Later, Made, Opaque, Ready, Rejection, Scalar, Spot,
};
use super::{Temporaries, Text, Tree, Value, date, number};

/// Makes [`Value`]s for a decoder, and reads them for an encoder.
///
/// ```
/// use actionlane::flight::{Decoder, Native, Value, encode};
/// use std::task::Poll;
///
/// let cart = Value::object([("total", Value::Number(12.5))]);
/// let sent = encode(&mut Native::default(), Value::array([cart.clone()]))?;
/// let mut decoder = Decoder::action(Native::with_temporaries(sent.temporaries));
/// decoder.push(b"0:{\"a\":\"$@1\"}\n1:\"$T0:0\"\n")?;
/// let Poll::Ready(Ok(answer)) = decoder.value() else { panic!() };
/// assert_eq!(answer.identity(), cart.identity(), "the server returned its first argument by its path");
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Default)]
pub struct Native {
    temporaries: Temporaries<Value>,
    /// Containers met while encoding, by identity. Holding the value keeps its address from being used again.
    known: BTreeMap<usize, (u32, Value)>,
    /// Bytes in streams that have not been read.
    unread: Rc<Cell<usize>>,
}

impl Native {
    /// Makes a builder that finds the arguments that were sent, for servers that send them back by their paths.
    pub fn with_temporaries(temporaries: Temporaries<Value>) -> Self {
        Self { temporaries, ..Self::default() }
    }
}

impl Build for Native {
    type Value = Value;
    type Holders = Rc<[Value]>;
    type Promise = Shared<PromiseState>;
    type Lazy = Shared<PromiseState>;
    type Flow = Shared<Flowing>;

    fn tree(&mut self, tree: &Tree<'_>, ready: &[Ready<'_, Value>], _: bool) -> Option<(Value, Option<Rc<[Value]>>)> {
        let mut root = Value::read_json(&tree.text, |array| match &array {
            Value::Array(tuple) if tree.elements && matches!(tuple.borrow().first(), Some(Value::String(mark)) if **mark == *"$") => {
                element(&array)
            }
            _ => Some(array),
        })?;
        let mut holders: Vec<Value> = Vec::with_capacity(tree.nodes.len());
        for node in &tree.nodes {
            let holder = match holders.get(node.parent) {
                None => root.clone(),
                Some(parent) => get(parent, &node.spot)?,
            };
            holders.push(holder);
        }
        for edit in &tree.edits {
            match edit {
                Edit::Put { holder, spot, scalar } => {
                    let value = self.scalar(scalar)?;
                    put(holders.get(*holder)?, key(spot), value).then_some(())?;
                }
                Edit::Element { node: at } => {
                    let element = element(holders.get(*at)?)?;
                    let node = tree.nodes.get(*at)?;
                    holders[*at] = element.clone();
                    match holders.get(node.parent).filter(|_| *at != 0) {
                        Some(parent) => put(parent, key(&node.spot), element).then_some(())?,
                        None => root = element,
                    }
                }
            }
        }
        let holders = holders.into();
        ready.iter().all(|(holder, key, value)| self.put(&holders, *holder, *key, value)).then_some((root, Some(holders)))
    }

    fn holder(&mut self, holders: &Rc<[Value]>, holder: usize) -> Option<Value> {
        holders.get(holder).cloned()
    }

    fn put(&mut self, holders: &Rc<[Value]>, holder: usize, key: Key<'_>, value: &Value) -> bool {
        let value = match (key, value) {
            (Key::Name("then"), Value::Server(_)) => Value::Null,
            _ => value.clone(),
        };
        holders.get(holder).is_some_and(|holder| put(holder, key, value))
    }

    fn string(&mut self, text: &str) -> Value {
        Value::string(text)
    }

    fn scalar(&mut self, scalar: &Scalar<'_>) -> Option<Value> {
        Some(match scalar {
            Scalar::Undefined => Value::Undefined,
            Scalar::Null => Value::Null,
            Scalar::Number(number) => Value::Number(*number),
            Scalar::Date(ms) => Value::Date(*ms),
            Scalar::BigInt(digits) => Value::BigInt(canonical(digits).into()),
            Scalar::Symbol(name) => Value::Symbol(name.as_ref().into()),
            Scalar::Error => Value::Error(Shared::new(ErrorValue::default())),
        })
    }

    fn binary(&mut self, kind: Binary, bytes: &[u8]) -> Option<Value> {
        Some(Value::Bytes(Rc::new(Bytes { kind, bytes: bytes.into() })))
    }

    fn walk(&mut self, from: &Value, path: &str) -> Option<Value> {
        let mut at = from.clone();
        for step in path.split(':').skip(1) {
            at = match &at {
                Value::Array(items) => items.borrow().get(parse_index(step)?).cloned()?,
                Value::Object(object) => object.borrow().get(step)?,
                _ => return None,
            };
        }
        Some(at)
    }

    fn make_empty(&mut self, kind: Made) -> Option<Value> {
        Some(match kind {
            Made::Map => Value::Map(Shared::new(Vec::new())),
            Made::Set => Value::Set(Shared::new(Vec::new())),
            Made::Form => Value::FormData(Shared::new(Vec::new())),
            Made::Error => Value::Error(Shared::new(ErrorValue::default())),
            Made::Client => Value::Client(Shared::new(Client::default())),
            Made::Server | Made::Iterator | Made::Blob => return None,
        })
    }

    fn fill(&mut self, _: Made, made: &Value, from: &Value) -> bool {
        match (made, from) {
            (Value::Map(map), Value::Array(entries)) => {
                let entries: Option<Vec<_>> = entries.borrow().iter().map(entry).collect();
                entries.map(|entries| *map.borrow_mut() = unique(entries)).is_some()
            }
            (Value::Set(set), Value::Array(values)) => {
                let values = values.borrow().iter().map(|value| (value.clone(), Value::Undefined)).collect();
                *set.borrow_mut() = unique(values).into_iter().map(|(value, _)| value).collect();
                true
            }
            (Value::FormData(form), Value::Array(entries)) => {
                let named = |value: &Value| match entry(value)? {
                    (Value::String(name), value) => Some((name, value)),
                    _ => None,
                };
                let entries: Option<Vec<_>> = entries.borrow().iter().map(named).collect();
                entries.map(|entries| *form.borrow_mut() = entries).is_some()
            }
            (Value::Error(error), Value::Object(object)) => {
                let text = |key| match object.borrow().get(key) {
                    Some(Value::String(text)) => Some(text),
                    _ => None,
                };
                *error.borrow_mut() = ErrorValue {
                    name: text("name"),
                    message: text("message"),
                    environment: text("env"),
                    cause: object.borrow().get("cause"),
                    errors: object.borrow().get("errors"),
                };
                true
            }
            (Value::Client(client), Value::Array(parts)) => Client::read(&parts.borrow()).map(|read| *client.borrow_mut() = read).is_some(),
            _ => false,
        }
    }

    fn iterator(&mut self, array: &Value) -> Option<Value> {
        if let Value::Array(items) = array { Some(Value::Iterator(items.clone())) } else { None }
    }

    fn blob(&mut self, kind: &Value, parts: &[Value]) -> Option<Value> {
        let Value::String(kind) = kind else { return None };
        let mut bytes = Vec::new();
        for part in parts {
            let Value::Bytes(part) = part else { return None };
            bytes.extend_from_slice(&part.bytes);
        }
        Some(Value::Blob(Rc::new(Blob { kind: kind.clone(), bytes: bytes.into() })))
    }

    fn server(&mut self, id: &Value, bound: &Value) -> Option<Value> {
        Some(match id {
            Value::String(id) => Value::Server(Shared::new(Server { id: id.clone(), bound: bound.clone() })),
            _ => Value::Null,
        })
    }

    fn length(&mut self, array: &Value) -> Option<usize> {
        if let Value::Array(items) = array { Some(items.borrow().len()) } else { None }
    }

    fn promise(&mut self) -> Option<(Value, Shared<PromiseState>)> {
        let promise = Shared::new(PromiseState(Poll::Pending));
        Some((Value::Promise(promise.clone()), promise))
    }

    fn settle(&mut self, promise: Shared<PromiseState>, outcome: Result<Value, Rejection>) {
        promise.borrow_mut().0 = Poll::Ready(outcome);
    }

    fn lazy(&mut self) -> Option<Shared<PromiseState>> {
        Some(Shared::new(PromiseState(Poll::Pending)))
    }

    fn lazy_value(&mut self, lazy: &Shared<PromiseState>) -> Option<Value> {
        Some(Value::Lazy(Shared::new(Lazy(lazy.clone()))))
    }

    fn settle_lazy(&mut self, lazy: &Shared<PromiseState>, outcome: Result<Value, Rejection>) {
        lazy.borrow_mut().0 = Poll::Ready(outcome);
    }

    fn flow(&mut self, kind: Flow) -> Option<(Value, Shared<Flowing>)> {
        let flow = Shared::new(Flowing::new(kind, self.unread.clone()));
        Some((Value::Flow(flow.clone()), flow))
    }

    fn push(&mut self, flow: &Shared<Flowing>, value: Value, size: usize) -> bool {
        flow.borrow_mut().push(value, size)
    }

    fn push_failure(&mut self, flow: &Shared<Flowing>, rejection: Rejection, size: usize) -> bool {
        flow.borrow_mut().push(Value::Promise(Shared::new(PromiseState(Poll::Ready(Err(rejection))))), size)
    }

    fn finish(&mut self, flow: &Shared<Flowing>, outcome: Result<Value, Rejection>) {
        flow.borrow_mut().finish(outcome);
    }

    fn is_cancelled(&self, flow: &Shared<Flowing>) -> bool {
        flow.borrow().is_cancelled()
    }

    fn unread(&self) -> usize {
        self.unread.get()
    }

    fn temporary(&mut self, path: &str) -> Option<Value> {
        self.temporaries.get(path)
    }
}

impl Inspect for Native {
    type Value = Value;

    fn symbol(&mut self, value: &Value) -> Option<String> {
        match value {
            Value::Symbol(name) => Some(name.to_string()),
            Value::Foreign(foreign) => foreign.0.symbol(),
            _ => None,
        }
    }

    fn classify(&mut self, value: &Value, key: Key<'_>) -> Classified<Value> {
        let class = match value {
            Value::Undefined => Class::Undefined,
            Value::Null => Class::Null,
            Value::Bool(bool) => Class::Bool(*bool),
            Value::Number(number) => Class::Number(*number),
            Value::String(text) => Class::String(Text::Plain(text.to_string())),
            Value::BigInt(digits) => Class::BigInt(digits.to_string()),
            Value::Date(ms) => date::write(*ms).map_or(Class::Null, Class::Date),
            Value::Array(_) => Class::Container(Container::Array),
            Value::Object(_) => Class::Container(Container::Object),
            Value::Map(_) => Class::Container(Container::Map),
            Value::Set(_) => Class::Container(Container::Set),
            Value::FormData(_) => Class::Container(Container::FormData),
            Value::Symbol(_) => Class::Opaque(Opaque::Symbol),
            Value::Promise(_) => Class::Container(Container::Promise),
            Value::Bytes(bytes) => Class::Container(Container::Binary(bytes.kind.letter())),
            Value::Blob(_) => Class::Container(Container::Blob),
            Value::Server(_) => Class::Container(Container::Reference),
            Value::Iterator(_) => Class::Container(Container::Iterator),
            Value::Error(_) | Value::Client(_) | Value::Lazy(_) | Value::Flow(_) => Class::Opaque(Opaque::Instance),
            Value::Foreign(foreign) => return foreign.0.classify(key),
        };
        Classified { value: None, class }
    }

    fn contents(&mut self, value: &Value, container: Container) -> Option<Contents<Value>> {
        Some(match value {
            Value::Array(items) | Value::Set(items) | Value::Iterator(items) => Contents::Values(items.borrow().clone()),
            Value::Bytes(bytes) => {
                let blob = Blob { kind: "".into(), bytes: bytes.bytes.clone() };
                Contents::Bytes { blob: Value::Blob(Rc::new(blob)), len: bytes.bytes.len() }
            }
            Value::Server(server) => {
                let server = server.borrow();
                let bound = Some(server.bound.clone()).filter(|bound| !matches!(bound, Value::Null));
                Contents::Reference { id: server.id.to_string(), bound }
            }
            Value::Object(object) => {
                Contents::Members(object.borrow().iter().map(|(key, value)| (Text::Plain(key.to_owned()), value.clone())).collect())
            }
            Value::Map(entries) => Contents::Entries(entries.borrow().clone()),
            Value::FormData(entries) => {
                Contents::Fields(entries.borrow().iter().map(|(name, value)| (name.to_string(), value.clone())).collect())
            }
            Value::Promise(_) => Contents::Later { later: Later::Promise, source: value.clone() },
            Value::Foreign(foreign) => return foreign.0.contents(container),
            _ => return None,
        })
    }

    fn number(&mut self, number: f64) -> String {
        number::write(number)
    }

    fn known(&mut self, value: &Value) -> Option<u32> {
        self.known.get(&value.identity()).map(|(number, _)| *number)
    }

    fn remember(&mut self, value: &Value, number: u32) {
        self.known.insert(value.identity(), (number, value.clone()));
    }
}

fn get(container: &Value, spot: &Spot<'_>) -> Option<Value> {
    match (container, spot) {
        (Value::Array(items), Spot::Index(index)) => items.borrow().get(*index).cloned(),
        (Value::Object(object), Spot::Name(name)) => object.borrow().get(name),
        _ => None,
    }
}

fn put(container: &Value, key: Key<'_>, value: Value) -> bool {
    match (container, key) {
        (Value::Array(items), Key::Index(index)) => match items.borrow_mut().get_mut(index) {
            Some(item) => *item = value,
            None => return false,
        },
        (Value::Object(object), Key::Name(name)) => object.borrow_mut().set(name, value),
        _ => return false,
    }
    true
}

fn key<'s>(spot: &'s Spot<'_>) -> Key<'s> {
    match spot {
        Spot::Index(index) => Key::Index(*index),
        Spot::Name(name) => Key::Name(name),
    }
}

/// Returns the element that a tuple `["$",type,key,props,…]` stands for: an object with the members React gives it.
fn element(tuple: &Value) -> Option<Value> {
    let Value::Array(tuple) = tuple else { return None };
    let tuple = tuple.borrow();
    let part = |at: usize| tuple.get(at).cloned().unwrap_or(Value::Undefined);
    let mark = Value::Symbol("react.transitional.element".into());
    Some(Value::object([("$$typeof", mark), ("type", part(1)), ("key", part(2)), ("ref", Value::Null), ("props", part(3))]))
}

fn entry(value: &Value) -> Option<(Value, Value)> {
    let Value::Array(pair) = value else { return None };
    let pair = pair.borrow();
    let at = |index: usize| pair.get(index).cloned().unwrap_or(Value::Undefined);
    Some((at(0), at(1)))
}

/// Writes the digits of a bigint as JavaScript does: without leading zeros, and `-0` as `0`.
pub(super) fn canonical(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    match digits.trim_start_matches('0') {
        "" => "0".to_owned(),
        digits => [sign, digits].concat(),
    }
}

/// Removes the entries whose key repeats: the first keeps its place and takes the last one's value.
fn unique(entries: Vec<(Value, Value)>) -> Vec<(Value, Value)> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut out: Vec<(Value, Value)> = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        let same = match &key {
            Value::Undefined => "u".to_owned(),
            Value::Null => "l".to_owned(),
            Value::Bool(bool) => format!("t{bool}"),
            Value::Number(number) => format!("n{}", number + 0.0),
            Value::String(text) => format!("s{text}"),
            Value::BigInt(digits) => format!("b{digits}"),
            Value::Symbol(name) => format!("y{name}"),
            Value::Date(_) => format!("d{}", out.len()),
            container => format!("c{}", container.identity()),
        };
        match places.get(&same) {
            Some(at) => out[*at].1 = value,
            None => {
                places.insert(same, out.len());
                out.push((key, value));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_keys_are_one_entry() {
        let entries = vec![
            (Value::Number(0.0), Value::Null),
            (Value::string("0"), Value::Null),
            (Value::Number(-0.0), Value::Bool(true)),
            (Value::Number(f64::NAN), Value::Null),
            (Value::Number(f64::NAN), Value::Null),
        ];
        let entries = unique(entries);
        assert_eq!(entries.len(), 3);
        assert!(matches!(entries[0].1, Value::Bool(true)));
    }
}
