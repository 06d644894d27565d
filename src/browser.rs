//! Runs a [`Client`] in a browser: requests by gloo-net, time by gloo-timers, redirects by the document.
//!
//! Needs the feature `client-web`, on wasm. Must not decide anything about calls, and exports nothing to JavaScript.
//!
//! ```no_run
//! # async fn pay() -> Result<(), actionlane::Error> {
//! let client = actionlane::browser::builder().build()?;
//! let total = client.call::<f64>("40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ("book",)).await?.into_value()?;
//! # Ok(())
//! # }
//! ```

pub(crate) mod values;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use gloo_net::http::{Method, RequestBuilder};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, ReadableStreamDefaultReader, ReferrerPolicy, RequestMode, Url};

pub use self::values::{Js, call};

use crate::client::{Body, Builder, Host, Moved, Request, Response, Runtime, Target, Task, Transport};
use crate::protocol::{NEXT_ACTION, RedirectType, Revalidated};
use crate::time::micros;
use crate::{Client, Instant};

#[wasm_bindgen]
extern "C" {
    // gloo-net's own `send` panics if a page's `fetch` rejects with a value that is no Error.
    #[wasm_bindgen(catch, js_name = fetch)]
    fn fetch(request: &web_sys::Request) -> Result<js_sys::Promise, JsValue>;

    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;

    #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
    fn fill_randomly(bytes: &mut [u8]) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(thread_local_v2, js_namespace = globalThis, js_name = location)]
    static LOCATION: Option<Location>;

    type Location;
    #[wasm_bindgen(method, getter)]
    fn href(this: &Location) -> String;
    #[wasm_bindgen(method, catch)]
    fn assign(this: &Location, url: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn replace(this: &Location, url: &str) -> Result<(), JsValue>;
}

/// Begins a client of the page's own server: with [`Fetch`], [`EventLoop`] and [`Document`], at the present address.
pub fn builder() -> Builder<Fetch, EventLoop> {
    let builder = Client::builder().transport(Fetch).runtime(EventLoop).host(Document);
    match LOCATION.with(|location| location.as_ref().map(Location::href)) {
        Some(href) => builder.url(href),
        None => builder,
    }
}

/// Sends requests with the page's `fetch`. Those of actions stay on the page's own origin.
///
/// ```no_run
/// use actionlane::Client;
/// use actionlane::browser::{EventLoop, Fetch};
///
/// // A client without a host: it follows no redirect.
/// let client = Client::builder().transport(Fetch).runtime(EventLoop).url("https://shop.example/cart").build()?;
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Fetch;

impl Transport for Fetch {
    type Error = FetchError;
    type Chunk = Vec<u8>;
    type Body = Bytes;

    async fn send(&self, request: Request) -> Result<Response<Bytes>, FetchError> {
        let (answer, abort) = start(request)?;
        let answer = JsFuture::from(answer).await?;
        read_head(answer, abort)
    }

    fn was_sent(&self, error: &FetchError) -> bool {
        error.sent
    }
}

/// Hands a request to the page's `fetch`.
fn start(request: Request) -> Result<(js_sys::Promise, Abort), FetchError> {
    let abort = Abort(AbortController::new()?);
    let method = Method::from_bytes(request.method.as_bytes()).map_err(|_| FetchError::unsent("the method is none of HTTP"))?;
    let mut builder = RequestBuilder::new(&request.url).method(method).abort_signal(Some(&abort.0.signal()));
    // A redirect could otherwise carry the arguments to another origin.
    if request.headers.iter().any(|(name, _)| name == NEXT_ACTION) {
        if !Document.resolve(&request.url, "").is_some_and(|target| target.same_origin) {
            return Err(FetchError::unsent(&["an action goes to the page's own origin, not to ", &*request.url].concat()));
        }
        builder = builder.mode(RequestMode::SameOrigin).referrer_policy(ReferrerPolicy::SameOrigin);
    }
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    let built = match request.body {
        None => builder.build()?,
        Some(Body::Text(text)) => builder.body(text)?,
        Some(Body::Bytes(bytes)) => builder.body(Uint8Array::from(&*bytes))?,
        Some(Body::Form(form)) => builder.body(form)?,
    };
    let request: web_sys::Request = built.into();
    Ok((fetch(&request)?, abort))
}

