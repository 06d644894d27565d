//! Compares a decoded value with the description of the value that React decoded.
//!
//! A description is JSON. Scalars describe themselves; everything else is `{"$": kind, "n": number, …}`. `n` is the
//! identity of a container, and the kind `ref` refers to a container that was described before.

use std::collections::BTreeMap;
use std::task::Poll;

use actionlane::flight::{Flow, Rejection, Value};

type Outcome = Poll<Result<Value, Rejection>>;

/// Compares an outcome with an `.expected.json` file: `{"root": …}` or `{"rootRejected": …}`, below `whole` in
/// hand-written vectors.
pub(super) fn check(expected: &str, outcome: &Outcome) -> Result<(), String> {
    let description = Value::from_json(expected).ok_or("the description is not JSON")?;
    let description = member(&description, "whole").unwrap_or(description);
    match (member(&description, "root"), member(&description, "rootRejected"), outcome) {
        (Some(root), _, Poll::Ready(Ok(value))) => same(&root, value),
        (_, Some(error), Poll::Ready(Err(rejection))) => thrown(&error, rejection),
        (_, _, outcome) => Err(format!("got {}", name(outcome))),
    }
}

/// Compares an outcome with the promise `a` of the described root.
pub(super) fn check_action(expected: &str, outcome: &Outcome) -> Result<(), String> {
    let description = Value::from_json(expected).ok_or("the description is not JSON")?;
    let description = member(&description, "whole").unwrap_or(description);
    let promise = member(&description, "root").and_then(|root| property(&root, "a")).ok_or("no promise is described")?;
    match (member(&promise, "fulfilled"), member(&promise, "rejected"), outcome) {
        (Some(value), _, Poll::Ready(Ok(actual))) => same(&value, actual),
        (_, Some(error), Poll::Ready(Err(rejection))) => thrown(&error, rejection),
        (_, _, outcome) => Err(format!("got {}", name(outcome))),
    }
}

