//! Makes JavaScript values of Flight values by the functions of `builder.js`, which take a whole row at a time. Reads
//! no rows: the decoder does.
//!
//! Every function that may run the page's code (the page may replace any global) is imported with `catch`. If it
//! throws, the value cannot be made; this is never a panic.

mod tree;

use std::cell::RefCell;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use self::tree::Instructions;
use crate::codes::made;
use crate::flight::{Binary, Build, Flow, Key, Made, Put, Ready, Rejection, Scalar, Temporaries, Tree};
use crate::js::error;
use crate::{Error, Kind, Sent};

// The functions of `builder.js`, documented there.
#[wasm_bindgen]
extern "C" {
    #[derive(Clone)]
    type Builder;

    #[wasm_bindgen(method, catch)]
    fn json(this: &Builder, text: &[u8]) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn elements(this: &Builder, text: &[u8]) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn string(this: &Builder, text: &[u8]) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn tree(this: &Builder, text: &[u8], orders: &[u32], numbers: &[f64], ready: Vec<JsValue>, keep: bool) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn trees(this: &Builder, text: &[u8], orders: &[u32], numbers: &[f64]) -> Result<Vec<JsValue>, JsValue>;
    #[wasm_bindgen(method, catch, js_name = put)]
    fn put_at(this: &Builder, holders: &JsValue, holder: u32, index: u32, value: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn put(this: &Builder, holders: &JsValue, holder: u32, name: &str, value: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = putAll)]
    fn put_all(this: &Builder, holders: &JsValue, names: &str, puts: &[u32], values: Vec<JsValue>) -> Result<u32, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn walk(this: &Builder, from: &JsValue, path: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn make(this: &Builder, kind: u32) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn fill(this: &Builder, kind: u32, made: &JsValue, from: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn made(this: &Builder, kind: u32, from: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = madeAll)]
    fn made_all(this: &Builder, kinds: &[u32], from: Vec<JsValue>) -> Result<Vec<JsValue>, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn iterator(this: &Builder, array: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn binary(this: &Builder, kind: &str, bytes: &[u8]) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn blob(this: &Builder, kind: &JsValue, parts: Vec<JsValue>) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn server(this: &Builder, id: &JsValue, bound: &JsValue, bind: &JsValue, refusal: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn promise(this: &Builder) -> Result<Promised, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn payload(this: &Builder) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn lazy(this: &Builder, payload: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = putLazies)]
    fn put_lazies(this: &Builder, holders: &JsValue, names: &str, puts: &[u32], payloads: Vec<JsValue>) -> Result<Vec<JsValue>, JsValue>;
    #[wasm_bindgen(method, catch, js_name = settleLazy)]
    fn settle_lazy(this: &Builder, payload: &JsValue, fulfilled: bool, value: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = told)]
    fn details(this: &Builder, causes: &JsValue, environment: Option<&str>) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn meter(this: &Builder, cancelled: &JsValue) -> Result<Meter, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn flow(this: &Builder, kind: &str, meter: &Meter) -> Result<Flowing, JsValue>;

    /// A promise with the functions that settle it.
    pub(crate) type Promised;
    #[wasm_bindgen(method, getter)]
    fn promise(this: &Promised) -> JsValue;
    #[wasm_bindgen(method, catch)]
    fn resolve(this: &Promised, value: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn reject(this: &Promised, reason: &JsValue) -> Result<(), JsValue>;

    /// Counts the bytes of streams that were not read yet.
    type Meter;
    #[wasm_bindgen(method, getter)]
    fn unread(this: &Meter) -> f64;

    /// A stream or an async iterable, with the functions that feed it.
    pub(crate) type Flowing;
    #[wasm_bindgen(method, getter)]
    fn value(this: &Flowing) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn cancelled(this: &Flowing) -> bool;
    #[wasm_bindgen(method, catch)]
    fn push(this: &Flowing, value: &JsValue, size: f64) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = pushFailure)]
    fn push_failure(this: &Flowing, reason: &JsValue, size: f64) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn end(this: &Flowing, value: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn fail(this: &Flowing, reason: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(js_name = Date)]
    type JsDate;
    #[wasm_bindgen(constructor, catch, js_class = "Date")]
    fn new(ms: f64) -> Result<JsDate, JsValue>;
    #[wasm_bindgen(js_name = Error)]
    type JsError;
    #[wasm_bindgen(constructor, catch, js_class = "Error")]
    fn new(message: &str) -> Result<JsError, JsValue>;
    #[wasm_bindgen(catch, js_name = BigInt)]
    fn big_int(digits: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = Symbol, js_name = "for")]
    fn symbol_for(name: &str) -> Result<JsValue, JsValue>;
}

