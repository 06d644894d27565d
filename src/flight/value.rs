//! Holds JavaScript's values without JavaScript.

use std::cell::{Ref, RefCell, RefMut};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::task::Poll;

use super::Rejection;
use super::json::{self, Token, Tokens};
use super::kinds::{Blob, Bytes, Client, Flowing, Lazy, Server};

/// A JavaScript value without JavaScript. Clones of a container are the same container: what is there once in the stream is there once in the
/// value, circles included. A circle is not freed unless someone breaks it.
#[derive(Clone, Debug)]
pub enum Value {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    /// Halves of surrogate pairs have become U+FFFD.
    String(Rc<str>),
    /// Decimal digits, perhaps after a `-`.
    BigInt(Rc<str>),
    /// A registered symbol, by its name.
    Symbol(Rc<str>),
    /// Milliseconds since 1970; NaN is the invalid date.
    Date(f64),
    Array(Shared<Vec<Value>>),
    /// Elements of React are objects, too, with the members `$$typeof`, `type`, `key`, `ref` and `props`.
    Object(Shared<Object>),
    Map(Shared<Vec<(Value, Value)>>),
    Set(Shared<Vec<Value>>),
    FormData(Shared<Vec<(Rc<str>, Value)>>),
    Error(Shared<Fault>),
    Promise(Shared<Settled>),
    /// An ArrayBuffer or a view of one.
    Bytes(Rc<Bytes>),
    Blob(Rc<Blob>),
    /// What is known of something in a client module.
    Client(Shared<Client>),
    /// A function of the server.
    Server(Shared<Server>),
    /// An iterator over these values.
    Iterator(Shared<Vec<Value>>),
    /// What React loads when it gets there.
    Lazy(Shared<Lazy>),
    /// A stream or async iterable.
    Flow(Shared<Flowing>),
}

/// Members in JavaScript's order: keys that are array indices first, ascending, then the others as they came.
#[derive(Clone, Debug, Default)]
pub struct Object {
    members: Vec<(Rc<str>, Value)>,
    /// Where each key is, once there are many.
    index: BTreeMap<Rc<str>, usize>,
}

/// An `Error` that was sent as a value.
#[derive(Clone, Debug, Default)]
pub struct Fault {
    pub name: Option<Rc<str>>,
    pub message: Option<Rc<str>>,
    /// Where it was made; only servers in development say so.
    pub environment: Option<Rc<str>>,
    /// Only servers in development send it.
    pub cause: Option<Value>,
    /// Of an AggregateError. Only servers in development send them.
    pub errors: Option<Value>,
}

/// The state of a promise.
#[derive(Clone, Debug)]
pub struct Settled(pub Poll<Result<Value, Rejection>>);

/// A container that several places may hold.
pub struct Shared<T: Children>(Rc<RefCell<T>>);

/// Beyond this many members an object looks them up by a table.
const FEW: usize = 8;

impl Value {
    /// A string.
    pub fn string(text: &str) -> Self {
        Self::String(text.into())
    }

    /// An array.
    pub fn array(items: impl IntoIterator<Item = Value>) -> Self {
        Self::Array(Shared::new(items.into_iter().collect()))
    }

