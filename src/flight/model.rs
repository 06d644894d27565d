//! One model row: JSON in which strings that begin with `$` stand for what JSON has no word for.
//!
//! ```text
//! "$$…"            the string without its first "$"
//! "$<h>:k1:k2"     the value of row h, or what is found in it by own keys
//! "$@<h>"          a promise of row h
//! "$Q<h>" "$W<h>" "$K<h>"   Map, Set, FormData made from the array in row h
//! "$T<path>"       the caller's own argument at that path
//! "$Z" "$Z<h>"     an Error; row h (development only) has its name and message
//! "$undefined" "$NaN" "$Infinity" "$-Infinity" "$-0"
//! "$D<iso>" "$n<digits>" "$S<name>"   Date, bigint, Symbol.for(name)
//! "$" at the head of an array   the array is a React element
//! ```

use std::borrow::Cow;
use std::rc::Rc;

use super::Limits;
use super::date;
use super::json::{self, Fault, Token, Tokens};
use crate::{Error, Kind};

/// Where a value stands in its container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Spot<'t> {
    Index(usize),
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Made {
    /// A Map, from an array of entries.
    Map,
    /// A Set, from an array of values.
    Set,
    /// A FormData, from an array of entries.
    Form,
    /// An Error, from an object with `name` and `message`.
    Error,
}

impl Made {
    /// With its article, for messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Map => "a Map",
            Self::Set => "a Set",
            Self::Form => "a FormData",
            Self::Error => "an Error",
        }
    }
}

/// A reference to another row, or into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) id: u32,
    pub(super) path: Rc<[String]>,
    /// `None`: the row's value itself.
    pub(super) made: Option<Made>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Special<'t> {
    Scalar(Scalar<'t>),
    Link(Target),
    Promise(u32),
    /// Path of an argument, as the server writes it: `0:0`.
    Temporary(Cow<'t, str>),
}

/// A container on the way to a special value. Number 0 is the root; parents come before children.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node<'t> {
    pub(super) parent: usize,
    pub(super) spot: Spot<'t>,
}

/// A special value inside container number `holder`.
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
    /// `text` is JSON with `null` where a special value goes; escapes, absent and forbidden keys are dealt with.
    Tree { text: Cow<'t, str>, nodes: Vec<Node<'t>>, placed: Vec<Placed<'t>> },
}

impl<'t> Model<'t> {
    /// Reads the model in `text`. `row` is only for messages.
    pub(super) fn read(row: u32, text: &'t str, limits: &Limits) -> Result<Self, Error> {
        if is_plain(text, limits.depth) {
            return Ok(Self::Tree { text: Cow::Borrowed(text), nodes: Vec::new(), placed: Vec::new() });
        }
        Reader {
            row,
            text,
            limits,
            tokens: Tokens::new(text, limits.depth),
            frames: Vec::new(),
            edits: Vec::new(),
            nodes: Vec::new(),
            placed: Vec::new(),
        }
        .read()
    }
}

/// The text of the value at `path` in `text`, as far as it can be followed, and how many steps that was: a string ends the way.
/// Elements are stepped into by the names React gives their parts.
pub(super) fn project<'t>(row: u32, text: &'t str, path: &[String], limits: &Limits) -> Result<Option<(&'t str, usize)>, Error> {
    let mut text = text;
    for (taken, step) in path.iter().enumerate() {
        match member(text, step, limits.depth).map_err(|fault| broken(row, fault, limits))? {
            Member::Found(inner) => text = inner,
            Member::None => return Ok(None),
            Member::Text => return Ok(Some((text, taken))),
        }
    }
    Ok(Some((text, path.len())))
}

enum Member<'t> {
    Found(&'t str),
    None,
    /// There are no members: the value is a string, which may stand for something else.
    Text,
}

