//! Reads one model row: JSON in which strings that begin with `$` stand for values that JSON does not have.
//!
//! Makes no values and looks at no other row: it returns plain JSON, and a list of values to put into it.
//!
//! ```text
//! "$$…"            the string without its first "$"
//! "$<h>:k1:k2"     the value of row h, or what is found in it by own keys
//! "$@<h>"          a promise of row h
//! "$L<h>"          a lazy value: row h, once React renders it
//! "$h<h>"          a function of the server; row h has its id and the arguments bound to it
//! "$Q<h>" "$W<h>" "$K<h>" "$i<h>" "$B<h>"   Map, Set, FormData, iterator, Blob made from the array in row h
//! "$T<path>"       the caller's own argument at that path
//! "$Z" "$Z<h>"     an Error; row h (development only) has its name and message
//! "$undefined" "$NaN" "$Infinity" "$-Infinity" "$-0"
//! "$D<iso>" "$n<digits>" "$S<name>"   Date, bigint, Symbol.for(name)
//! "$w…" "$H…"      experiments, undefined as in React's stable clients
//! "$E…" "$P…" "$Y…"   for development, undefined: nothing is ever evaluated
//! ["$",type,key,props,…]   a React element; what follows in development is skipped unread
//! ```

mod path;
mod reader;
mod special;

use std::borrow::Cow;

pub(super) use self::path::Path;
use self::reader::Reader;
use super::json::Fault;
use super::scan::Plain;
use super::{Limits, scan};
use crate::{Error, Kind};

/// Place of a value in its container, while elements are still arrays. See [`Tree`] for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot<'t> {
    /// An element of an array.
    Index(usize),
    /// A member of an object.
    Name(Cow<'t, str>),
}

/// A value that needs no other row.
///
/// ```
/// use actionlane::flight::{Build, Native, Scalar, Value};
///
/// let mut native = Native::default();
/// assert!(matches!(native.scalar(&Scalar::Date(f64::NAN)), Some(Value::Date(ms)) if ms.is_nan()));
/// assert!(matches!(native.scalar(&Scalar::BigInt("007".into())), Some(Value::BigInt(digits)) if *digits == *"7"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar<'t> {
    /// `undefined`, in an array or as the whole row. In an object, the key is removed from the text instead.
    Undefined,
    /// JavaScript's `null`.
    Null,
    /// `NaN`, an infinity or `-0`: the numbers that JSON does not have.
    Number(f64),
    /// A date, in milliseconds since 1970; NaN is JavaScript's invalid date.
    Date(f64),
    /// A bigint: decimal digits, possibly after a `-`.
    BigInt(Cow<'t, str>),
    /// `Symbol.for` of this name.
    Symbol(Cow<'t, str>),
    /// An `Error` without any data, as servers in production send it.
    Error,
}

/// Values that are made from another row.
///
/// ```
/// use actionlane::flight::{Build, Made, Native, Value};
///
/// let row = Value::from_json(r#"[1,2,1]"#).unwrap();
/// let Some(Value::Set(set)) = Native::default().make_from(Made::Set, &row) else { panic!() };
/// assert_eq!(set.borrow().len(), 2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Made {
    /// A Map, from an array of entries.
    Map,
    /// A Set, from an array of values.
    Set,
    /// A FormData, from an array of entries.
    Form,
    /// An Error, from an object with `name` and `message`.
    Error,
    /// A client module's description, from the array of an `I` row.
    Client,
    /// A function of the server, from an object with `id` and `bound`.
    Server,
    /// An iterator, from an array of values.
    Iterator,
    /// A Blob, from an array of its type and its bytes.
    Blob,
}

impl Made {
    /// Returns the value's name in messages, with its article.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Map => "a Map",
            Self::Set => "a Set",
            Self::Form => "a FormData",
            Self::Error => "an Error",
            Self::Client => "a client module",
            Self::Server => "a function of the server",
            Self::Iterator => "an iterator",
            Self::Blob => "a Blob",
        }
    }
}

/// A reference to another row, or to a value in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) id: u32,
    pub(super) path: Path,
    /// The value to make from the row; `None`: the row's value itself.
    pub(super) made: Option<Made>,
}

impl Target {
    /// Refers to the value of a whole row.
    pub(super) fn row(id: u32) -> Self {
        Self { id, path: Path::default(), made: None }
    }

    /// Returns this reference, extended by the path `rest`.
    pub(super) fn then(&self, rest: &Path) -> Self {
        Self { id: self.id, path: self.path.then(rest), made: self.made }
    }
}

