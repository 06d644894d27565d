//! A value in words, and its end.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::task::Poll;

use actionlane::flight::{Children, Rejection, Shared, Value};

use crate::Outcome;

/// An outcome in words: equal words, equal values, what is shared and circles included.
pub fn tell(outcome: &Outcome) -> String {
    let mut out = String::new();
    let mut todo = vec![Step::Outcome(outcome.clone())];
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
                    // Which of several rows is named may depend on which of them came first.
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
        }
        let from = todo.len();
        match &value {
            Value::Array(items) | Value::Set(items) => todo.extend(items.borrow().iter().cloned().map(Step::Value)),
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
            other => {
                let _ = write!(out, "{other:?},");
                continue;
            }
        }
        let _ = write!(out, "{}(", kind(&value));
        // What was pushed first is to come first.
        todo.push(Step::Word(")".to_owned()));
        todo[from..].rotate_right(1);
        todo[from + 1..].reverse();
    }
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
        _ => "other",
    }
}

/// Frees a value, circles included: empties every container in it.
pub fn release(outcome: Outcome) {
    let Poll::Ready(Ok(root)) = outcome else { return };
    let mut todo = vec![root];
    let mut next = Vec::new();
    while let Some(value) = todo.pop() {
        match &value {
            Value::Array(items) | Value::Set(items) => empty(items, &mut next),
            Value::Object(object) => empty(object, &mut next),
            Value::Map(entries) => empty(entries, &mut next),
            Value::FormData(entries) => empty(entries, &mut next),
            Value::Promise(promise) => empty(promise, &mut next),
            _ => {}
        }
        todo.append(&mut next);
    }
}

fn empty<T: Children>(container: &Shared<T>, out: &mut Vec<Value>) {
    container.borrow_mut().take(out);
}
