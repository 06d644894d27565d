//! Prints the outline of a page that Next.js renders on the server: its elements and texts, its client components by
//! their names. Renders nothing.
//!
//! ```sh
//! curl -L -H 'RSC: 1' https://shop.example/ | cargo run --example rsc_page
//! cargo run --example rsc_page tests/bench/page.rsc
//! ```

use std::collections::HashSet;
use std::error::Error;
use std::io::{Read, Write, stdin, stdout};
use std::task::Poll;

use actionlane::flight::{Client, Decoder, Native, Object, PromiseState, Shared, Value};

fn main() -> Result<(), Box<dyn Error>> {
    let mut bytes: Box<dyn Read> = match std::env::args_os().nth(1) {
        Some(file) => Box::new(std::fs::File::open(file)?),
        None => Box::new(stdin()),
    };
    let mut decoder = Decoder::new(Native::default());
    let mut chunk = [0; 16 * 1024];
    loop {
        let length = bytes.read(&mut chunk)?;
        if length == 0 {
            break;
        }
        decoder.push(&chunk[..length])?; // a page may be read while it arrives
    }
    decoder.end();
    match decoder.value() {
        Poll::Ready(Ok(page)) => Ok(outline(page, &mut stdout().lock())?),
        Poll::Ready(Err(rejection)) => Err(rejection.into_error().to_string().into()),
        Poll::Pending => Err("the page ended before its first row".into()),
    }
}

/// A value to look at: how far to the right, and if its texts are shown.
type Open = (usize, bool, Value);

/// Writes a line for each element and each text of a page. Keeps its own stack: a page may be deep.
fn outline(page: Value, out: &mut impl Write) -> std::io::Result<()> {
    let mut seen = HashSet::new();
    let mut open: Vec<Open> = vec![(0, false, page)];
    while let Some((depth, shown, value)) = open.pop() {
        // Several places may hold a container, and a container may hold itself.
        if value.identity() != 0 && !seen.insert(value.identity()) {
            continue;
        }
        let from = open.len();
        let mut add = |depth, shown, value: &Value| open.push((depth, shown, value.clone()));
        match &value {
            Value::String(text) if shown => writeln!(out, "{:depth$}{text:?}", "")?,
            Value::Number(number) if shown => writeln!(out, "{:depth$}{number}", "")?,
            Value::Object(object) if is_element(&object.borrow()) => {
                let element = object.borrow();
                let name = element.get("type").and_then(|kind| name(&kind));
                if let Some(name) = &name {
                    writeln!(out, "{:depth$}{name}", "")?;
                }
                let inside = if name.is_some() { depth + 2 } else { depth };
                if let Some(Value::Object(props)) = element.get("props") {
                    props.borrow().iter().for_each(|(key, value)| add(inside, key == "children", value));
                }
            }
            Value::Object(object) => object.borrow().iter().for_each(|(_, value)| add(depth, false, value)),
            Value::Map(entries) => entries.borrow().iter().for_each(|(_, value)| add(depth, false, value)),
            Value::Array(items) => items.borrow().iter().for_each(|item| add(depth, shown, item)),
            Value::Lazy(lazy) => settled(&lazy.borrow().0).iter().for_each(|value| add(depth, shown, value)),
            Value::Promise(promise) => settled(promise).iter().for_each(|value| add(depth, shown, value)),
            _ => {}
        }
        open[from..].reverse();
    }
    Ok(())
}

fn is_element(object: &Object) -> bool {
    matches!(object.get("$$typeof"), Some(Value::Symbol(name)) if name.starts_with("react."))
}

/// The name of an element's type. `None` for a fragment and the like, which only group.
fn name(kind: &Value) -> Option<String> {
    match kind {
        Value::String(tag) => Some(format!("<{tag}>")),
        Value::Client(client) => Some(component(&client.borrow())),
        Value::Lazy(lazy) => match settled(&lazy.borrow().0)? {
            Value::Client(client) => Some(component(&client.borrow())),
            _ => None,
        },
        _ => None,
    }
}

fn component(client: &Client) -> String {
    format!("<{}> of client module {}", client.name, client.id)
}

fn settled(promise: &Shared<PromiseState>) -> Option<Value> {
    match &promise.borrow().0 {
        Poll::Ready(Ok(value)) => Some(value.clone()),
        _ => None,
    }
}