fn member<'t>(text: &'t str, step: &str, depth: usize) -> Result<Member<'t>, Fault> {
    let mut tokens = Tokens::new(text, depth);
    let mut step = step;
    let mut index = 0;
    let array = match tokens.next()? {
        Some(Token::OpenArray) => true,
        Some(Token::OpenObject) => false,
        Some(Token::Text(_)) => return Ok(Member::Text),
        _ => return Ok(Member::None),
    };
    loop {
        let here = match tokens.next()? {
            Some(Token::Key(raw)) => json::unescape(raw) == step,
            None | Some(Token::Close) => return Ok(Member::None),
            Some(token) => {
                if index == 0 && token == Token::Text("$") {
                    step = match step {
                        "type" => "1",
                        "key" => "2",
                        "props" => "3",
                        other => other,
                    };
                }
                if step == index.to_string() {
                    return slice(text, &mut tokens, token).map(Member::Found);
                }
                tokens.skip(token)?;
                index += 1;
                continue;
            }
        };
        debug_assert!(!array, "arrays have no keys");
        let Some(token) = tokens.next()? else { return Ok(Member::None) };
        if here && step != "__proto__" {
            return slice(text, &mut tokens, token).map(Member::Found);
        }
        tokens.skip(token)?;
    }
}

fn slice<'t>(text: &'t str, tokens: &mut Tokens<'t>, first: Token<'t>) -> Result<&'t str, Fault> {
    let start = tokens.start();
    tokens.skip(first)?;
    Ok(&text[start..tokens.end()])
}

/// True when nothing in `text` is special, no key is forbidden and no container too deep: any JSON parser may have it as it is.
fn is_plain(text: &str, limit: usize) -> bool {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'[' | b'{' => {
                depth += 1;
                if depth > limit {
                    return false;
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => {
                if bytes.get(at) == Some(&b'$') || bytes[at..].starts_with(b"__proto__\"") {
                    return false;
                }
                loop {
                    match bytes.get(at) {
                        Some(b'"') => break,
                        // Servers escape control characters and lone surrogates only; whoever spells "$" or "_" that way is read with care.
                        Some(b'\\')
                            if bytes.get(at + 1) == Some(&b'u')
                                && !matches!(bytes.get(at + 2..at + 5), Some(b"000" | b"001"))
                                && !matches!(bytes.get(at + 2), Some(b'd' | b'D')) =>
                        {
                            return false;
                        }
                        Some(b'\\') => at += 2,
                        Some(_) => at += 1,
                        None => return true,
                    }
                }
                at += 1;
            }
            _ => {}
        }
    }
    true
}

struct Frame<'t> {
    array: bool,
    /// Where this container stands in the one around it.
    spot: Spot<'t>,
    /// Its number, once something special was found inside.
    node: Option<usize>,
    /// Elements seen so far, of an array.
    index: usize,
    /// The current key, of an object, and where it starts.
    key: Cow<'t, str>,
    key_at: usize,
    /// A member before the current one stays.
    kept: bool,
}

