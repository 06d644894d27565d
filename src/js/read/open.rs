//! Waits for open arguments: promises, streams, async iterables and lazy components. Writes nothing: the encoder does.

use std::future::pending;
use std::pin::{Pin, pin};

use futures_util::StreamExt as _;
use futures_util::future::{Either, select};
use futures_util::stream::FuturesUnordered;
use js_sys::{Array, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::Blob;

use super::Thrown;
use crate::flight::{Encoder, Inspect, Later, Slot};
use crate::js::error::Failure;

// The functions of `wait.js` are faster. Only the npm package has them.
#[cfg(feature = "client-web")]
use wasm_bindgen_futures::JsFuture as Wait;

#[cfg(not(feature = "client-web"))]
use crate::js::wait::Wait;

// Every function that may run the page's code may throw.
#[wasm_bindgen]
extern "C" {
    /// The reader of a stream, or an async iterator.
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

/// Highest number of waits for one lazy component: a component that throws settled promises would never end.
const MAX_WAITS: usize = 100;
/// Size of the buffer for a stream of bytes, in bytes.
const BUFFER: u32 = 64 << 10;

/// A stream or an async iterator that is being read. Dropping it cancels the stream or ends the iterator.
struct Reading {
    later: Later,
    source: Source,
    /// Chunks of a stream of bytes.
    bytes: Array,
    /// True if it has ended or failed.
    ended: bool,
}

/// An event of an open argument.
enum Event {
    /// A promise or a lazy component has settled.
    Settled(Result<JsValue, JsValue>),
    /// A read has settled, with `{ done, value }`.
    Read(Reading, Result<JsValue, JsValue>),
}

/// Waits for the next event of an argument; returns the argument's id, too.
type Step = Pin<Box<dyn Future<Output = (u32, Event)>>>;

/// A value of an encoder that is or holds a value of JavaScript.
pub(crate) trait Holds: Clone + 'static {
    /// Holds a value.
    fn hold(value: JsValue) -> Self;
    /// Returns the value of JavaScript; `undefined` if there is none.
    fn held(&self) -> JsValue;
}

impl Holds for JsValue {
    fn hold(value: JsValue) -> Self {
        value
    }

    fn held(&self) -> JsValue {
        self.clone()
    }
}

/// Subscribes to all open arguments now, then waits for them and returns the complete encoder. Once `stop` settles,
/// open ones are left out.
pub(crate) fn collect<I>(
    mut encoder: Encoder<I>,
    thrown: Thrown,
    stop: Option<Promise>,
) -> impl Future<Output = Result<Encoder<I>, Failure>> + use<I>
where
    I: Inspect<Value: Holds> + 'static,
{
    let steps = FuturesUnordered::new();
    begin(&mut encoder, &steps);
    finish(encoder, steps, thrown, stop)
}

async fn finish<I: Inspect<Value: Holds>>(
    mut encoder: Encoder<I>,
    mut steps: FuturesUnordered<Step>,
    thrown: Thrown,
    stop: Option<Promise>,
) -> Result<Encoder<I>, Failure> {
    let mut stopped = pin!(async move {
        match stop {
            Some(stop) => drop(wait(&stop).await),
            None => pending().await,
        }
    });
    while let Either::Left((Some((id, event)), _)) = select(steps.next(), stopped.as_mut()).await {
        match event {
            Event::Settled(Ok(value)) => encoder.settle(id, I::Value::hold(value)).map_err(|error| thrown.with(error))?,
            Event::Settled(Err(reason)) => return Err((encoder.fail(id), reason)),
            Event::Read(mut reading, result) => match reading.take(result) {
                Ok(Chunk::Value(value)) => {
                    encoder.chunk(id, I::Value::hold(value)).map_err(|error| thrown.with(error))?;
                    steps.push(reading.step(id));
                }
                Ok(Chunk::Buffered) => steps.push(reading.step(id)),
                Ok(Chunk::All(blob)) => encoder.settle(id, I::Value::hold(blob)).map_err(|error| thrown.with(error))?,
                Ok(Chunk::End(returned)) => encoder.close(id, returned.map(I::Value::hold)).map_err(|error| thrown.with(error))?,
                Err(reason) => return Err((encoder.fail(id), reason)),
            },
        }
        begin(&mut encoder, &steps);
    }
    Ok(encoder)
}

fn wait(promise: &Promise) -> Wait {
    #[cfg(feature = "client-web")]
    return Wait::from(promise.clone());
    #[cfg(not(feature = "client-web"))]
    return Wait::new(promise);
}

/// Subscribes to open arguments that have no subscription yet.
fn begin<I: Inspect<Value: Holds>>(encoder: &mut Encoder<I>, steps: &FuturesUnordered<Step>) {
    while let Some(Slot { id, later, source }) = encoder.poll_open() {
        let source = source.held();
        steps.push(match later {
            Later::Promise => {
                let settled = adopt(&source);
                Box::pin(async move { (id, Event::Settled(settled.await)) })
            }
            Later::Lazy => Box::pin(async move { (id, Event::Settled(load(&source).await)) }),
            _ => Reading { later, source: source.unchecked_into(), bytes: Array::new(), ended: false }.step(id),
        });
    }
}

/// Subscribes to a promise or a thenable now; any other value resolves to itself. Goes through a promise of our
/// own, because a thenable may misbehave.
fn adopt(value: &JsValue) -> Wait {
    wait(&Promise::new(&mut |resolve, _| drop(resolve.call1(&JsValue::UNDEFINED, value))))
}

/// Loads a lazy component. It throws a promise until it is ready; tried [`MAX_WAITS`] times.
async fn load(lazy: &JsValue) -> Result<JsValue, JsValue> {
    for _ in 0..MAX_WAITS {
        match super::load(lazy) {
            Err(thrown) if super::is_thenable(&thrown) => drop(adopt(&thrown).await),
            loaded => return loaded,
        }
    }
    super::load(lazy)
}

/// A chunk of a stream or iterator.
enum Chunk {
    Value(JsValue),
    /// Bytes, stored until the stream ends.
    Buffered,
    /// All bytes of a stream that has ended.
    All(JsValue),
    /// The end, with the value that an iterator returned.
    End(Option<JsValue>),
}

impl Reading {
    /// Requests the next chunk now.
    fn step(self, id: u32) -> Step {
        let asked = match self.later {
            Later::Bytes => self.source.read_into(Uint8Array::new_with_length(BUFFER)),
            Later::Stream => self.source.read(),
            // React reads the property `then`, so an iterator of the page may rely on that.
            _ => self.source.next().and_then(|promise| match super::is_thenable(&promise) {
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

    /// Reads the result of a request.
    fn take(&mut self, result: Result<JsValue, JsValue>) -> Result<Chunk, JsValue> {
        // A source that failed or ended by itself need not be stopped.
        self.ended = true;
        let result = result?;
        let done = Reflect::get(&result, &"done".into())?.is_truthy();
        let value = Reflect::get(&result, &"value".into())?;
        self.ended = done;
        Ok(match (self.later, done) {
            (Later::Bytes, false) => {
                let bytes: Uint8Array = value.dyn_into()?;
                // A small piece of the large buffer is copied, so that the buffer can be freed.
                let large = bytes.byte_length() >= BUFFER / 2;
                let stored = if large { bytes } else { bytes.slice(0, bytes.length()) };
                self.bytes.push(&stored.into());
                Chunk::Buffered
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
        if self.ended {
            return;
        }
        let stopped = match self.later {
            Later::Stream | Later::Bytes => self.source.cancel(),
            _ => self.source.end(),
        };
        // `adopt` handles a rejection, so that the page's handler of unhandled rejections does not see it.
        if let Ok(promise) = stopped {
            drop(adopt(&promise));
        }
    }
}