/// Reads the head of an answer.
fn read_head(answer: JsValue, abort: Abort) -> Result<Response<Bytes>, FetchError> {
    // A page may have its own function instead of `fetch`.
    let answer = answer.dyn_into::<web_sys::Response>().map_err(|_| FetchError::text("fetch gave no Response"))?;
    let answer = gloo_net::http::Response::from(answer);
    let reader = match answer.body() {
        Some(body) => Some(reader_of(&body)?),
        None => None,
    };
    let mut response = Response::new(answer.status(), Bytes { reader, read: None, abort });
    for (name, value) in answer.headers().entries() {
        response = response.header(&name, value);
    }
    Ok(if answer.redirected() { response.redirected_to(answer.url()) } else { response })
}

fn reader_of(body: &web_sys::ReadableStream) -> Result<ReadableStreamDefaultReader, FetchError> {
    if body.locked() {
        return Err(FetchError::text("the body was read before"));
    }
    body.get_reader().dyn_into().map_err(|_| FetchError::text("the body cannot be read"))
}

/// Aborts a request when dropped. Does nothing if the answer is complete.
#[derive(Debug)]
struct Abort(AbortController);

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The body of an answer, as the browser reads it. Dropping it aborts the request.
///
/// ```no_run
/// use actionlane::browser::{Bytes, Fetch};
/// use actionlane::client::{Request, Transport};
///
/// # async fn read() -> Result<(), actionlane::browser::FetchError> {
/// let body: Bytes = Fetch.send(Request::get("https://shop.example/api")).await?.into_body();
/// drop(body);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Bytes {
    reader: Option<ReadableStreamDefaultReader>,
    read: Option<JsFuture>,
    #[expect(dead_code, reason = "aborts when it is dropped")]
    abort: Abort,
}

impl Stream for Bytes {
    type Item = Result<Vec<u8>, FetchError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let started = self.read.take();
        let read = started.or_else(|| self.reader.as_ref().map(|reader| JsFuture::from(reader.read())));
        let Some(mut read) = read else { return Poll::Ready(None) };
        let Poll::Ready(result) = Pin::new(&mut read).poll(context) else {
            self.read = Some(read);
            return Poll::Pending;
        };
        let chunk = result.and_then(|result| {
            let done = Reflect::get(&result, &"done".into())?.is_truthy();
            Ok((!done).then_some(Reflect::get(&result, &"value".into())?))
        });
        Poll::Ready(match chunk {
            Ok(None) => None,
            Ok(Some(value)) => Some(match value.dyn_ref::<Uint8Array>() {
                Some(bytes) => Ok(bytes.to_vec()),
                None => Err(FetchError::text("the body gave something other than bytes")),
            }),
            Err(thrown) => Some(Err(thrown.into())),
        })
    }
}

/// The browser's description of a request that failed. It is the source of the call's error.
///
/// ```no_run
/// use actionlane::browser::FetchError;
/// use std::error::Error;
///
/// fn is_of_the_browser(error: &actionlane::Error) -> bool {
///     error.source().is_some_and(|source| source.is::<FetchError>())
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct FetchError {
    text: String,
    /// False if the request was never made.
    sent: bool,
}

impl FetchError {
    fn text(text: &str) -> Self {
        Self { text: text.to_owned(), sent: true }
    }

    fn unsent(text: &str) -> Self {
        Self { text: text.to_owned(), sent: false }
    }
}

/// Reads a thrown value, which may be anything.
impl From<JsValue> for FetchError {
    fn from(thrown: JsValue) -> Self {
        let text = |key: &str| Reflect::get(&thrown, &key.into()).ok().and_then(|text| text.as_string());
        match (text("name"), text("message")) {
            (Some(name), Some(message)) => Self::text(&[&*name, ": ", &message].concat()),
            _ => Self::text("something was thrown that is no Error"),
        }
    }
}