struct Reader<'t, 'l> {
    row: u32,
    text: &'t str,
    limits: &'l Limits,
    tokens: Tokens<'t>,
    frames: Vec<Frame<'t>>,
    /// What to replace in the text, in order.
    edits: Vec<(usize, usize, &'static str)>,
    nodes: Vec<Node<'t>>,
    placed: Vec<Placed<'t>>,
}

impl<'t> Reader<'t, '_> {
    fn read(mut self) -> Result<Model<'t>, Error> {
        while let Some(token) = self.next()? {
            match token {
                Token::OpenArray | Token::OpenObject => {
                    let spot = self.spot();
                    self.kept();
                    let array = token == Token::OpenArray;
                    self.frames.push(Frame { array, spot, node: None, index: 0, key: Cow::Borrowed(""), key_at: 0, kept: false });
                    continue;
                }
                Token::Close => {
                    self.frames.pop();
                }
                Token::Key(raw) => {
                    let (key, at) = (json::unescape(raw), self.tokens.start());
                    let forbidden = key == "__proto__";
                    if let Some(frame) = self.frames.last_mut() {
                        frame.key = key;
                        frame.key_at = at;
                    }
                    if forbidden {
                        if let Some(value) = self.next()? {
                            self.tokens.skip(value).map_err(|fault| self.fault(fault))?;
                        }
                        self.drop_member();
                    }
                    continue;
                }
                Token::Text(raw) if raw.starts_with('$') || raw.starts_with("\\u") => {
                    if let Some(special) = self.special(raw)? {
                        if self.frames.is_empty() {
                            // Nothing but white space may follow.
                            self.next()?;
                            return Ok(Model::Special(special));
                        }
                        self.place(special);
                    } else {
                        self.kept();
                    }
                }
                _ => self.kept(),
            }
            if let Some(frame) = self.frames.last_mut() {
                frame.index += 1;
            }
        }
        let text = self.edited();
        Ok(Model::Tree { text, nodes: self.nodes, placed: self.placed })
    }

    fn next(&mut self) -> Result<Option<Token<'t>>, Error> {
        self.tokens.next().map_err(|fault| self.fault(fault))
    }

    fn fault(&self, fault: Fault) -> Error {
        broken(self.row, fault, self.limits)
    }

    /// Where the current value stands in its container.
    fn spot(&self) -> Spot<'t> {
        match self.frames.last() {
            Some(frame) if !frame.array => Spot::Name(frame.key.clone()),
            Some(frame) => Spot::Index(frame.index),
            None => Spot::Index(0),
        }
    }

    fn kept(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.kept = true;
        }
    }

    /// Takes the current member, up to the last token, out of the text.
    fn drop_member(&mut self) {
        let Some(frame) = self.frames.last() else { return };
        let mut end = self.tokens.end();
        let start = if frame.kept {
            // Only white space stands between a comma and a key.
            self.text[..frame.key_at].rfind(',').unwrap_or(frame.key_at)
        } else {
            end = self.tokens.comma_ahead().unwrap_or(end);
            frame.key_at
        };
        self.edits.push((start, end, ""));
    }

    fn place(&mut self, special: Special<'t>) {
        let in_array = self.frames.last().is_none_or(|frame| frame.array);
        if !in_array && special == Special::Scalar(Scalar::Undefined) {
            self.drop_member();
            return;
        }
        self.kept();
        self.edits.push((self.tokens.start(), self.tokens.end(), "null"));
        let spot = self.spot();
        let holder = self.holder();
        self.placed.push(Placed { holder, spot, special });
    }

    /// The number of the innermost container; those around it get theirs, too.
    fn holder(&mut self) -> usize {
        let known = self.frames.iter().rposition(|frame| frame.node.is_some());
        let mut parent = known.and_then(|at| self.frames[at].node).unwrap_or(0);
        for frame in &mut self.frames[known.map_or(0, |at| at + 1)..] {
            self.nodes.push(Node { parent, spot: frame.spot.clone() });
            parent = self.nodes.len() - 1;
            frame.node = Some(parent);
        }
        parent
    }

    /// What a string that begins with `$` stands for; `None` for a string.
    fn special(&mut self, raw: &'t str) -> Result<Option<Special<'t>>, Error> {
        let first = if raw.starts_with('$') { 1 } else { json::escape(raw).1 };
        let text = json::unescape(raw);
        let Some(rest) = text.strip_prefix('$') else { return Ok(None) };
        if rest.starts_with('$') {
            let start = self.tokens.start() + 1;
            self.edits.push((start, start + first, ""));
            return Ok(None);
        }
        let tail = |text: Cow<'t, str>| match text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[2..]),
            Cow::Owned(text) => Cow::Owned(text[2..].to_owned()),
        };
        let Some(letter) = rest.chars().next() else {
            if self.frames.last().is_some_and(|frame| frame.array && frame.index == 0) {
                self.frames.pop();
                return Err(self.unsupported("element"));
            }
            return Ok(Some(Special::Scalar(Scalar::Symbol(Cow::Borrowed("react.transitional.element")))));
        };
        let body = &rest[letter.len_utf8()..];
        let special = match letter {
            '0'..='9' | 'a'..='f' => match target(rest, None) {
                Some(target) => Special::Link(target),
                None => return Err(self.unsupported("reference")),
            },
            'Q' | 'W' | 'K' => {
                let made = match letter {
                    'Q' => Made::Map,
                    'W' => Made::Set,
                    _ => Made::Form,
                };
                match target(body, Some(made)) {
                    Some(target) if target.path.is_empty() => Special::Link(target),
                    _ => return Err(self.unsupported("reference")),
                }
            }
            '@' => match row_id(body) {
                Some(id) => Special::Promise(id),
                None => return Err(self.unsupported("promise")),
            },
            'Z' if body.is_empty() => Special::Scalar(Scalar::Error),
            'Z' => match target(body, Some(Made::Error)) {
                Some(target) if target.path.is_empty() => Special::Link(target),
                _ => return Err(self.unsupported("$Z")),
            },
            'T' => Special::Temporary(tail(text)),
            'S' => Special::Scalar(Scalar::Symbol(tail(text))),
            'D' => Special::Scalar(Scalar::Date(date::parse(body))),
            'n' => {
                let digits = body.strip_prefix('-').unwrap_or(body);
                if !digits.bytes().all(|b| b.is_ascii_digit()) || (digits.is_empty() && !body.is_empty()) {
                    return Err(self.complain("not a bigint"));
                }
                if digits.len() > self.limits.digits {
                    return Err(self.complain(&format!("a bigint of more than {} digits", self.limits.digits)));
                }
                Special::Scalar(Scalar::BigInt(if body.is_empty() { Cow::Borrowed("0") } else { tail(text) }))
            }
            // As React does, the second letter decides. `$w` and `$H` are experiments; its stable clients make them undefined.
            'u' | 'w' | 'H' => Special::Scalar(Scalar::Undefined),
            'N' => Special::Scalar(Scalar::Number(f64::NAN)),
            'I' => Special::Scalar(Scalar::Number(f64::INFINITY)),
            '-' if body == "0" => Special::Scalar(Scalar::Number(-0.0)),
            '-' => Special::Scalar(Scalar::Number(f64::NEG_INFINITY)),
            'A'..='Z' | 'g'..='z' => return Err(self.unsupported(&format!("${letter}"))),
            _ => return Err(self.unsupported("$")),
        };
        Ok(Some(special))
    }

    fn unsupported(&self, what: &str) -> Error {
        self.complain(&format!("unsupported value {what}"))
    }

    /// An error at the current place.
    fn complain(&self, what: &str) -> Error {
        let mut place = String::new();
        for frame in &self.frames {
            if frame.array {
                place.push_str(&format!("[{}]", frame.index));
            } else {
                place.push('.');
                place.push_str(&frame.key);
            }
        }
        let at = if place.is_empty() { "" } else { " at " };
        Error::new(Kind::Decode, format!("row {:x}: {what}{at}{place}", self.row))
    }

    fn edited(&self) -> Cow<'t, str> {
        if self.edits.is_empty() {
            return Cow::Borrowed(self.text);
        }
        let mut out = String::with_capacity(self.text.len());
        let mut from = 0;
        for (start, end, new) in &self.edits {
            out.push_str(&self.text[from..*start]);
            out.push_str(new);
            from = *end;
        }
        out.push_str(&self.text[from..]);
        Cow::Owned(out)
    }
}