/// A value that a string beginning with `$` stands for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Special<'t> {
    Scalar(Scalar<'t>),
    Link(Target),
    Promise(u32),
    Lazy(u32),
    /// Path of an argument, as the server writes it: `0:0`.
    Temporary(Cow<'t, str>),
}

/// A container that an edit or a reference names, or one around it. Number 0 is the root; parents come before
/// children. See [`Tree`] for an example.
#[derive(Clone, Debug, PartialEq)]
pub struct Node<'t> {
    /// Number of the container around it; its own for the root.
    pub parent: usize,
    /// Place in that container, in the JSON text.
    pub spot: Spot<'t>,
    /// Number of the innermost element that it is, or is in.
    pub(super) element: Option<usize>,
}

/// A change to the value of a model's text. An edit inside an element comes before that element. See [`Tree`] for an
/// example.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit<'t> {
    /// Puts a value into a container.
    Put {
        /// Number of the container.
        holder: usize,
        /// Place in that container, in the JSON text.
        spot: Spot<'t>,
        /// The value to put.
        scalar: Scalar<'t>,
    },
    /// Replaces a container, a tuple `["$",type,key,props,…]`, by the React element it stands for.
    Element {
        /// Number of the container.
        node: usize,
    },
}

/// A model as JSON text, and the edits that complete its value.
///
/// A builder makes the value of the text, then applies the edits in order. This builder lists what it receives, and
/// leaves the rest to [`Native`](super::Native):
///
/// ```
/// # use actionlane::flight::{Binary, Decoder, Flow, Flowing, Made, Native, PromiseState, Ready, Rejection};
/// # use actionlane::flight::{Scalar, Shared};
/// use std::cell::RefCell;
/// use std::rc::Rc;
/// use actionlane::flight::{Build, Edit, Key, Node, Spot, Tree, Value};
///
/// struct Lister(Native, Rc<RefCell<Vec<String>>>);
///
/// impl Build for Lister {
/// #   type Value = Value;
/// #   type Holders = Rc<[Value]>;
/// #   type Promise = Shared<PromiseState>;
/// #   type Lazy = Shared<PromiseState>;
/// #   type Flow = Shared<Flowing>;
///     fn tree(
///         &mut self,
///         tree: &Tree<'_>,
///         ready: &[Ready<'_, Value>],
///         keep: bool,
///     ) -> Option<(Value, Option<Self::Holders>)> {
///         let mut list = self.1.borrow_mut();
///         list.push(tree.text.to_string());
///         list.extend(tree.nodes.iter().map(|Node { parent, spot, .. }| format!("{spot:?} of {parent}")));
///         list.extend(tree.edits.iter().map(|edit| match edit {
///             Edit::Put { holder, spot: Spot::Name(name), scalar } => format!("{holder}.{name} = {scalar:?}"),
///             Edit::Put { holder, spot: Spot::Index(index), scalar } => format!("{holder}[{index}] = {scalar:?}"),
///             Edit::Element { node } => format!("{node} is an element"),
///         }));
///         self.0.tree(tree, ready, keep)
///     }
///     // …
/// #   fn holder(&mut self, holders: &Rc<[Value]>, holder: usize) -> Option<Value> { self.0.holder(holders, holder) }
/// #   fn put(&mut self, holders: &Rc<[Value]>, holder: usize, key: Key<'_>, value: &Value) -> bool {
/// #       self.0.put(holders, holder, key, value)
/// #   }
/// #   fn string(&mut self, text: &str) -> Value { self.0.string(text) }
/// #   fn scalar(&mut self, scalar: &Scalar<'_>) -> Option<Value> { self.0.scalar(scalar) }
/// #   fn binary(&mut self, kind: Binary, bytes: &[u8]) -> Option<Value> { self.0.binary(kind, bytes) }
/// #   fn walk(&mut self, from: &Value, path: &str) -> Option<Value> { self.0.walk(from, path) }
/// #   fn make_empty(&mut self, kind: Made) -> Option<Value> { self.0.make_empty(kind) }
/// #   fn fill(&mut self, kind: Made, made: &Value, from: &Value) -> bool { self.0.fill(kind, made, from) }
/// #   fn iterator(&mut self, array: &Value) -> Option<Value> { self.0.iterator(array) }
/// #   fn blob(&mut self, kind: &Value, parts: &[Value]) -> Option<Value> { self.0.blob(kind, parts) }
/// #   fn server(&mut self, id: &Value, bound: &Value) -> Option<Value> { self.0.server(id, bound) }
/// #   fn length(&mut self, array: &Value) -> Option<usize> { self.0.length(array) }
/// #   fn promise(&mut self) -> Option<(Value, Self::Promise)> { self.0.promise() }
/// #   fn settle(&mut self, promise: Self::Promise, outcome: Result<Value, Rejection>) {
/// #       self.0.settle(promise, outcome)
/// #   }
/// #   fn lazy(&mut self) -> Option<Self::Lazy> { self.0.lazy() }
/// #   fn lazy_value(&mut self, lazy: &Self::Lazy) -> Option<Value> { self.0.lazy_value(lazy) }
/// #   fn settle_lazy(&mut self, lazy: &Self::Lazy, outcome: Result<Value, Rejection>) {
/// #       self.0.settle_lazy(lazy, outcome)
/// #   }
/// #   fn flow(&mut self, kind: Flow) -> Option<(Value, Self::Flow)> { self.0.flow(kind) }
/// #   fn push(&mut self, flow: &Self::Flow, value: Value, size: usize) -> bool { self.0.push(flow, value, size) }
/// #   fn push_failure(&mut self, flow: &Self::Flow, rejection: Rejection, size: usize) -> bool {
/// #       self.0.push_failure(flow, rejection, size)
/// #   }
/// #   fn finish(&mut self, flow: &Self::Flow, outcome: Result<Value, Rejection>) { self.0.finish(flow, outcome) }
/// #   fn is_cancelled(&self, flow: &Self::Flow) -> bool { self.0.is_cancelled(flow) }
/// #   fn unread(&self) -> usize { self.0.unread() }
/// #   fn temporary(&mut self, path: &str) -> Option<Value> { self.0.temporary(path) }
/// }
///
/// let list = Rc::new(RefCell::new(Vec::new()));
/// let mut decoder = Decoder::new(Lister(Native::default(), list.clone()));
/// decoder.push(b"0:{\"at\":\"$D1970-01-01T00:00:00.000Z\",\"list\":[[\"$undefined\",\"$$5\"]]}\n")?;
/// assert_eq!(*list.borrow(), [
///     r#"{"at":null,"list":[[null,"$5"]]}"#,
///     "Index(0) of 0",
///     r#"Name("list") of 0"#,
///     "Index(0) of 1",
///     "0.at = Date(0.0)",
///     "2[0] = Undefined",
/// ]);
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Tree<'t> {
    /// JSON with `null` for each special value. Strings have lost their extra `$`; absent members and `__proto__` keys
    /// are removed.
    pub text: Cow<'t, str>,
    /// The containers that edits and references name.
    pub nodes: Vec<Node<'t>>,
    /// The changes to the text's value, in order.
    pub edits: Vec<Edit<'t>>,
    /// True if each array that begins with `"$"` is the tuple of an element, and nothing else must be changed. Then
    /// `nodes` and `edits` are empty.
    pub elements: bool,
}

