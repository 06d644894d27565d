//! One model row: JSON in which strings that begin with `$` stand for what JSON has no word for.
//!
//! ```text
//! "$$…"            the string without its first "$"
//! "$<h>:k1:k2"     the value of row h, or what is found in it by own keys
//! "$@<h>"          a promise of row h
//! "$L<h>"          a lazy value: row h, once somebody looks at it
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

use std::borrow::Cow;

pub(super) use self::path::Path;
use self::reader::Reader;
use super::json::Fault;
use super::scan::Plain;
use super::{Limits, scan};
use crate::{Error, Kind};

/// Where a value stands in its container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot<'t> {
    /// An element of an array.
    Index(usize),
    /// A member of an object.
    Name(Cow<'t, str>),
}

/// A value that needs no other row.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar<'t> {
    /// `undefined`; in an object the key is left out instead.
    Undefined,
    /// JavaScript's `null`.
    Null,
    /// `NaN`, the infinities and `-0`: the numbers JSON cannot say.
    Number(f64),
    /// A date, in milliseconds since 1970; NaN is JavaScript's invalid date.
    Date(f64),
    /// A bigint: decimal digits, perhaps after a `-`.
    BigInt(Cow<'t, str>),
    /// `Symbol.for` of this name.
    Symbol(Cow<'t, str>),
    /// An `Error` nothing is known of, as servers in production send them.
    Error,
}

/// What is made from the row a reference names.
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
    /// With its article, for messages.
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

/// A reference to another row, or into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) id: u32,
    pub(super) path: Path,
    /// `None`: the row's value itself.
    pub(super) made: Option<Made>,
}

impl Target {
    /// A whole row.
    pub(super) fn row(id: u32) -> Self {
        Self { id, path: Path::default(), made: None }
    }

    /// This reference, and from there on along `rest`.
    pub(super) fn then(&self, rest: &Path) -> Self {
        Self { id: self.id, path: self.path.then(rest), made: self.made }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Special<'t> {
    Scalar(Scalar<'t>),
    Link(Target),
    Promise(u32),
    Lazy(u32),
    /// Path of an argument, as the server writes it: `0:0`.
    Temporary(Cow<'t, str>),
}

/// A container on the way to a special value. Number 0 is the root; parents come before children.
#[derive(Clone, Debug, PartialEq)]
pub struct Node<'t> {
    /// Number of the container around it; its own for the root.
    pub parent: usize,
    /// Where it stands there, in the JSON text.
    pub spot: Spot<'t>,
    /// The number of the innermost element it is in or is, if any.
    pub(super) element: Option<usize>,
}

/// What is to be done with a container of a model. In this order: what is in an element comes before the element.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit<'t> {
    /// Puts a value into container number `holder`.
    Put { holder: usize, spot: Spot<'t>, scalar: Scalar<'t> },
    /// Makes container `node`, a tuple `["$",type,key,props,…]`, into a React element, which takes its place.
    Element { node: usize },
}

/// A model as JSON text, and what to do with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree<'t> {
    /// JSON with `null` where a special value goes; escapes, absent and forbidden keys are dealt with.
    pub text: Cow<'t, str>,
    /// The containers that the edits and the references name.
    pub nodes: Vec<Node<'t>>,
    pub edits: Vec<Edit<'t>>,
    /// Each array that begins with `"$"` is the tuple of an element, and nothing else is to be done: there are neither nodes nor edits.
    pub elements: bool,
}

/// A special value inside container number `holder` that is put in later.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placed<'t> {
    pub(super) holder: usize,
    pub(super) spot: Spot<'t>,
    pub(super) special: Special<'t>,
}

/// A model row, read: plain JSON, and what to put where in it.
#[derive(Debug, PartialEq)]
pub(super) enum Model<'t> {
    /// The row is one special value.
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

    /// The model in `text` if it is a container, surely of balanced brackets, that needs no other row and nothing of the builder. `quick`: if that
    /// is seen without reading it.
    pub(super) fn read_alone(row: u32, text: &'t str, quick: bool, limits: &Limits) -> Option<Tree<'t>> {
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

/// So deep a text may be that is left to the builder as it is: builders find elements by recursion. Deeper ones are read here, without.
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
    fn every_special_value() {
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
    fn elements() {
        let source = r#"{"e":["$","a","k",{"x":"$1","y":["$","b",null,{}]},"$7",[["f","$8"]],1]}"#;
        let Ok(Model::Tree(tree, placed)) = read(source) else { panic!() };
        assert_eq!(tree.text, r#"{"e":[null,"a","k",{"x":null,"y":[null,"b",null,{}]},"$7",[["f","$8"]],1]}"#);
        assert_eq!(placed.len(), 1, "what is for development is not looked at");
        assert_eq!(tree.nodes[placed[0].holder].element, Some(1));
        assert_eq!(tree.edits, [Edit::Element { node: 3 }, Edit::Element { node: 1 }]);
        assert_eq!(tree.nodes[3].element, Some(3));
    }

    #[test]
    fn where_nothing_else_is_special_elements_are_for_the_builder_to_find() {
        let source = r#"{"e":["$","a","k",{"y":["$","b",null,{}]}]}"#;
        let Ok(Model::Tree(tree, placed)) = read(source) else { panic!() };
        assert_eq!((tree.text, tree.nodes.len(), tree.edits.len(), tree.elements, placed.len()), (source.into(), 0, 0, true, 0));
        let deep = format!("{}{source}{}", "[".repeat(SHALLOW), "]".repeat(SHALLOW));
        assert!(matches!(read(&deep), Ok(Model::Tree(Tree { elements: false, nodes, .. }, _)) if nodes.len() == SHALLOW + 4));
    }

    #[test]
    fn what_is_not_supported_says_where() {
        assert_eq!(message(r#"{"a":[1,{"b":"$Lx"}]}"#), "row 4: unsupported value $L at .a[1].b");
        assert_eq!(message(r#"["$z1"]"#), "row 4: unsupported value $z at [0]");
        assert_eq!(message(r#"["$1x"]"#), "row 4: unsupported value reference at [0]");
        assert_eq!(message(r#"["$nxyz"]"#), "row 4: not a bigint at [0]");
        assert_eq!(message(&format!("[\"$n{}\"]", "1".repeat(1_000_001))), "row 4: a bigint of more than 1000000 digits at [0]");
        assert_eq!(message(r#"["$1""#), "row 4: not JSON at byte 5");
        assert_eq!(message(&"[".repeat(100_000)), "row 4: more than 20000 containers inside each other");
        let deep = format!("{}\"$n1x\"{}", "[".repeat(2000), "]".repeat(2000));
        assert_eq!(message(&deep), format!("row 4: not a bigint at {}…", "[0]".repeat(16)), "a message is of bounded length");
    }
}