pub(super) fn broken(row: u32, fault: Fault, limits: &Limits) -> Error {
    let message = match fault {
        Fault::Syntax(at) => format!("row {row:x}: not JSON at byte {at}"),
        Fault::TooDeep => format!("row {row:x}: more than {} containers inside each other", limits.depth),
    };
    Error::new(Kind::Decode, message)
}

fn target(text: &str, made: Option<Made>) -> Option<Target> {
    let mut steps = text.split(':');
    let id = row_id(steps.next()?)?;
    Some(Target { id, path: steps.map(str::to_owned).collect(), made })
}

fn row_id(hex: &str) -> Option<u32> {
    let digits = hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if digits { u32::from_str_radix(hex, 16).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Model<'_>, Error> {
        Model::read(4, text, &Limits::DEFAULT)
    }

    fn text(source: &str) -> String {
        match read(source).expect("a model") {
            Model::Tree { text, .. } => text.into_owned(),
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
                matches!(read(source), Ok(Model::Tree { text: Cow::Borrowed(text), ref placed, .. }) if text == source && placed.is_empty()),
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
        let Ok(Model::Tree { nodes, placed, text }) = read(r#"{"a":[{},{"b":"$1:x:0"}],"c":"$@1f"}"#) else { panic!() };
        assert_eq!(text, r#"{"a":[{},{"b":null}],"c":null}"#);
        let name = |text| Spot::Name(Cow::Borrowed(text));
        assert_eq!(
            nodes,
            [Node { parent: 0, spot: Spot::Index(0) }, Node { parent: 0, spot: name("a") }, Node { parent: 1, spot: Spot::Index(1) }]
        );
        let link = Special::Link(Target { id: 1, path: Rc::from(["x".to_owned(), "0".to_owned()]), made: None });
        assert_eq!(
            placed,
            [Placed { holder: 2, spot: name("b"), special: link }, Placed { holder: 0, spot: name("c"), special: Special::Promise(0x1f) }]
        );
    }

    #[test]
    fn every_special_value() {
        let scalar = |scalar| Special::Scalar(scalar);
        let made = |kind, id| Special::Link(Target { id, path: Rc::from([]), made: kind });
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
        ] {
            assert_eq!(read(text), Ok(Model::Special(expected)), "{text}");
        }
        let Ok(Model::Special(Special::Scalar(Scalar::Number(zero)))) = read(r#""$-0""#) else { panic!() };
        assert!(zero == 0.0 && zero.is_sign_negative());
        let Ok(Model::Special(Special::Scalar(Scalar::Number(nan)))) = read(r#""$NaN""#) else { panic!() };
        assert!(nan.is_nan());
    }

    #[test]
    fn what_is_not_supported_says_where() {
        assert_eq!(message(r#"{"a":[1,{"b":"$L1"}]}"#), "row 4: unsupported value $L at .a[1].b");
        assert_eq!(message(r#"{"a":["$","div",null,{}]}"#), "row 4: unsupported value element at .a");
        assert_eq!(message(r#"["$","div",null,{}]"#), "row 4: unsupported value element");
        assert_eq!(message(r#"["$h1"]"#), "row 4: unsupported value $h at [0]");
        assert_eq!(message(r#"["$E(function(){})"]"#), "row 4: unsupported value $E at [0]");
        assert_eq!(message(r#"["$1x"]"#), "row 4: unsupported value reference at [0]");
        assert_eq!(message(r#"["$nxyz"]"#), "row 4: not a bigint at [0]");
        assert_eq!(message(&format!("[\"$n{}\"]", "1".repeat(10_001))), "row 4: a bigint of more than 10000 digits at [0]");
        assert_eq!(message(r#"["$1""#), "row 4: not JSON at byte 5");
        assert_eq!(message(&"[".repeat(100_000)), "row 4: more than 1000 containers inside each other");
    }

    #[test]
    fn parts_are_cut_out_unread() {
        let source = r#"{"t":["$","div",null,{"a":{"x":["$L9"]}}],"a":"$@1"}"#;
        let at = |path: &[&str]| {
            let path: Vec<String> = path.iter().map(|step| (*step).to_owned()).collect();
            project(0, source, &path, &Limits::DEFAULT).expect("JSON")
        };
        assert_eq!(at(&["a"]), Some(("\"$@1\"", 1)));
        assert_eq!(at(&["a", "x"]), Some(("\"$@1\"", 1)));
        assert_eq!(at(&["t", "props", "a", "x"]), Some(("[\"$L9\"]", 4)));
        assert_eq!(at(&["t", "1"]), Some(("\"div\"", 2)));
        assert_eq!(at(&["t", "9"]), None);
        assert_eq!(at(&["b"]), None);
    }
}
