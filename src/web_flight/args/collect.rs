//! Waits for what comes later: promises, streams and async iterables among the arguments.

use std::future::pending;
use std::pin::{Pin, pin};

use futures::StreamExt as _;
use futures::future::{Either, select};
use futures::stream::FuturesUnordered;
use js_sys::{Array, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::Blob;

use super::reader::{self, Reader, Thrown};
use super::{Collecting, Failure, body};
use crate::flight::{Encoder, Later, Slot};
use crate::js::wait::Wait;

// What may run the page's code is fallible.
#[wasm_bindgen]
extern "C" {
    /// A reader of a stream, or an async iterator.
    #[derive(Clone)]
    type Source;
    #[wasm_bindgen(method, catch)]
    fn read(this: &Source) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = read)]
    fn read_into(this: &Source, buffer: Uint8Array) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn next(this: &Source) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn cancel(this: &Source) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = "return")]
    fn end(this: &Source) -> Result<JsValue, JsValue>;
}

/// How often a lazy component may ask to be waited for: one that asks for what is settled would never end.
const MAX_WAITS: usize = 100;
/// How much a stream of bytes is asked for at a time.
const BUFFER: u32 = 64 << 10;

/// A stream or an async iterator that is being read. Dropping it stops that.
struct Reading {
    later: Later,
    source: Source,
    /// Of a stream of bytes, what it has given.
    bytes: Array,
    over: bool,
}

/// What happened to a slot.
enum Event {
    Settled(Result<JsValue, JsValue>),
    /// A stream has given a chunk, `{ done, value }`.
    Read(Reading, Result<JsValue, JsValue>),
}

type Step = Pin<Box<dyn Future<Output = (u32, Event)>>>;

/// Asks for everything that is open, here and now, and then waits for it, or until `stop`: then the body is what there is.
pub(super) fn collect(mut encoder: Encoder<Reader>, thrown: Thrown, stop: Option<Promise>) -> Collecting {
    let steps = FuturesUnordered::new();
    begin(&mut encoder, &steps);
    Box::pin(finish(encoder, steps, thrown, stop))
}

async fn finish(
    mut encoder: Encoder<Reader>,
    mut steps: FuturesUnordered<Step>,
    thrown: Thrown,
    stop: Option<Promise>,
) -> Result<JsValue, Failure> {
    let mut stopped = pin!(async move {
        match stop {
            Some(stop) => drop(Wait::new(&stop).await),
            None => pending().await,
        }
    });
    while let Either::Left((Some((id, event)), _)) = select(steps.next(), stopped.as_mut()).await {
        match event {
            Event::Settled(Ok(value)) => encoder.settle(id, value).map_err(|error| thrown.with(error))?,
            Event::Settled(Err(reason)) => return Err((encoder.fail(id), reason)),
            Event::Read(mut reading, result) => match reading.take(result) {
                Ok(Chunk::Value(value)) => {
                    encoder.chunk(id, value).map_err(|error| thrown.with(error))?;
                    steps.push(reading.step(id));
                }
                Ok(Chunk::Kept) => steps.push(reading.step(id)),
                Ok(Chunk::All(blob)) => encoder.settle(id, blob).map_err(|error| thrown.with(error))?,
                Ok(Chunk::End(returned)) => encoder.close(id, returned).map_err(|error| thrown.with(error))?,
                Err(reason) => return Err((encoder.fail(id), reason)),
            },
        }
        begin(&mut encoder, &steps);
    }
    body(encoder).map_err(|error| thrown.with(error))
}

/// Asks for what is open and was not asked for.
fn begin(encoder: &mut Encoder<Reader>, steps: &FuturesUnordered<Step>) {
    while let Some(Slot { id, later, source }) = encoder.poll_open() {
        steps.push(match later {
            Later::Promise => {
                let settled = adopt(&source);
                Box::pin(async move { (id, Event::Settled(settled.await)) })
            }
            Later::Lazy => Box::pin(async move { (id, Event::Settled(load(&source).await)) }),
            _ => Reading { later, source: source.unchecked_into(), bytes: Array::new(), over: false }.step(id),
        });
    }
}

/// What a promise, a thenable or any other value comes to. It is subscribed to at once, through a promise of our own: a thenable may do
/// anything.
fn adopt(value: &JsValue) -> Wait {
    Wait::new(&Promise::new(&mut |resolve, _| drop(resolve.call1(&JsValue::UNDEFINED, value))))
}

/// A lazy component says by throwing what to wait for, so and so often.
async fn load(lazy: &JsValue) -> Result<JsValue, JsValue> {
    for _ in 0..MAX_WAITS {
        match reader::load(lazy) {
            Err(thrown) if reader::is_thenable(&thrown) => drop(adopt(&thrown).await),
            loaded => return loaded,
        }
    }
    reader::load(lazy)
}

/// What a stream has given.
enum Chunk {
    Value(JsValue),
    /// Bytes, for later.
    Kept,
    /// All of the bytes.
    All(JsValue),
    End(Option<JsValue>),
}

impl Reading {
    /// Asks for the next chunk, here and now.
    fn step(self, id: u32) -> Step {
        let asked = match self.later {
            Later::Bytes => self.source.read_into(Uint8Array::new_with_length(BUFFER)),
            Later::Stream => self.source.read(),
            // As React does, which asks for its `then`.
            _ => self.source.next().and_then(|promise| match reader::is_thenable(&promise) {
                true => Ok(promise),
                false => Err(js_sys::TypeError::new("next() gave no promise").into()),
            }),
        };
        let asked = asked.map(|promise| adopt(&promise));
        Box::pin(async move {
            let result = match asked {
                Ok(promise) => promise.await,
                Err(thrown) => Err(thrown),
            };
            (id, Event::Read(self, result))
        })
    }

    fn take(&mut self, result: Result<JsValue, JsValue>) -> Result<Chunk, JsValue> {
        // Whatever comes of it, what failed or ended by itself is not stopped; only what goes on is.
        self.over = true;
        let result = result?;
        let done = Reflect::get(&result, &"done".into())?.is_truthy();
        let value = Reflect::get(&result, &"value".into())?;
        self.over = done;
        Ok(match (self.later, done) {
            (Later::Bytes, false) => {
                let bytes: Uint8Array = value.dyn_into()?;
                // A little in a big buffer is copied, so that the buffer goes.
                let whole = bytes.byte_length() >= BUFFER / 2;
                let kept = if whole { bytes } else { bytes.slice(0, bytes.length()) };
                self.bytes.push(&kept.into());
                Chunk::Kept
            }
            (Later::Bytes, true) => Chunk::All(Blob::new_with_u8_array_sequence(&self.bytes)?.into()),
            (_, false) => Chunk::Value(value),
            (Later::Stream, true) => Chunk::End(None),
            (_, true) => Chunk::End(Some(value).filter(|value| !value.is_undefined())),
        })
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        let stopped = match self.later {
            Later::Stream | Later::Bytes => self.source.cancel(),
            _ => self.source.end(),
        };
        // Nobody hears of it if that fails, the page's handler of unhandled rejections included.
        if let Ok(promise) = stopped {
            drop(adopt(&promise));
        }
    }
}