    /// An object.
    pub fn object<'k>(members: impl IntoIterator<Item = (&'k str, Value)>) -> Self {
        let mut object = Object::default();
        for (key, value) in members {
            object.set(key, value);
        }
        Self::Object(Shared::new(object))
    }

    /// A number that tells containers apart: the same for clones of one, 0 for what is no container.
    pub fn identity(&self) -> usize {
        match self {
            Self::Array(shared) | Self::Set(shared) | Self::Iterator(shared) => shared.address(),
            Self::Object(shared) => shared.address(),
            Self::Map(shared) => shared.address(),
            Self::FormData(shared) => shared.address(),
            Self::Error(shared) => shared.address(),
            Self::Promise(shared) => shared.address(),
            Self::Bytes(bytes) => Rc::as_ptr(bytes).cast::<u8>() as usize,
            Self::Blob(blob) => Rc::as_ptr(blob).cast::<u8>() as usize,
            Self::Client(shared) => shared.address(),
            Self::Server(shared) => shared.address(),
            Self::Lazy(shared) => shared.address(),
            Self::Flow(shared) => shared.address(),
            _ => 0,
        }
    }

    /// The value of a JSON text; `None` if it is not JSON.
    pub fn from_json(text: &str) -> Option<Self> {
        Self::read_json(text, Some)
    }

    /// The same, with what `array` makes of each array.
    pub(super) fn read_json(text: &str, array: impl Fn(Self) -> Option<Self>) -> Option<Self> {
        let mut tokens = Tokens::new(text, usize::MAX);
        let mut open: Vec<(Value, String)> = Vec::new();
        loop {
            let token = tokens.next().ok()??;
            let value = match token {
                Token::OpenArray => {
                    open.push((Self::array([]), String::new()));
                    continue;
                }
                Token::OpenObject => {
                    open.push((Self::object([]), String::new()));
                    continue;
                }
                Token::Key(raw) => {
                    open.last_mut()?.1 = json::unescape(raw).into_owned();
                    continue;
                }
                Token::Close => {
                    let (value, _) = open.pop()?;
                    match value {
                        Self::Object(object) => {
                            object.borrow_mut().sort();
                            Self::Object(object)
                        }
                        value => array(value)?,
                    }
                }
                Token::Text(raw) => Self::string(&json::unescape(raw)),
                Token::Number(text) => Self::Number(text.parse().ok()?),
                Token::Bool(bool) => Self::Bool(bool),
                Token::Null => Self::Null,
            };
            match open.last() {
                None => return if tokens.next().ok()?.is_none() { Some(value) } else { None },
                Some((Self::Array(items), _)) => items.borrow_mut().push(value),
                Some((Self::Object(object), key)) => object.borrow_mut().set(key, value),
                Some(_) => return None,
            }
        }
    }
}

impl Object {
    /// The value of an own key.
    pub fn get(&self, key: &str) -> Option<Value> {
        self.position(key).map(|at| self.members[at].1.clone())
    }

    /// Sets a key: in its place if it is there, else at the end.
    pub fn set(&mut self, key: &str, value: Value) {
        if let Some(at) = self.position(key) {
            self.members[at].1 = value;
            return;
        }
        let key: Rc<str> = key.into();
        self.members.push((key.clone(), value));
        if !self.index.is_empty() {
            self.index.insert(key, self.members.len() - 1);
        } else if self.members.len() > FEW {
            self.index = self.members.iter().enumerate().map(|(at, (key, _))| (key.clone(), at)).collect();
        }
    }

    /// The members, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.members.iter().map(|(key, value)| (&**key, value))
    }

    pub fn len(&self) -> usize {
        self.members.len()
    }

    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The members, in order; their keys can be kept.
    pub(super) fn members(&self) -> &[(Rc<str>, Value)] {
        &self.members
    }

    fn position(&self, key: &str) -> Option<usize> {
        if self.index.is_empty() { self.members.iter().position(|(name, _)| &**name == key) } else { self.index.get(key).copied() }
    }

    /// Puts array indices first, ascending.
    pub(super) fn sort(&mut self) {
        let array_index = |key: &str| (index(key)? < u32::MAX as usize).then(|| index(key))?;
        if self.members.iter().any(|(key, _)| array_index(key).is_some()) {
            self.members.sort_by_key(|(key, _)| array_index(key).unwrap_or(usize::MAX));
            if !self.index.is_empty() {
                self.index = self.members.iter().enumerate().map(|(at, (key, _))| (key.clone(), at)).collect();
            }
        }
    }
}

impl<T: Children> Shared<T> {
    /// A container of its own.
    pub fn new(content: T) -> Self {
        Self(Rc::new(RefCell::new(content)))
    }