thread_local! {
    static BUILDER: RefCell<Option<Builder>> = const { RefCell::new(None) };
}

/// Stores the functions of `builder.js`.
pub(crate) fn set_builder(build: JsValue) {
    BUILDER.set(Some(build.unchecked_into()));
}

/// Longest string, in bytes, for the decoder of the glue. `builder.js` decodes longer ones faster, in pieces.
const LONG: usize = 100_000;

/// Message of an error about which the server states nothing.
const NO_DETAILS: &str = "the answer holds an error, of which the server tells no more";

/// Makes JavaScript values for the decoder.
pub(crate) struct Js {
    temporaries: Temporaries<JsValue>,
    builder: Builder,
    meter: Option<Meter>,
    /// Makes server functions: `bind(id, bound)`.
    bind: Option<JsValue>,
    /// Called when a stream is cancelled; `undefined` for none.
    cancelled: JsValue,
    /// Buffers, used again for each row.
    instructions: Instructions,
}

impl Js {
    /// Makes a builder. `temporaries`: arguments of the call that the answer may refer back to.
    pub(crate) fn new(temporaries: Temporaries<JsValue>) -> Self {
        let builder = BUILDER.with_borrow(Clone::clone);
        // Before `setup` there is no builder. `undefined` has none of the functions, so each call fails by itself.
        let builder = builder.unwrap_or_else(|| JsValue::UNDEFINED.unchecked_into());
        Self { temporaries, builder, meter: None, bind: None, cancelled: JsValue::UNDEFINED, instructions: Instructions::default() }
    }

    /// Sets the function that makes server functions. In `bind(id, bound)`, `bound` is the arguments to put before
    /// those of a call: an array, a promise of one, or null. Without `bind`, such a function rejects.
    /// `bind.own(error)`, if present, adds to an error inside the answer the call it belongs to.
    #[must_use]
    pub(crate) fn bind(mut self, bind: JsValue) -> Self {
        self.bind = Some(bind);
        self
    }

    /// Makes the `ActionError` of a rejected promise.
    fn reason(&self, rejection: Rejection) -> JsValue {
        let (error, details) = error_and_details(rejection);
        let made = error::to_js(&error.with_sent(Sent::Yes), &details);
        if let Some(bind) = &self.bind
            && let Ok(own) = js_sys::Reflect::get(bind, &"own".into())
            && let Some(own) = own.dyn_ref::<Function>()
        {
            let _ = own.call1(&JsValue::UNDEFINED, &made);
        }
        made
    }

    /// Sets the function that is called, synchronously, each time the page cancels a stream or async iterable.
    /// `undefined`: none.
    #[must_use]
    pub(crate) fn on_cancel(mut self, cancelled: JsValue) -> Self {
        self.cancelled = cancelled;
        self
    }
}

impl Build for Js {
    type Value = JsValue;
    type Holders = JsValue;
    type Promise = Promised;
    type Lazy = JsValue;
    type Flow = Flowing;

