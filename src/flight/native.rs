use std::collections::BTreeMap;
use std::task::Poll;

use super::value::{Fault, Settled, Shared, index};
use super::{
    Build, Container, Contents, Inspect, Key, Later, Look, Made, Opaque, Rejection, Scalar, Shape, Temporaries, Text, Value, date, number,
};

/// Makes [`Value`]s, and reads them.
#[derive(Default)]
pub struct Native {
    temporaries: Temporaries<Value>,
    /// Containers met while encoding, by identity. The value is kept so that nothing else gets its address.
    known: BTreeMap<usize, (u32, Value)>,
}

impl Native {
    /// Knows the arguments that were sent, so that the server may send them back by name.
    pub fn with_temporaries(temporaries: Temporaries<Value>) -> Self {
        Self { temporaries, ..Self::default() }
    }
}

impl Build for Native {
    type Value = Value;
    type Promise = Shared<Settled>;

    fn parse(&mut self, text: &str) -> Option<Value> {
        Value::from_json(text)
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
            Scalar::Error => Value::Error(Shared::new(Fault::default())),
        })
    }

    fn put(&mut self, container: &Value, key: Key<'_>, value: Value) -> bool {
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

    fn step(&mut self, container: &Value, key: &str) -> Option<Value> {
        match container {
            Value::Array(items) => items.borrow().get(index(key)?).cloned(),
            Value::Object(object) => object.borrow().get(key),
            _ => None,
        }
    }

    fn make(&mut self, kind: Made) -> Option<Value> {
        Some(match kind {
            Made::Map => Value::Map(Shared::new(Vec::new())),
            Made::Set => Value::Set(Shared::new(Vec::new())),
            Made::Form => Value::FormData(Shared::new(Vec::new())),
            Made::Error => Value::Error(Shared::new(Fault::default())),
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
            (Value::Error(fault), Value::Object(object)) => {
                let text = |key| match object.borrow().get(key) {
                    Some(Value::String(text)) => Some(text),
                    _ => None,
                };
                *fault.borrow_mut() = Fault { name: text("name"), message: text("message") };
                true
            }
            _ => false,
        }
    }

    fn promise(&mut self) -> Option<(Value, Shared<Settled>)> {
        let promise = Shared::new(Settled(Poll::Pending));
        Some((Value::Promise(promise.clone()), promise))
    }

    fn settle(&mut self, promise: Shared<Settled>, outcome: Result<Value, Rejection>) {
        promise.borrow_mut().0 = Poll::Ready(outcome);
    }

    fn temporary(&mut self, path: &str) -> Option<Value> {
        self.temporaries.get(path)
    }
}

impl Inspect for Native {
    type Value = Value;

    fn look(&mut self, value: &Value, _: Key<'_>) -> Look<Value> {
        let shape = match value {
            Value::Undefined => Shape::Undefined,
            Value::Null => Shape::Null,
            Value::Bool(bool) => Shape::Bool(*bool),
            Value::Number(number) => Shape::Number(*number),
            Value::String(text) => Shape::String(Text::Plain(text.to_string())),
            Value::BigInt(digits) => Shape::BigInt(digits.to_string()),
            Value::Date(ms) => date::write(*ms).map_or(Shape::Null, Shape::Date),
            Value::Array(_) => Shape::Container(Container::Array),
            Value::Object(_) => Shape::Container(Container::Object),
            Value::Map(_) => Shape::Container(Container::Map),
            Value::Set(_) => Shape::Container(Container::Set),
            Value::FormData(_) => Shape::Container(Container::FormData),
            Value::Symbol(_) => Shape::Opaque(Opaque::Symbol),
            Value::Error(_) => Shape::Opaque(Opaque::Instance),
            Value::Promise(_) => Shape::Container(Container::Promise),
        };
        Look { value: None, shape }
    }

    fn contents(&mut self, value: &Value, _: Container) -> Option<Contents<Value>> {
        Some(match value {
            Value::Array(items) | Value::Set(items) => Contents::Values(items.borrow().clone()),
            Value::Object(object) => {
                Contents::Members(object.borrow().iter().map(|(key, value)| (Text::Plain(key.to_owned()), value.clone())).collect())
            }
            Value::Map(entries) => Contents::Entries(entries.borrow().clone()),
            Value::FormData(entries) => {
                Contents::Fields(entries.borrow().iter().map(|(name, value)| (name.to_string(), value.clone())).collect())
            }
            Value::Promise(_) => Contents::Later { later: Later::Promise, source: value.clone() },
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

fn entry(value: &Value) -> Option<(Value, Value)> {
    let Value::Array(pair) = value else { return None };
    let pair = pair.borrow();
    let at = |index: usize| pair.get(index).cloned().unwrap_or(Value::Undefined);
    Some((at(0), at(1)))
}

/// `007` and `-0` as BigInt has them.
pub(super) fn canonical(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    match digits.trim_start_matches('0') {
        "" => "0".to_owned(),
        digits => format!("{sign}{digits}"),
    }
}

/// The entries of a Map: of equal keys the first keeps its place and the last its value.
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