/// A special value that refers to another row or an argument, and its place in container number `holder`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placed<'t> {
    pub(super) holder: usize,
    pub(super) spot: Spot<'t>,
    pub(super) special: Special<'t>,
}

/// A model row, read: plain JSON, and the values to put into it.
#[derive(Debug, PartialEq)]
pub(super) enum Model<'t> {
    /// The whole row is one special value.
    Special(Special<'t>),
    Tree(Tree<'t>, Vec<Placed<'t>>),
}

impl<'t> Model<'t> {
    /// Reads the model in `text`. `row` is only for messages.
    pub(super) fn read(row: u32, text: &'t str, limits: &Limits) -> Result<Self, Error> {
        match scan::plain(text.as_bytes(), limits.depth.min(SHALLOW)) {
            Some(plain) => Ok(Self::Tree(Tree::plain(text, plain), Vec::new())),
            None => Reader::new(row, text, limits).read(),
        }
    }

    /// Reads a model that refers to no other row and no argument, and whose brackets are surely balanced; returns
    /// `None` for any other. With `quick`, also returns `None` if the text would have to be read token by token.
    pub(super) fn read_independent(row: u32, text: &'t str, quick: bool, limits: &Limits) -> Option<Tree<'t>> {
        match scan::plain(text.as_bytes(), limits.depth.min(SHALLOW)) {
            Some(Plain::Other) => None,
            Some(plain) => Some(Tree::plain(text, plain)),
            None if quick => None,
            None => match Reader::new(row, text, limits).read() {
                Ok(Self::Tree(tree, placed)) if placed.is_empty() => Some(tree),
                _ => None,
            },
        }
    }
}

/// Deepest text that is passed to the builder unread, because builders find elements by recursion. Deeper texts are
/// read here, without recursion.
const SHALLOW: usize = 1000;

impl<'t> Tree<'t> {
    fn plain(text: &'t str, plain: Plain) -> Self {
        Self { text: Cow::Borrowed(text), nodes: Vec::new(), edits: Vec::new(), elements: plain == Plain::Elements }
    }
}

pub(super) fn broken(row: u32, fault: Fault, limits: &Limits) -> Error {
    let message = match fault {
        Fault::Syntax(at) => format!("row {row:x}: not JSON at byte {at}"),
        Fault::TooDeep => format!("row {row:x}: more than {} containers inside each other", limits.depth),
    };
    Error::new(Kind::Decode, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Model<'_>, Error> {
        Model::read(4, text, &Limits::DEFAULT)
    }

    fn text(source: &str) -> String {
        match read(source).expect("a model") {
            Model::Tree(tree, _) => tree.text.into_owned(),
            Model::Special(special) => panic!("{special:?}"),
        }
    }

    fn message(text: &str) -> String {
        read(text).expect_err("an error").message().to_owned()
    }

    #[test]
    fn plain_text_is_not_touched() {
        for source in [r#"{"a":[1,"x$y","\u001f\ud800"],"_proto_":null}"#, "\"\"", "1e21", "[]", "{oops"] {
            assert!(
                matches!(read(source), Ok(Model::Tree(Tree { text: Cow::Borrowed(text), ref nodes, .. }, _)) if text == source && nodes.is_empty()),
                "{source}"
            );
        }
    }

    #[test]
    fn escapes_and_keys_are_edited_in_the_text() {
        assert_eq!(text(r#"["$$","$$x","\u0024$x","\u0024\u0024","a$"]"#), r#"["$","$x","$x","\u0024","a$"]"#);
        assert_eq!(text(r#"{"$":3,"b":"$$"}"#), r#"{"$":3,"b":"$"}"#);
        assert_eq!(text(r#"{"a":"$undefined","b":1}"#), r#"{"b":1}"#);
        assert_eq!(text(r#"{"b":1,"a":"$undefined"}"#), r#"{"b":1}"#);
        assert_eq!(text(r#"{"a":"$u","c":"$u" , "b":1,"d":"$u","e":2,"f":"$u"}"#), r#"{ "b":1,"e":2}"#);
        assert_eq!(text(r#"{"a":"$u","b":"$u"}"#), "{}");
        assert_eq!(text(r#"{"a,":[1,2],"__proto__":{"x":"$1","y":{"__proto__":"$u"}},"b":1}"#), r#"{"a,":[1,2],"b":1}"#);
        assert_eq!(text(r#"{"__pr\u006fto__":{"x":1},"b":{"__proto__":1}}"#), r#"{"b":{}}"#);
        assert_eq!(text(r#"["$u",{"a":"$u"},"$NaN"]"#), r#"[null,{},null]"#);
    }

    #[test]
    fn special_values_know_their_places() {
        let Ok(Model::Tree(Tree { nodes, text, .. }, placed)) = read(r#"{"a":[{},{"b":"$1:x:0"}],"c":"$@1f"}"#) else { panic!() };
        assert_eq!(text, r#"{"a":[{},{"b":null}],"c":null}"#);
        let name = |text| Spot::Name(Cow::Borrowed(text));
        assert_eq!(
            nodes,
            [(0, Spot::Index(0)), (0, name("a")), (1, Spot::Index(1))].map(|(parent, spot)| Node { parent, spot, element: None })
        );
        let link = Special::Link(Target { id: 1, path: Path::new(":x:0"), made: None });
        assert_eq!(
            placed,
            [Placed { holder: 2, spot: name("b"), special: link }, Placed { holder: 0, spot: name("c"), special: Special::Promise(0x1f) }]
        );
    }

    #[test]
    fn every_special_value_is_read() {
        let scalar = |scalar| Special::Scalar(scalar);
        let made = |kind, id| Special::Link(Target { id, path: Path::default(), made: kind });
        for (text, expected) in [
            (r#""$undefined""#, scalar(Scalar::Undefined)),
            (r#" "$Infinity" "#, scalar(Scalar::Number(f64::INFINITY))),
            (r#""$-Infinity""#, scalar(Scalar::Number(f64::NEG_INFINITY))),
            (r#""$D1970-01-01T00:00:00.001Z""#, scalar(Scalar::Date(1.0))),
            (r#""$n-12""#, scalar(Scalar::BigInt("-12".into()))),
            (r#""$n""#, scalar(Scalar::BigInt("0".into()))),
            (r#""$Sa.b""#, scalar(Scalar::Symbol("a.b".into()))),
            (r#""$Z""#, scalar(Scalar::Error)),
            (r#""$""#, scalar(Scalar::Symbol("react.transitional.element".into()))),
            (r#""$01""#, made(None, 1)),
            (r#""$Qa""#, made(Some(Made::Map), 10)),
            (r#""$W1""#, made(Some(Made::Set), 1)),
            (r#""$K1""#, made(Some(Made::Form), 1)),
            (r#""$Z1""#, made(Some(Made::Error), 1)),
            (r#""$T0:0""#, Special::Temporary("0:0".into())),
            (r#""\u0024@1""#, Special::Promise(1)),
            (r#""$L1f""#, Special::Lazy(0x1f)),
            (r#""$h1""#, made(Some(Made::Server), 1)),
            (r#""$i1""#, made(Some(Made::Iterator), 1)),
            (r#""$B1""#, made(Some(Made::Blob), 1)),
            (r#""$w1""#, scalar(Scalar::Undefined)),
            (r#""$E(function(){})""#, scalar(Scalar::Undefined)),
        ] {
            assert_eq!(read(text), Ok(Model::Special(expected)), "{text}");
        }
        let Ok(Model::Special(Special::Scalar(Scalar::Number(zero)))) = read(r#""$-0""#) else { panic!() };
        assert!(zero == 0.0 && zero.is_sign_negative());
        let Ok(Model::Special(Special::Scalar(Scalar::Number(nan)))) = read(r#""$NaN""#) else { panic!() };
        assert!(nan.is_nan());
    }

    #[test]
    fn elements_are_edits_after_those_inside_them() {
        let source = r#"{"e":["$","a","k",{"x":"$1","y":["$","b",null,{}]},"$7",[["f","$8"]],1]}"#;
        let Ok(Model::Tree(tree, placed)) = read(source) else { panic!() };
        assert_eq!(tree.text, r#"{"e":[null,"a","k",{"x":null,"y":[null,"b",null,{}]},"$7",[["f","$8"]],1]}"#);
        assert_eq!(placed.len(), 1, "the parts for development are skipped");
        assert_eq!(tree.nodes[placed[0].holder].element, Some(1));
        assert_eq!(tree.edits, [Edit::Element { node: 3 }, Edit::Element { node: 1 }]);
        assert_eq!(tree.nodes[3].element, Some(3));
    }

    #[test]
    fn elements_alone_are_left_to_the_builder() {
        let source = r#"{"e":["$","a","k",{"y":["$","b",null,{}]}]}"#;
        let Ok(Model::Tree(tree, placed)) = read(source) else { panic!() };
        assert_eq!((tree.text, tree.nodes.len(), tree.edits.len(), tree.elements, placed.len()), (source.into(), 0, 0, true, 0));
        let deep = format!("{}{source}{}", "[".repeat(SHALLOW), "]".repeat(SHALLOW));
        assert!(matches!(read(&deep), Ok(Model::Tree(Tree { elements: false, nodes, .. }, _)) if nodes.len() == SHALLOW + 4));
    }

    #[test]
    fn an_unsupported_value_is_named_with_its_place() {
        assert_eq!(message(r#"{"a":[1,{"b":"$Lx"}]}"#), "row 4: unsupported value $L at .a[1].b");
        assert_eq!(message(r#"["$z1"]"#), "row 4: unsupported value $z at [0]");
        assert_eq!(message(r#"["$1x"]"#), "row 4: unsupported value reference at [0]");
        assert_eq!(message(r#"["$nxyz"]"#), "row 4: not a bigint at [0]");
        assert_eq!(message(&format!("[\"$n{}\"]", "1".repeat(1_000_001))), "row 4: a bigint of more than 1000000 digits at [0]");
        assert_eq!(message(r#"["$1""#), "row 4: not JSON at byte 5");
        assert_eq!(message(&"[".repeat(100_000)), "row 4: more than 20000 containers inside each other");
        let deep = format!("{}\"$n1x\"{}", "[".repeat(2000), "]".repeat(2000));
        assert_eq!(message(&deep), format!("row 4: not a bigint at {}…", "[0]".repeat(16)), "a message has a bounded length");
    }
}
