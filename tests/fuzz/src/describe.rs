//! Describes a value in words, and frees it.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::task::Poll;

use actionlane::flight::{Children, Rejection, Shared, Value};

use crate::Outcome;

/// Describes a result in words: equal words mean equal values, shared containers and circles included. Empties every
/// container, because circles would never be freed.
pub fn describe(outcome: Outcome) -> String {
    let mut out = String::new();
    let mut todo = vec![Step::Outcome(outcome)];
    let mut met = Vec::new();
    let mut numbers: HashMap<usize, usize> = HashMap::new();
    while let Some(step) = todo.pop() {
        let value = match step {
            Step::Word(word) => {
                out.push_str(&word);
                continue;
            }
            Step::Outcome(Poll::Ready(Ok(value))) | Step::Value(value) => value,
            Step::Outcome(Poll::Ready(Err(rejection))) => {
                let _ = match rejection {
                    // The chunks may decide which of several rows the message names.
                    Rejection::Broken(error) => write!(out, "broken({})", error.kind().code()),
                    thrown => write!(out, "{thrown:?}"),
                };
                continue;
            }
            Step::Outcome(Poll::Pending) => {
                out.push_str("pending");
                continue;
            }
        };
        let next = numbers.len();
        if value.identity() != 0 {
            let number = *numbers.entry(value.identity()).or_insert(next);
            let _ = write!(out, "#{number}");
            if number < next {
                continue;
            }
            met.push(value.clone());
        }
        let from = todo.len();
        match &value {
            Value::Array(items) | Value::Set(items) | Value::Iterator(items) => {
                todo.extend(items.borrow().iter().cloned().map(Step::Value))
            }
            Value::Object(object) => {
                for (key, value) in object.borrow().iter() {
                    todo.extend([Step::Word(format!("{key:?}:")), Step::Value(value.clone())]);
                }
            }
            Value::Map(entries) => {
                todo.extend(entries.borrow().iter().flat_map(|(key, value)| [Step::Value(key.clone()), Step::Value(value.clone())]));
            }
            Value::FormData(entries) => {
                for (name, value) in entries.borrow().iter() {
                    todo.extend([Step::Word(format!("{name:?}=")), Step::Value(value.clone())]);
                }
            }
            Value::Promise(promise) => todo.push(Step::Outcome(promise.borrow().0.clone())),
            Value::Lazy(lazy) => todo.push(Step::Value(Value::Promise(lazy.borrow().0.clone()))),
            Value::Server(function) => {
                let function = function.borrow();
                todo.extend([Step::Word(format!("{:?}", function.id)), Step::Value(function.bound.clone())]);
            }
            Value::Client(client) => todo.push(Step::Word(format!("{:?}", *client.borrow()))),
            Value::Flow(flow) => {
                let mut flow = flow.borrow_mut();
                todo.push(Step::Word(format!("{:?}", flow.kind())));
                todo.extend(std::iter::from_fn(|| flow.take()).map(Step::Value));
                todo.push(Step::Outcome(flow.end()));
            }
            other => {
                let _ = write!(out, "{other:?},");
                continue;
            }
        }
        let _ = write!(out, "{}(", kind(&value));
        // The last step is taken first, so the order is reversed.
        todo.push(Step::Word(")".to_owned()));
        todo[from..].rotate_right(1);
        todo[from + 1..].reverse();
    }
    met.iter().for_each(release);
    out
}

enum Step {
    Word(String),
    Value(Value),
    Outcome(Outcome),
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Array(_) => "array",
        Value::Object(_) => "object",
        Value::Map(_) => "map",
        Value::Set(_) => "set",
        Value::FormData(_) => "form",
        Value::Promise(_) => "promise",
        Value::Iterator(_) => "iterator",
        Value::Server(_) => "server",
        Value::Client(_) => "client",
        Value::Lazy(_) => "lazy",
        Value::Flow(_) => "flow",
        _ => "other",
    }
}

/// Empties a container.
fn release(value: &Value) {
    match value {
        Value::Array(items) | Value::Set(items) | Value::Iterator(items) => empty(items),
        Value::Object(object) => empty(object),
        Value::Map(entries) => empty(entries),
        Value::FormData(entries) => empty(entries),
        Value::Promise(promise) => empty(promise),
        Value::Server(function) => empty(function),
        Value::Lazy(lazy) => empty(lazy),
        Value::Flow(flow) => empty(flow),
        _ => {}
    }
}

fn empty<T: Children>(container: &Shared<T>) {
    let mut held = Vec::new();
    container.borrow_mut().take(&mut held);
    drop(held);
}
