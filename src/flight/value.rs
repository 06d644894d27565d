//! Holds JavaScript's values without JavaScript.
//!
//! Must free values of any depth without recursion. Knows no wire format.

use std::cell::{Ref, RefCell, RefMut};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::task::Poll;

use super::json::{self, Token, Tokens};
use super::special_values::{Blob, Bytes, Client, Flowing, Lazy, Server};
use super::{Foreign, Rejection};

/// A JavaScript value without JavaScript.
///
/// A clone of a container is the same container: what the stream has once, the value has once, circles included. A
/// circle is freed only if the program breaks it.
///
/// ```
/// use actionlane::flight::Value;
///
/// let list = Value::array([Value::string("book")]);
/// let cart = Value::object([("items", list.clone()), ("again", list.clone())]);
/// let Value::Object(cart) = &cart else { panic!() };
/// assert_eq!(cart.borrow().get("again").unwrap().identity(), list.identity());
///
/// assert!(matches!(Value::from_json("1.5"), Some(Value::Number(1.5))));
/// assert!(Value::from_json("{oops").is_none());
/// ```
#[derive(Clone, Debug)]
pub enum Value {
    /// `undefined`.
    Undefined,
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number; may be NaN, an infinity or `-0`.
    Number(f64),
    /// A string. Lone surrogates have become U+FFFD.
    String(Rc<str>),
    /// A bigint: decimal digits, possibly after a `-`.
    BigInt(Rc<str>),
    /// A registered symbol (`Symbol.for`), by its name.
    Symbol(Rc<str>),
    /// A date, in milliseconds since 1970; NaN is the invalid date.
    Date(f64),
    /// An array.
    Array(Shared<Vec<Value>>),
    /// An object. A React element is one too, with the members `$$typeof`, `type`, `key`, `ref` and `props`.
    Object(Shared<Object>),
    /// A Map: its entries, in order.
    Map(Shared<Vec<(Value, Value)>>),
    /// A Set: its values, in order.
    Set(Shared<Vec<Value>>),
    /// A FormData: names and values, in order. Names may repeat.
    FormData(Shared<Vec<(Rc<str>, Value)>>),
    /// An `Error` that was sent as a value.
    Error(Shared<ErrorValue>),
    /// A promise.
    Promise(Shared<PromiseState>),
    /// An ArrayBuffer or a view of one.
    Bytes(Rc<Bytes>),
    /// A Blob or File.
    Blob(Rc<Blob>),
    /// An export of a client module, described by the server.
    Client(Shared<Client>),
    /// A function of the server.
    Server(Shared<Server>),
    /// An iterator over these values.
    Iterator(Shared<Vec<Value>>),
    /// A value that React loads when it renders the place.
    Lazy(Shared<Lazy>),
    /// A stream or async iterable.
    Flow(Shared<Flowing>),
    /// A value of JavaScript.
    Foreign(Foreign),
}

/// The members of an object.
///
/// A decoded object has JavaScript's order: keys that are array indices first, ascending, then the others as they
/// came. [`set`](Self::set) does not keep that order.
///
/// ```
/// use actionlane::flight::{Object, Value};
///
/// let mut object = Object::default();
/// assert!(object.is_empty());
/// object.set("a", Value::Null);
/// object.set("b", Value::Null);
/// object.set("a", Value::Bool(true));
/// assert_eq!(object.iter().map(|(key, _)| key).collect::<Vec<_>>(), ["a", "b"]);
/// assert!(matches!(object.get("a"), Some(Value::Bool(true))));
/// assert_eq!(object.len(), 2);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Object {
    members: Vec<(Rc<str>, Value)>,
    /// Index of each key, once the object has more than `FEW` members.
    index: BTreeMap<Rc<str>, usize>,
}

/// An `Error` that was sent as a value. Servers in production send none of its parts.
///
/// ```
/// use actionlane::flight::{Decoder, Native, Value};
/// use std::task::Poll;
///
/// let mut decoder = Decoder::new(Native::default());
/// decoder.push(b"0:\"$Z1\"\n1:{\"name\":\"RangeError\",\"message\":\"too many\"}\n")?;
/// let Poll::Ready(Ok(Value::Error(error))) = decoder.value() else { panic!() };
/// assert_eq!(error.borrow().message.as_deref(), Some("too many"));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ErrorValue {
    /// The error's name.
    pub name: Option<Rc<str>>,
    /// The error's message.
    pub message: Option<Rc<str>>,
    /// The environment in which it was made.
    pub environment: Option<Rc<str>>,
    /// The error's cause.
    pub cause: Option<Value>,
    /// The errors of an AggregateError.
    pub errors: Option<Value>,
}