    fn tree(&mut self, tree: &Tree<'_>, ready: &[Ready<'_, JsValue>], keep: bool) -> Option<(JsValue, Option<JsValue>)> {
        if tree.nodes.is_empty() {
            let text = tree.text.as_bytes();
            return Some((if tree.elements { self.builder.elements(text) } else { self.builder.json(text) }.ok()?, None));
        }
        let text = self.instructions.trees(std::slice::from_ref(tree), ready);
        let values = ready.iter().map(|(.., value)| value.clone()).collect();
        let made = self.builder.tree(&text, &self.instructions.orders, &self.instructions.numbers, values, keep).ok()?;
        Some(if keep { (made.unchecked_ref::<js_sys::Array>().get(0), Some(made)) } else { (made, None) })
    }

    fn trees(&mut self, trees: &[Tree<'_>]) -> Vec<Option<JsValue>> {
        let text = self.instructions.trees(trees, &[]);
        let made = self.builder.trees(&text, &self.instructions.orders, &self.instructions.numbers).ok();
        made.filter(|made| made.len() == trees.len()).unwrap_or_default().into_iter().map(Some).collect()
    }

    fn holder(&mut self, holders: &JsValue, holder: usize) -> Option<JsValue> {
        Some(holders.unchecked_ref::<js_sys::Array>().get(holder as u32))
    }

    fn put(&mut self, holders: &JsValue, holder: usize, key: Key<'_>, value: &JsValue) -> bool {
        match key {
            Key::Index(index) => self.builder.put_at(holders, holder as u32, index as u32, value),
            Key::Name(name) => self.builder.put(holders, holder as u32, name, value),
        }
        .is_ok()
    }

    fn put_all(&mut self, holders: &JsValue, puts: &[Put<'_, JsValue>]) -> Result<(), usize> {
        if let [Put { holder, key, from, path: "", .. }] = puts {
            return self.put(holders, *holder, *key, from).then_some(()).ok_or(0);
        }
        let values = self.instructions.puts(puts);
        match self.builder.put_all(holders, &self.instructions.names, &self.instructions.orders, values) {
            Ok(done) if done as usize == puts.len() => Ok(()),
            Ok(done) => Err(done as usize),
            Err(_) => Err(0),
        }
    }

    fn string(&mut self, text: &str) -> JsValue {
        if text.len() <= LONG { text.into() } else { self.builder.string(text.as_bytes()).unwrap_or_else(|_| text.into()) }
    }

    fn scalar(&mut self, scalar: &Scalar<'_>) -> Option<JsValue> {
        Some(match scalar {
            Scalar::Undefined => JsValue::UNDEFINED,
            Scalar::Null => JsValue::NULL,
            Scalar::Number(number) => JsValue::from_f64(*number),
            Scalar::Date(ms) => JsDate::new(*ms).ok()?.into(),
            Scalar::BigInt(digits) => big_int(digits).ok()?,
            Scalar::Symbol(name) => symbol_for(name).ok()?,
            Scalar::Error => JsError::new(NO_DETAILS).ok()?.into(),
        })
    }

    fn binary(&mut self, kind: Binary, bytes: &[u8]) -> Option<JsValue> {
        self.builder.binary(kind.name(), bytes).ok()
    }

    fn walk(&mut self, from: &JsValue, path: &str) -> Option<JsValue> {
        self.builder.walk(from, path).ok()
    }

    fn make_empty(&mut self, kind: Made) -> Option<JsValue> {
        self.builder.make(code_of(kind)).ok()
    }

    fn fill(&mut self, kind: Made, made: &JsValue, from: &JsValue) -> bool {
        self.builder.fill(code_of(kind), made, from).is_ok()
    }

    fn make_from(&mut self, kind: Made, from: &JsValue) -> Option<JsValue> {
        self.builder.made(code_of(kind), from).ok()
    }

    fn make_all_from(&mut self, list: &[(Made, JsValue)]) -> Vec<Option<JsValue>> {
        let kinds: Vec<u32> = list.iter().map(|(kind, _)| code_of(*kind)).collect();
        let made = self.builder.made_all(&kinds, list.iter().map(|(_, from)| from.clone()).collect()).ok();
        made.filter(|made| made.len() == list.len()).unwrap_or_default().into_iter().map(Some).collect()
    }

    fn iterator(&mut self, array: &JsValue) -> Option<JsValue> {
        self.builder.iterator(array).ok()
    }

    fn blob(&mut self, kind: &JsValue, parts: &[JsValue]) -> Option<JsValue> {
        self.builder.blob(kind, parts.to_vec()).ok()
    }

    fn server(&mut self, id: &JsValue, bound: &JsValue) -> Option<JsValue> {
        let (bind, refusal) = match &self.bind {
            Some(bind) => (bind.clone(), JsValue::UNDEFINED),
            None => (JsValue::UNDEFINED, error::to_js(&no_dispatcher(), &JsValue::UNDEFINED)),
        };
        self.builder.server(id, bound, &bind, &refusal).ok()
    }

    fn length(&mut self, array: &JsValue) -> Option<usize> {
        array.dyn_ref::<js_sys::Array>().map(|array| array.length() as usize)
    }

    fn promise(&mut self) -> Option<(JsValue, Promised)> {
        let promised = self.builder.promise().ok()?;
        Some((promised.promise(), promised))
    }

    fn settle(&mut self, promise: Promised, outcome: Result<JsValue, Rejection>) {
        // If the promise cannot even be settled, there is no way to report it.
        let _ = match outcome {
            Ok(value) => promise.resolve(&value),
            Err(rejection) => promise.reject(&self.reason(rejection)),
        };
    }

    fn lazy(&mut self) -> Option<JsValue> {
        self.builder.payload().ok()
    }

    fn lazy_value(&mut self, lazy: &JsValue) -> Option<JsValue> {
        self.builder.lazy(lazy).ok()
    }

    fn put_lazies(&mut self, holders: &JsValue, shared: Vec<Option<JsValue>>, puts: &[(usize, Key<'_>, usize)]) -> Option<Vec<JsValue>> {
        let (count, payloads) = (shared.len(), shared.into_iter().map(Option::unwrap_or_default).collect());
        self.instructions.lazies(puts);
        let made = self.builder.put_lazies(holders, &self.instructions.names, &self.instructions.orders, payloads).ok();
        made.filter(|made| made.len() == count)
    }

    fn settle_lazy(&mut self, lazy: &JsValue, outcome: Result<JsValue, Rejection>) {
        let _ = match outcome {
            Ok(value) => self.builder.settle_lazy(lazy, true, &value),
            Err(rejection) => self.builder.settle_lazy(lazy, false, &self.reason(rejection)),
        };
    }

    fn flow(&mut self, kind: Flow) -> Option<(JsValue, Flowing)> {
        if self.meter.is_none() {
            self.meter = self.builder.meter(&self.cancelled).ok();
        }
        let word = match kind {
            Flow::Stream => "stream",
            Flow::ByteStream => "bytes",
            Flow::Iterable => "iterable",
            Flow::Iterator => "iterator",
        };
        let flow = self.builder.flow(word, self.meter.as_ref()?).ok()?;
        Some((flow.value(), flow))
    }

    fn push(&mut self, flow: &Flowing, value: JsValue, size: usize) -> bool {
        flow.push(&value, size as f64).is_ok()
    }

    fn push_failure(&mut self, flow: &Flowing, rejection: Rejection, size: usize) -> bool {
        flow.push_failure(&self.reason(rejection), size as f64).is_ok()
    }

    fn finish(&mut self, flow: &Flowing, outcome: Result<JsValue, Rejection>) {
        let _ = match outcome {
            Ok(value) => flow.end(&value),
            Err(rejection) => flow.fail(&self.reason(rejection)),
        };
    }

    fn is_cancelled(&self, flow: &Flowing) -> bool {
        flow.cancelled()
    }

    fn unread(&self) -> usize {
        self.meter.as_ref().map_or(0, |meter| meter.unread() as usize)
    }

    fn wants_causes(&self) -> bool {
        true
    }

    fn temporary(&mut self, path: &str) -> Option<JsValue> {
        self.temporaries.get(path)
    }
}

/// Converts a rejection into an error and further details that the server stated, which the maker of errors takes as
/// a cause.
pub(crate) fn error_and_details(rejection: Rejection) -> (Error, JsValue) {
    let details = match &rejection {
        Rejection::Thrown(thrown) => {
            let (environment, causes) = (thrown.environment.as_deref(), thrown.causes::<JsValue>());
            let wanted = environment.is_some() || causes.is_some();
            let made = || BUILDER.with_borrow(|builder| builder.as_ref()?.details(&causes.unwrap_or_default(), environment).ok());
            if wanted { made() } else { None }
        }
        Rejection::Broken(_) => None,
    };
    (rejection.into_error(), details.unwrap_or_default())
}

/// Converts a rejection into an `ActionError`.
pub(crate) fn to_js(rejection: Rejection) -> JsValue {
    let (error, details) = error_and_details(rejection);
    error::to_js(&error, &details)
}

fn no_dispatcher() -> Error {
    Error::new(Kind::InvalidOption, "this answer was decoded without a dispatcher, so the functions of the server in it cannot be called")
}

/// Returns the number of `codes.js` for a kind of object.
fn code_of(kind: Made) -> u32 {
    match kind {
        Made::Map => made::MAP,
        Made::Set => made::SET,
        Made::Form => made::FORM,
        Made::Error => made::ERROR,
        Made::Client | Made::Server | Made::Iterator | Made::Blob => made::CLIENT,
    }
}

#[cfg(test)]
mod tests;