impl From<gloo_net::Error> for FetchError {
    fn from(error: gloo_net::Error) -> Self {
        match error {
            gloo_net::Error::JsError(error) => Self::unsent(&[&*error.name, ": ", &error.message].concat()),
            _ => Self::unsent("the request could not be made"),
        }
    }
}

impl fmt::Debug for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for FetchError {}

/// Runs tasks between the page's own, and has the page's clock.
///
/// ```no_run
/// use actionlane::browser::EventLoop;
/// use actionlane::client::Runtime;
///
/// assert!(EventLoop.now() <= EventLoop.now());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct EventLoop;

impl Runtime for EventLoop {
    fn now(&self) -> Instant {
        Instant::from_millis(performance_now())
    }

    async fn sleep(&self, time: Duration) {
        // A timer must not ring too early. Browsers count up to 2^31 ms.
        let ms = micros(time).div_ceil(1000).min(i32::MAX as u64);
        TimeoutFuture::new(ms as u32).await;
    }

    fn spawn(&self, task: Task) {
        spawn_local(task);
    }

    fn random(&self) -> u64 {
        let mut bytes = [0; 8];
        // Every browser has it; a page may have taken it away, and then nothing secret is at stake.
        if fill_randomly(&mut bytes).is_err() {
            return (js_sys::Math::random() * u64::MAX as f64) as u64;
        }
        u64::from_le_bytes(bytes)
    }
}

/// Sends the user elsewhere with `location`, and requests no fresh data. A single-page app gives [`Router`].
///
/// ```no_run
/// use actionlane::browser::Document;
/// use actionlane::client::Host;
///
/// let target = Document.resolve("../cart", "https://shop.example/a/b");
/// assert_eq!(target.map(|target| target.path).as_deref(), Some("/cart"));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Document;

impl Host for Document {
    fn resolve(&self, url: &str, page: &str) -> Option<Target> {
        // A client's own URL may be relative: `fetch` takes it as one of the document.
        let page = match LOCATION.with(|location| location.as_ref().map(Location::href)) {
            Some(document) => Url::new_with_base(page, &document).ok()?,
            None => Url::new(page).ok()?,
        };
        let url = Url::new_with_base(url, &page.href()).ok()?;
        let same_origin = url.origin() == page.origin();
        Some(Target { url: url.href(), scheme: url.protocol(), path: url.pathname(), same_origin })
    }

    fn redirect(&self, to: &str, kind: Option<RedirectType>, _refresh: Option<Revalidated>) -> Moved {
        let went = LOCATION.with(|location| {
            let location = location.as_ref()?;
            let went = if kind == Some(RedirectType::Replace) { location.replace(to) } else { location.assign(to) };
            went.ok()
        });
        if went.is_some() { Moved::Leaving } else { Moved::Stayed }
    }
}

/// Sends redirects through the router of a single-page app: a function of the absolute URL and its kind. A redirect to
/// another origin leaves the page as with [`Document`]. Requests no fresh data.
///
/// ```no_run
/// use actionlane::browser::{self, Router};
/// use actionlane::protocol::RedirectType;
///
/// # fn navigate(_to: &str, _replace: bool) {}
/// let router = Router(|to: &str, kind| navigate(to, kind == Some(RedirectType::Replace)));
/// let client = browser::builder().host(router).build()?;
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Router<F>(pub F);

impl<F: Fn(&str, Option<RedirectType>)> Host for Router<F> {
    fn resolve(&self, url: &str, page: &str) -> Option<Target> {
        Document.resolve(url, page)
    }

    fn redirect(&self, to: &str, kind: Option<RedirectType>, refresh: Option<Revalidated>) -> Moved {
        // The document's own URL is the page here.
        if !Document.resolve(to, "").is_some_and(|target| target.same_origin) {
            return Document.redirect(to, kind, refresh);
        }
        (self.0)(to, kind);
        Moved::Moved
    }
}