/// True if the outcome is a `DECODE` error or holds one in a promise, a lazy value or a stream.
pub(super) fn cannot_be_read(outcome: &Outcome) -> bool {
    let mut todo = Vec::new();
    let mut met = Vec::new();
    let broken = |rejection: &Rejection| matches!(rejection, Rejection::Broken(error) if error.kind() == actionlane::Kind::Decode);
    match outcome {
        Poll::Ready(Ok(value)) => todo.push(value.clone()),
        Poll::Ready(Err(rejection)) => return broken(rejection),
        Poll::Pending => return false,
    }
    while let Some(value) = todo.pop() {
        if value.identity() != 0 && met.contains(&value.identity()) {
            continue;
        }
        met.push(value.identity());
        match &value {
            Value::Array(items) | Value::Set(items) => todo.extend(items.borrow().iter().cloned()),
            Value::Object(object) => todo.extend(object.borrow().iter().map(|(_, value)| value.clone())),
            Value::Map(entries) => todo.extend(entries.borrow().iter().flat_map(|(key, value)| [key.clone(), value.clone()])),
            Value::FormData(entries) => todo.extend(entries.borrow().iter().map(|(_, value)| value.clone())),
            Value::Promise(_) | Value::Lazy(_) => match state(&value) {
                Poll::Ready(Ok(value)) => todo.push(value),
                Poll::Ready(Err(rejection)) if broken(&rejection) => return true,
                _ => {}
            },
            Value::Server(server) => todo.push(server.borrow().bound.clone()),
            Value::Flow(flow) => {
                todo.extend(std::iter::from_fn(|| flow.borrow_mut().take()));
                if let Poll::Ready(Err(rejection)) = flow.borrow().end()
                    && broken(&rejection)
                {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

/// Compares a value with its description.
fn same(expected: &Value, actual: &Value) -> Result<(), String> {
    let mut comparison = Comparison { known: BTreeMap::new(), todo: vec![(expected.clone(), actual.clone())] };
    while let Some((expected, actual)) = comparison.todo.pop() {
        // Goes depth first and in order, so that a `ref` comes after the container that it refers to.
        let later = std::mem::take(&mut comparison.todo);
        comparison.value(&expected, &actual)?;
        let inside = std::mem::replace(&mut comparison.todo, later);
        comparison.todo.extend(inside.into_iter().rev());
    }
    Ok(())
}

struct Comparison {
    /// Identity of the container for each number of the description.
    known: BTreeMap<u64, usize>,
    /// Pairs still to be compared.
    todo: Vec<(Value, Value)>,
}

impl Comparison {
    fn value(&mut self, expected: &Value, actual: &Value) -> Result<(), String> {
        let Some(kind) = member(expected, "$").as_ref().and_then(text) else {
            return if scalar(expected, actual) { Ok(()) } else { Err(format!("expected {expected:?}, got {actual:?}")) };
        };
        if kind == "ref" {
            let known = number(expected).and_then(|number| self.known.get(&number));
            return if known == Some(&actual.identity()) { Ok(()) } else { Err(format!("not the same container: {actual:?}")) };
        }
        if let (Some(number), 1..) = (number(expected), actual.identity()) {
            if self.known.values().any(|known| *known == actual.identity()) {
                return Err(format!("a container that was met before: {actual:?}"));
            }
            self.known.insert(number, actual.identity());
        }
        let list = |key| items(expected, key);
        match (kind.as_str(), actual) {
            ("object", Value::Object(object)) => {
                let members: Vec<_> = object.borrow().iter().map(|(key, value)| (key.to_owned(), value.clone())).collect();
                let expected = list("props")?;
                length(expected.len(), members.len())?;
                for (expected, (key, value)) in expected.iter().zip(members) {
                    let Some([name, expected]) = pair(expected) else { return Err("not a property".into()) };
                    if text(&name).as_deref() != Some(&key) {
                        return Err(format!("expected the key {name:?}, got {key}"));
                    }
                    self.todo.push((expected, value));
                }
                Ok(())
            }
            ("array", Value::Array(values)) => self.list(&list("items")?, &values.borrow()),
            ("Set", Value::Set(values)) => self.list(&list("values")?, &values.borrow()),
            ("Map", Value::Map(entries)) => {
                let expected = list("entries")?;
                length(expected.len(), entries.borrow().len())?;
                for (expected, (key, value)) in expected.iter().zip(entries.borrow().iter()) {
                    let Some([name, expected]) = pair(expected) else { return Err("not an entry".into()) };
                    self.todo.extend([(name, key.clone()), (expected, value.clone())]);
                }
                Ok(())
            }
            ("element", Value::Object(element)) => {
                let element = element.borrow();
                let mark = element.get("$$typeof");
                if !matches!(&mark, Some(Value::Symbol(name)) if &**name == "react.transitional.element") || element.len() != 5 {
                    return Err("not an element".into());
                }
                for part in ["type", "key", "props"] {
                    let (Some(expected), Some(actual)) = (member(expected, part), element.get(part)) else {
                        return Err(format!("no {part}"));
                    };
                    self.todo.push((expected, actual));
                }
                Ok(())
            }
            ("function", Value::Server(server)) => {
                let server = server.borrow();
                if member(expected, "serverReference").as_ref().and_then(text).as_deref() != Some(&server.id) {
                    return Err(format!("another function: {}", server.id));
                }
                let expected = member(expected, "bound").ok_or("no bound arguments")?;
                let bound = match state(&server.bound) {
                    Poll::Ready(Ok(Value::Null)) => Value::array([]),
                    Poll::Ready(Ok(value)) => value,
                    state => return Err(format!("got {}", name(&state))),
                };
                let expected = items(&expected, "items")?;
                if let Value::Array(bound) = &bound { self.list(&expected, &bound.borrow()) } else { Err("not an array".into()) }
            }
            // React's client loaded the module, which is not loaded here.
            ("function", Value::Client(_)) => Ok(()),
            (kind, Value::Bytes(bytes)) if kind == bytes.kind.name() => hex(expected, &bytes.bytes),
            ("Blob" | "File", Value::Blob(blob)) => {
                if member(expected, "type").as_ref().and_then(text).as_deref() != Some(&blob.kind) {
                    return Err(format!("another type: {}", blob.kind));
                }
                hex(expected, &blob.bytes)
            }
            ("FormData", Value::FormData(entries)) => {
                let expected = list("entries")?;
                length(expected.len(), entries.borrow().len())?;
                for (expected, (key, value)) in expected.iter().zip(entries.borrow().iter()) {
                    let Some([name, expected]) = pair(expected) else { return Err("not an entry".into()) };
                    if text(&name).as_deref() != Some(key) {
                        return Err(format!("expected the entry {name:?}, got {key}"));
                    }
                    self.todo.push((expected, value.clone()));
                }
                Ok(())
            }
            ("iterator", Value::Iterator(values)) => self.list(&list("values")?, &values.borrow()),
            (kind @ ("ReadableStream" | "asyncIterable" | "asyncIterator"), Value::Flow(flow)) => {
                let mut flow = flow.borrow_mut();
                let right = match flow.kind() {
                    Flow::Stream | Flow::ByteStream => "ReadableStream",
                    Flow::Iterable => "asyncIterable",
                    Flow::Iterator => "asyncIterator",
                };
                if kind != right {
                    return Err(format!("expected {kind}, got {right}"));
                }
                let chunks: Vec<Value> = std::iter::from_fn(|| flow.take()).collect();
                self.list(&list("chunks")?, &chunks)?;
                match (member(expected, "errored"), member(expected, "returned"), flow.end()) {
                    (Some(error), _, Poll::Ready(Err(rejection))) => thrown(&error, &rejection),
                    (None, Some(expected), Poll::Ready(Ok(value))) => {
                        self.todo.push((expected, value));
                        Ok(())
                    }
                    (None, None, Poll::Ready(Ok(_))) => Ok(()),
                    (_, _, end) => Err(format!("ended with {}", name(&end))),
                }
            }
            ("promise", Value::Promise(_)) | ("lazy", Value::Lazy(_)) => {
                let fulfilled = member(expected, "fulfilled").or_else(|| member(expected, "value"));
                match (fulfilled, member(expected, "rejected"), state(actual)) {
                    (Some(expected), _, Poll::Ready(Ok(value))) => {
                        self.todo.push((expected, value));
                        Ok(())
                    }
                    (_, Some(error), Poll::Ready(Err(rejection))) => thrown(&error, &rejection),
                    (_, _, state) => Err(format!("got {}", name(&state))),
                }
            }
            ("number", Value::Number(number)) => {
                let is = match number {
                    number if number.is_nan() => "NaN",
                    &f64::INFINITY => "Infinity",
                    &f64::NEG_INFINITY => "-Infinity",
                    number if *number == 0.0 && number.is_sign_negative() => "-0",
                    _ => "another number",
                };
                equal(expected, is)
            }
            ("bigint", Value::BigInt(digits)) => equal(expected, digits),
            ("symbol", Value::Symbol(name)) => {
                if member(expected, "for").as_ref().and_then(text).as_deref() == Some(name) {
                    Ok(())
                } else {
                    Err("another symbol".into())
                }
            }
            ("Date", Value::Date(ms)) => match member(expected, "v").as_ref().and_then(text).as_deref() {
                Some("Invalid") if ms.is_nan() => Ok(()),
                Some(iso) if milliseconds(iso) == Some(*ms) => Ok(()),
                other => Err(format!("expected {other:?}, got {ms}")),
            },
            ("undefined", Value::Undefined) | ("Error", Value::Error(_)) => Ok(()),
            (kind, actual) => Err(format!("expected {kind}, got {actual:?}")),
        }
    }

    fn list(&mut self, expected: &[Value], actual: &[Value]) -> Result<(), String> {
        length(expected.len(), actual.len())?;
        self.todo.extend(expected.iter().cloned().zip(actual.iter().cloned()));
        Ok(())
    }
}

/// Returns the state of a promise or lazy value; any other value counts as fulfilled.
fn state(value: &Value) -> Outcome {
    match value {
        Value::Promise(promise) => promise.borrow().0.clone(),
        Value::Lazy(lazy) => lazy.borrow().0.borrow().0.clone(),
        other => Poll::Ready(Ok(other.clone())),
    }
}

fn hex(expected: &Value, bytes: &[u8]) -> Result<(), String> {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let expected = member(expected, "hex").as_ref().and_then(text);
    if expected.as_deref() == Some(&hex) { Ok(()) } else { Err(format!("expected {expected:?}, got {hex}")) }
}

/// Compares a rejection with its description. If that has a digest, the server must have thrown the error with it; any
/// other rejection matches.
fn thrown(description: &Value, rejection: &Rejection) -> Result<(), String> {
    let digest = member(description, "error").and_then(|error| member(&error, "digest")).as_ref().and_then(text);
    match (digest, rejection) {
        (Some(digest), Rejection::Thrown(thrown)) if thrown.digest.as_deref() == Some(&digest) => Ok(()),
        (None, _) => Ok(()),
        (digest, rejection) => Err(format!("expected the digest {digest:?}, got {rejection:?}")),
    }
}

/// Converts a date of the vectors to milliseconds.
fn milliseconds(iso: &str) -> Option<f64> {
    Some(match iso {
        "1970-01-01T00:00:00.000Z" => 0.0,
        "2024-02-29T12:34:56.789Z" => 1_709_210_096_789.0,
        "+275760-09-13T00:00:00.000Z" => 8.64e15,
        "-271821-04-20T00:00:00.000Z" => -8.64e15,
        _ => return None,
    })
}

fn scalar(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Number(a), Value::Number(b)) => a.to_bits() == b.to_bits(),
        (Value::String(a), Value::String(b)) => a == b,
        _ => false,
    }
}

fn equal(expected: &Value, actual: &str) -> Result<(), String> {
    let expected = member(expected, "v").as_ref().and_then(text);
    if expected.as_deref() == Some(actual) { Ok(()) } else { Err(format!("expected {expected:?}, got {actual}")) }
}

fn length(expected: usize, actual: usize) -> Result<(), String> {
    if expected == actual { Ok(()) } else { Err(format!("expected {expected} values, got {actual}")) }
}

/// Writes an outcome for a message.
fn name(outcome: &Outcome) -> String {
    match outcome {
        Poll::Pending => "nothing".to_owned(),
        Poll::Ready(Ok(value)) => format!("{value:?}"),
        Poll::Ready(Err(rejection)) => format!("{rejection:?}"),
    }
}

fn member(value: &Value, key: &str) -> Option<Value> {
    if let Value::Object(object) = value { object.borrow().get(key) } else { None }
}

/// Returns the description of a property of a described object.
fn property(object: &Value, key: &str) -> Option<Value> {
    let [_, value] = items(object, "props").ok()?.iter().filter_map(pair).find(|[name, _]| text(name).as_deref() == Some(key))?;
    Some(value)
}

fn items(value: &Value, key: &str) -> Result<Vec<Value>, String> {
    match member(value, key) {
        Some(Value::Array(items)) => Ok(items.borrow().clone()),
        _ => Err(format!("the description has no {key}")),
    }
}

fn pair(value: &Value) -> Option<[Value; 2]> {
    let Value::Array(items) = value else { return None };
    items.borrow().clone().try_into().ok()
}

fn text(value: &Value) -> Option<String> {
    if let Value::String(text) = value { Some(text.to_string()) } else { None }
}

fn number(value: &Value) -> Option<u64> {
    if let Some(Value::Number(number)) = member(value, "n") { Some(number as u64) } else { None }
}