/// State of a promise.
///
/// ```
/// use actionlane::flight::{Decoder, Native, Value};
/// use std::task::Poll;
///
/// let mut decoder = Decoder::new(Native::default());
/// decoder.push(b"0:{\"user\":\"$@1\"}\n")?;
/// let Poll::Ready(Ok(Value::Object(page))) = decoder.value() else { panic!() };
/// let Some(Value::Promise(user)) = page.borrow().get("user") else { panic!() };
/// assert!(user.borrow().0.is_pending());
/// decoder.push(b"1:\"Ada\"\n")?;
/// assert!(matches!(&user.borrow().0, Poll::Ready(Ok(Value::String(name))) if **name == *"Ada"));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PromiseState(pub Poll<Result<Value, Rejection>>);

/// A container that several places may hold.
///
/// ```
/// use actionlane::flight::{Shared, Value};
///
/// let list = Shared::new(vec![Value::Null]);
/// let same = list.clone();
/// list.borrow_mut().push(Value::Array(same.clone()));
/// assert_eq!(same.borrow().len(), 2, "the list now holds itself");
/// list.borrow_mut().clear(); // breaks the circle, which would not be freed
/// ```
pub struct Shared<T: Children>(Rc<RefCell<T>>);

/// Members up to which an object searches its keys one by one.
const FEW: usize = 8;

impl Value {
    /// Makes a string.
    pub fn string(text: &str) -> Self {
        Self::String(text.into())
    }

    /// Makes an array.
    pub fn array(items: impl IntoIterator<Item = Value>) -> Self {
        Self::Array(Shared::new(items.into_iter().collect()))
    }

    /// Makes an object, whose members keep this order.
    pub fn object<'k>(members: impl IntoIterator<Item = (&'k str, Value)>) -> Self {
        let mut object = Object::default();
        for (key, value) in members {
            object.set(key, value);
        }
        Self::Object(Shared::new(object))
    }

    /// Returns a number that tells containers apart. Clones of a container have the same; a value that is no container
    /// has 0.
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
            Self::Foreign(foreign) => foreign.0.identity(),
            _ => 0,
        }
    }

    /// Reads a JSON text; returns `None` if it is not JSON.
    pub fn from_json(text: &str) -> Option<Self> {
        Self::read_json(text, Some)
    }

    /// Reads a JSON text, and replaces each array by what `array` returns.
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
    /// Returns the value of an own key.
    pub fn get(&self, key: &str) -> Option<Value> {
        self.position(key).map(|at| self.members[at].1.clone())
    }

    /// Sets a key: in its place if the object has it, else at the end.
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

    /// Returns the members, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.members.iter().map(|(key, value)| (&**key, value))
    }

    /// Returns the number of members.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// True if there are no members.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Returns the members, in order, with keys that can be cloned cheaply.
    pub(super) fn members(&self) -> &[(Rc<str>, Value)] {
        &self.members
    }

    fn position(&self, key: &str) -> Option<usize> {
        if self.index.is_empty() { self.members.iter().position(|(name, _)| &**name == key) } else { self.index.get(key).copied() }
    }

    /// Puts keys that are array indices first, ascending.
    pub(super) fn sort(&mut self) {
        let array_index = |key: &str| (parse_index(key)? < u32::MAX as usize).then(|| parse_index(key))?;
        if self.members.iter().any(|(key, _)| array_index(key).is_some()) {
            self.members.sort_by_key(|(key, _)| array_index(key).unwrap_or(usize::MAX));
            if !self.index.is_empty() {
                self.index = self.members.iter().enumerate().map(|(at, (key, _))| (key.clone(), at)).collect();
            }
        }
    }
}

impl<T: Children> Shared<T> {
    /// Makes a container.
    pub fn new(content: T) -> Self {
        Self(Rc::new(RefCell::new(content)))
    }

    /// Borrows the content. Panics while it is borrowed mutably.
    pub fn borrow(&self) -> Ref<'_, T> {
        self.0.borrow()
    }

    /// Borrows the content to change it. Panics while it is borrowed.
    pub fn borrow_mut(&self) -> RefMut<'_, T> {
        self.0.borrow_mut()
    }

    fn address(&self) -> usize {
        Rc::as_ptr(&self.0).cast::<u8>() as usize
    }

    /// Moves the content's values to `out` if this is the only clone.
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

/// Frees everything that only this clone holds, without recursion.
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

/// Contents of a [`Shared`] container, which can give their values away to be freed one by one.
///
/// ```
/// use actionlane::flight::{Children, Value};
///
/// let (mut list, mut out) = (vec![Value::Null, Value::Undefined], Vec::new());
/// list.take(&mut out);
/// assert_eq!((list.len(), out.len()), (0, 2));
/// ```
pub trait Children {
    /// Moves the values to `out`.
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

impl Children for ErrorValue {
    fn take(&mut self, out: &mut Vec<Value>) {
        out.extend(self.cause.take());
        out.extend(self.errors.take());
    }
}

impl Children for PromiseState {
    fn take(&mut self, out: &mut Vec<Value>) {
        if let Poll::Ready(Ok(value)) = std::mem::replace(&mut self.0, Poll::Pending) {
            out.push(value);
        }
    }
}

/// Reads an array index as JavaScript writes it: decimal, without leading zeros.
pub(super) fn parse_index(key: &str) -> Option<usize> {
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
    fn a_member_among_many_is_found() {
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