    /// The content. Panics while it is borrowed mutably.
    pub fn borrow(&self) -> Ref<'_, T> {
        self.0.borrow()
    }

    /// The content, to change it. Panics while it is borrowed.
    pub fn borrow_mut(&self) -> RefMut<'_, T> {
        self.0.borrow_mut()
    }

    fn address(&self) -> usize {
        Rc::as_ptr(&self.0).cast::<u8>() as usize
    }

    /// Moves the content's values to `out` if nobody else holds the container.
    pub(super) fn take(&self, out: &mut Vec<Value>) {
        if Rc::strong_count(&self.0) == 1
            && let Ok(mut content) = self.0.try_borrow_mut()
        {
            content.take(out);
        }
    }
}

impl<T: Children> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Children> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The content may be a circle.
        f.write_str("…")
    }
}

/// Frees what it alone holds, however deep, without recursion.
impl<T: Children> Drop for Shared<T> {
    fn drop(&mut self) {
        let mut todo = Vec::new();
        self.take(&mut todo);
        while let Some(value) = todo.pop() {
            match &value {
                Value::Array(shared) | Value::Set(shared) | Value::Iterator(shared) => shared.take(&mut todo),
                Value::Object(shared) => shared.take(&mut todo),
                Value::Map(shared) => shared.take(&mut todo),
                Value::FormData(shared) => shared.take(&mut todo),
                Value::Error(shared) => shared.take(&mut todo),
                Value::Promise(shared) => shared.take(&mut todo),
                Value::Server(shared) => shared.take(&mut todo),
                Value::Lazy(shared) => shared.take(&mut todo),
                Value::Flow(shared) => shared.take(&mut todo),
                _ => {}
            }
        }
    }
}

/// What a [`Shared`] container holds values in.
pub trait Children {
    /// Moves the values out.
    fn take(&mut self, out: &mut Vec<Value>);
}

impl Children for Vec<Value> {
    fn take(&mut self, out: &mut Vec<Value>) {
        out.append(self);
    }
}

impl Children for Vec<(Value, Value)> {
    fn take(&mut self, out: &mut Vec<Value>) {
        out.extend(self.drain(..).flat_map(|(key, value)| [key, value]));
    }
}

impl Children for Vec<(Rc<str>, Value)> {
    fn take(&mut self, out: &mut Vec<Value>) {
        out.extend(self.drain(..).map(|(_, value)| value));
    }
}

impl Children for Object {
    fn take(&mut self, out: &mut Vec<Value>) {
        self.members.take(out);
    }
}

impl Children for Fault {
    fn take(&mut self, out: &mut Vec<Value>) {
        out.extend(self.cause.take());
        out.extend(self.errors.take());
    }
}

impl Children for Settled {
    fn take(&mut self, out: &mut Vec<Value>) {
        if let Poll::Ready(Ok(value)) = std::mem::replace(&mut self.0, Poll::Pending) {
            out.push(value);
        }
    }
}

/// An array index as JavaScript writes it: decimal, no leading zeros.
pub(super) fn index(key: &str) -> Option<usize> {
    let canonical = key == "0" || (!key.starts_with('0') && !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit()));
    if canonical { key.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_in_javascript_order() {
        let Some(Value::Object(object)) = Value::from_json(r#"{"b":1,"10":2,"2":3,"a":4,"01":5,"b":6,"4294967295":7}"#) else { panic!() };
        let object = object.borrow();
        let keys: Vec<_> = object.iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["2", "10", "b", "a", "01", "4294967295"]);
        assert!(matches!(object.get("b"), Some(Value::Number(6.0))));
    }

    #[test]
    fn many_members_are_found() {
        let text: Vec<String> = (0..100).map(|n| format!("\"k{n}\":{n}")).collect();
        let Some(Value::Object(object)) = Value::from_json(&format!("{{{}}}", text.join(","))) else { panic!() };
        assert!(matches!(object.borrow().get("k77"), Some(Value::Number(77.0))));
        assert_eq!(object.borrow().len(), 100);
    }

    #[test]
    fn deep_values_are_freed_without_recursion() {
        let mut value = Value::Null;
        for _ in 0..1_000_000 {
            value = Value::array([value]);
        }
        drop(value);
    }
}
